// How a program of this course starts and fails: an error that the user can mend is one line, never a stack trace.

/** A problem that the user can mend. The message says what is wrong and what to do, in one line. */
export class UserError extends Error {
  readonly exitCode: number = 1;
}

/** Text, broken at blanks where it is wider than a terminal of so many columns. Other outputs have none: it stays. */
export function wrapped(text: string, columns: number): string {
  const tooWide = new RegExp(`(?=.{${columns + 1}})(.{0,${columns}}) +`, "g");
  return columns >= 20 ? text.replace(tooWide, "$1\n") : text;
}

/** Runs a program's main function; a UserError becomes one line on standard error and the exit code. */
export async function runProgram(main: () => Promise<void>): Promise<void> {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    // Whoever reads our output may stop reading, as `| head -1` does. That is no failure of ours.
    if (error.code === "EPIPE") process.exit(0);
    console.error(`error: cannot write to standard output (${error.code})`);
    process.exit(1);
  });
  try {
    await main();
  } catch (error) {
    // Anything else is a mistake in the program itself, and its stack trace helps whoever mends it.
    if (!(error instanceof UserError)) throw error;
    console.error(wrapped(`error: ${error.message}`, process.stderr.columns));
    process.exitCode = error.exitCode;
  }
}
