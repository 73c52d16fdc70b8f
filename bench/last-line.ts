// Runs a program that measures and prints its figures in its last line.

import { startProgram } from "../programs/stage-programs.ts";

/**
 * Runs it until it ends. What it says on standard error goes on to ours.
 * @returns its last line @throws Error if it fails
 */
export async function lastLineOf(file: string, argv: readonly string[] = []): Promise<string> {
  const program = startProgram(file, argv, {
    onOutput: (text, source) => {
      if (source === "stderr") process.stderr.write(text);
    },
  });
  const { code } = await program.ended;
  const last = program.lines.at(-1);
  if (code !== 0 || last === undefined) throw new Error(`${file} ended with exit code ${code}`);
  return last;
}
