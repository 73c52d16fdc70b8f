// A program that runs beside ours: started, talked to, and never left behind.

import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The folder of the course, which the programs are started in. */
export const COURSE_FOLDER = fileURLToPath(new URL("..", import.meta.url));

/** How long to wait for anything a program should do, in milliseconds: much longer than it ever takes. */
export const DEADLINE = 20_000;

/** A program did not do what it should. The message is one line. */
export class ChildError extends Error {}

/** Programs that run, so that they end with us. */
const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

type Source = "stdout" | "stderr";

interface Waiting {
  source: Source;
  pattern: RegExp;
  resolve: (line: string) => void;
}

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export class ChildProgram {
  /** Everything it has printed, line by line. */
  readonly lines: Readonly<Record<Source, string[]>> = { stdout: [], stderr: [] };
  /** Fulfilled when it has ended, and nothing more comes from it. */
  readonly ended: Promise<Ended>;
  readonly #name: string;
  readonly #child: ChildProcess;
  /** Lines before these have been waited for. */
  readonly #next: Record<Source, number> = { stdout: 0, stderr: 0 };
  readonly #unfinished: Record<Source, string> = { stdout: "", stderr: "" };
  readonly #waiting = new Set<Waiting>();

  /**
   * @param name what it is called in error messages
   * @param environment variables to set beside our own
   */
  constructor(
    name: string,
    command: string,
    argv: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ) {
    this.#name = name;
    const child = spawn(command, argv, {
      cwd: COURSE_FOLDER,
      env: { ...process.env, ...environment },
      stdio: ["pipe", "pipe", "pipe"],
      // Ctrl-C shall reach us, not it: we end it when it has done its work. (On Windows this would open a window.)
      detached: process.platform !== "win32",
    });
    this.#child = child;
    running.add(child);
    this.ended = new Promise((resolve) => {
      const end = (code: number | null, signal: NodeJS.Signals | null): void => {
        running.delete(child);
        resolve({ code, signal });
      };
      child.on("close", end);
      child.on("error", (error: NodeJS.ErrnoException) => {
        if (child.pid !== undefined) return; // It runs; a signal could not be sent, say.
        this.lines.stderr.push(error.code === "ENOENT" ? "not installed" : error.message);
        end(null, null);
      });
    });
    child.stdout.setEncoding("utf8").on("data", (text: string) => this.#read("stdout", text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => this.#read("stderr", text));
    child.stdin.on("error", () => {}); // It may end before it has read everything.
  }

  /** Gives text to its standard input. */
  write(text: string): void {
    this.#child.stdin?.write(text);
  }

  endInput(): void {
    this.#child.stdin?.end();
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Ends it, whatever it does, and waits until it is gone. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.ended;
  }

  /**
   * Waits for the next line that matches; lines before it are passed over.
   * @throws ChildError if it does not come in time, or the program ends without it
   */
  async line(pattern: RegExp, source: Source = "stdout"): Promise<string> {
    const lines = this.lines[source];
    while (this.#next[source] < lines.length) {
      const line = lines[this.#next[source]] ?? "";
      this.#next[source] += 1;
      if (pattern.test(line)) return line;
    }
    return new Promise((resolve, reject) => {
      const settle = (): boolean => {
        clearTimeout(timer);
        return this.#waiting.delete(waiting);
      };
      const fail = (why: string): void => {
        if (settle()) reject(new ChildError(`${this.#name} ${why}${this.#lastWords()}`));
      };
      const timer = setTimeout(() => fail(`did not print ${pattern} within ${DEADLINE / 1000} s`), DEADLINE);
      const waiting: Waiting = {
        source,
        pattern,
        resolve: (line) => {
          settle();
          resolve(line);
        },
      };
      this.#waiting.add(waiting);
      void this.ended.then(({ code, signal }) =>
        fail(`ended (${signal ?? (code === null ? "not started" : `exit code ${code}`)})`),
      );
    });
  }

  /**
   * Waits until it ends by itself.
   * @throws ChildError if it does not in time
   */
  async exit(): Promise<Ended> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new ChildError(`${this.#name} does not end${this.#lastWords()}`)),
        DEADLINE,
      );
    });
    try {
      return await Promise.race([this.ended, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #read(source: Source, text: string): void {
    const lines = (this.#unfinished[source] + text).split(/\r?\n/);
    this.#unfinished[source] = lines.pop() ?? "";
    for (const line of lines) {
      this.lines[source].push(line);
      for (const waiting of this.#waiting) {
        if (waiting.source !== source) continue;
        this.#next[source] = this.lines[source].length;
        if (waiting.pattern.test(line)) waiting.resolve(line);
      }
    }
  }

  /** What it said about its failure, if it said something. */
  #lastWords(): string {
    const words = this.lines.stderr.findLast((line) => line.trim() !== "") ?? this.lines.stdout.at(-1);
    return words === undefined ? "" : `: ${words.trim()}`;
  }
}
