// Starts the course's programs as child processes, reads what they print, and leaves none behind.

import { ChildError, ChildProgram, COURSE_FOLDER } from "./child-program.ts";

export { COURSE_FOLDER };

/** A program did not do what it should. The message ends with everything that it has printed. */
export class ProgramError extends Error {}

/** tsx as a loader starts in a third of the time that `npx tsx` takes. */
const NODE_WITH_TSX: readonly string[] = [process.execPath, "--import", "tsx"];

/** A program of this course, running as a process of its own. */
export class Program {
  readonly #child: ChildProgram;

  /**
   * @param file the program, relative to the course's folder, e.g. 01-calculator/server.ts
   * @param environment variables to set beside our own
   * @param place where it runs, and what runs it; by default the course's folder, and Node.js with tsx
   */
  constructor(
    file: string,
    argv: readonly string[] = [],
    environment: Readonly<Record<string, string>> = {},
    place: { folder: string; command: readonly string[] } = { folder: COURSE_FOLDER, command: NODE_WITH_TSX },
  ) {
    const [command = "", ...words] = [...place.command, file, ...argv];
    const name = [file, ...argv].join(" ");
    this.#child = new ChildProgram(name, command, words, environment, {
      folder: place.folder,
      sharesSignals: true,
    });
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Everything it has printed on standard output, line by line. */
  get lines(): string[] {
    return this.#child.lines.stdout;
  }

  /** Everything it has printed on standard error. */
  get errors(): string {
    return this.#child.errors;
  }

  /** Enters a line. */
  enter(line: string): void {
    this.#child.write(`${line}\n`);
  }

  /** Gives bytes to its standard input. */
  write(bytes: string | Buffer): void {
    this.#child.write(bytes);
  }

  endInput(): void {
    this.#child.endInput();
  }

  /**
   * Waits for the next line that is equal to, or matches, the pattern; lines before it are passed over.
   * @throws ProgramError if it does not come in time or the program ends without it
   */
  line(pattern: string | RegExp): Promise<string> {
    return this.#withTranscript(this.#child.line(pattern));
  }

  /** Waits until it ends by itself, and returns its exit code; null if a signal ended it. */
  async exitCode(): Promise<number | null> {
    return (await this.#withTranscript(this.#child.exit())).code;
  }

  signal(name: NodeJS.Signals): void {
    this.#child.signal(name);
  }

  /** Ends it, whatever it does, and waits until it is gone. */
  async kill(): Promise<void> {
    await this.#child.kill();
  }

  /** Whoever reads of a failure needs to see what led to it. */
  async #withTranscript<Result>(waiting: Promise<Result>): Promise<Result> {
    try {
      return await waiting;
    } catch (error) {
      if (!(error instanceof ChildError)) throw error;
      const printed = this.lines.map((line) => `\n  | ${line}`).join("");
      const errors = this.errors === "" ? "" : `\n  standard error: ${this.errors.trimEnd()}`;
      throw new ProgramError(`${error.message}${printed}${errors}`);
    }
  }
}

/** Starts a server on a port of the system's choice and returns it with its port. */
export async function startServer(
  file: string,
  argv: readonly string[] = [],
): Promise<{ server: Program; port: number }> {
  const server = new Program(file, ["--port", "0", ...argv]);
  const line = await server.line(/^listening on .*:[0-9]+$/);
  return { server, port: Number(line.slice(line.lastIndexOf(":") + 1)) };
}
