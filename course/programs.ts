// Starts the course's programs as child processes, reads what they print, and leaves none behind.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** The folder of the course, which all program paths are relative to. */
export const COURSE_FOLDER = fileURLToPath(new URL("..", import.meta.url));

/** How long to wait for anything a program should do, in milliseconds: much longer than it ever takes. */
const DEADLINE = 30_000;

/** What a program has printed in vain for: the line did not come. */
export class ProgramError extends Error {}

/** Programs that run, so that they can be ended when we are. */
const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

interface Waiting {
  pattern: string | RegExp;
  resolve: (line: string) => void;
}

/** tsx as a loader starts in a third of the time that `npx tsx` takes. */
const NODE_WITH_TSX: readonly string[] = [process.execPath, "--import", "tsx"];

/** A program of this course, running as a process of its own. */
export class Program {
  /** Everything it has printed on standard output, line by line. */
  readonly lines: string[] = [];
  /** Everything it has printed on standard error. */
  errors = "";
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #exit: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Lines before this one have been waited for. */
  #next = 0;
  #unfinished = "";
  #waiting: Waiting[] = [];

  /**
   * @param file the program, relative to the course's folder, e.g. 01-calculator/server.ts
   * @param environment variables to set beside our own
   * @param place where it runs, and what runs it; by default the course's folder, and Node.js with tsx
   */
  constructor(
    file: string,
    argv: readonly string[] = [],
    environment: Record<string, string> = {},
    place: { folder: string; command: readonly string[] } = { folder: COURSE_FOLDER, command: NODE_WITH_TSX },
  ) {
    this.#name = [file, ...argv].join(" ");
    const [command = "", ...words] = [...place.command, file, ...argv];
    this.#child = spawn(command, words, {
      cwd: place.folder,
      env: { ...process.env, ...environment },
      stdio: ["pipe", "pipe", "pipe"],
    });
    running.add(this.#child);
    this.#exit = once(this.#child, "close").then(([code, signal]) => {
      running.delete(this.#child);
      return { code, signal };
    });
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => this.#read(text));
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.errors += text;
    });
    this.#child.stdin?.on("error", () => {}); // It may end before it has read everything.
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Enters a line. */
  enter(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  /** Gives bytes to its standard input. */
  write(bytes: string | Buffer): void {
    this.#child.stdin?.write(bytes);
  }

  endInput(): void {
    this.#child.stdin?.end();
  }

  /**
   * Waits for the next line that is equal to, or matches, the pattern; lines before it are passed over.
   * @throws ProgramError with everything printed, if it does not come in time or the program ends without it
   */
  async line(pattern: string | RegExp): Promise<string> {
    while (this.#next < this.lines.length) {
      const line = this.lines[this.#next] ?? "";
      this.#next += 1;
      if (matches(line, pattern)) return line;
    }
    return new Promise((resolve, reject) => {
      const fail = (why: string): void => {
        this.#waiting = this.#waiting.filter((other) => other !== waiting);
        reject(new ProgramError(`${this.#name}: ${why} while waiting for ${pattern}\n${this.#transcript()}`));
      };
      const timer = setTimeout(() => fail(`nothing for ${DEADLINE / 1000} s`), DEADLINE);
      const waiting: Waiting = {
        pattern,
        resolve: (line) => {
          clearTimeout(timer);
          resolve(line);
        },
      };
      this.#waiting.push(waiting);
      void this.#exit.then(({ code, signal }) => {
        clearTimeout(timer);
        if (this.#waiting.includes(waiting)) fail(`it ended (${signal ?? `exit code ${code}`})`);
      });
    });
  }

  /** Waits until it ends by itself, and returns its exit code; null if a signal ended it. */
  async exitCode(): Promise<number | null> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new ProgramError(`${this.#name}: still runs\n${this.#transcript()}`)),
        DEADLINE,
      );
    });
    try {
      return (await Promise.race([this.#exit, late])).code;
    } finally {
      clearTimeout(timer);
    }
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Ends it, whatever it does, and waits until it is gone. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exit;
  }

  #read(text: string): void {
    const lines = (this.#unfinished + text).split("\n");
    this.#unfinished = lines.pop() ?? "";
    for (const line of lines) {
      this.lines.push(line);
      const [waiting] = this.#waiting;
      if (waiting === undefined) continue;
      this.#next = this.lines.length;
      if (!matches(line, waiting.pattern)) continue;
      this.#waiting.shift();
      waiting.resolve(line);
    }
  }

  #transcript(): string {
    return [
      ...this.lines.map((line) => `  | ${line}`),
      this.errors && `  standard error: ${this.errors.trimEnd()}`,
    ].join("\n");
  }
}

function matches(line: string, pattern: string | RegExp): boolean {
  return typeof pattern === "string" ? line === pattern : pattern.test(line);
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
