// A program that runs beside ours: we start it, talk to it, and end it when we end.

import { type ChildProcess, spawn } from "node:child_process";
import { COURSE_FOLDER } from "./course-folder.ts";
import { patientTimeout } from "./patience.ts";
import { killGroup } from "./process-tree.ts";

/** How long to wait for a program, in milliseconds: much longer than any program of the course takes. */
export const DEADLINE = 30_000;

const ON_WINDOWS = process.platform === "win32";

/** A program failed. The message is one line, unless the option `tellsEverything` adds the whole output. */
export class ProgramError extends Error {}

/** The programs that still run: they have to end with us. */
const running = new Set<ChildProgram>();
process.on("exit", () => {
  for (const program of running) program.endAtOnce();
});

export type Source = "stdout" | "stderr";

interface Waiting {
  pattern: string | RegExp;
  resolve: (line: string) => void;
}

/** How a program runs. Each option may be left out. */
export interface ProgramOptions {
  /** Its working folder. Default: the course's folder. */
  folder?: string;
  /** Environment variables that the program gets in addition to ours. */
  environment?: Readonly<Record<string, string>>;
  /**
   * Default: false. The program gets a process group of its own, so Ctrl-C does not reach it. We end it together with
   * all processes that it has started. If true, it stays in our group, and we end only the program itself.
   */
  sharesSignals?: boolean;
  /** How many characters the program may print. If it prints more, it is ended. Default: no limit. */
  mostOutput?: number;
  /** Called whenever the program has printed something. */
  onOutput?(text: string, source: Source): void;
  /** The message of a ProgramError ends with everything that the program has printed, so that the cause can be seen. */
  tellsEverything?: boolean;
}

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Why the program could not be started. */
  problem?: string;
}

export class ChildProgram {
  /** All lines of its standard output. */
  readonly lines: string[] = [];
  /** All lines of its standard error. */
  readonly errorLines: string[] = [];
  /** Resolves when the program has ended and all its output has been read. */
  readonly ended: Promise<Ended>;
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #options: ProgramOptions;
  #printed = 0;
  /** The index of the first line that line() has not looked at yet. */
  readonly #next: Record<Source, number> = { stdout: 0, stderr: 0 };
  readonly #unfinished: Record<Source, string> = { stdout: "", stderr: "" };
  /** The calls of line() that wait, oldest first. A line is given to the oldest only. */
  readonly #waiting: Record<Source, Waiting[]> = { stdout: [], stderr: [] };

  /**
   * @param name how error messages call the program
   * @param words the command, followed by its arguments
   */
  constructor(name: string, words: readonly string[], options: ProgramOptions = {}) {
    this.#name = name;
    this.#options = options;
    const [command = "", ...argv] = words;
    const child = spawn(command, argv, {
      cwd: options.folder ?? COURSE_FOLDER,
      env: { ...process.env, ...options.environment },
      stdio: ["pipe", "pipe", "pipe"],
      detached: this.#hasGroup,
    });
    this.#child = child;
    running.add(this);
    this.ended = new Promise((resolve) => {
      const end = (ended: Ended): void => {
        running.delete(this);
        resolve(ended);
      };
      child.on("close", (code, signal) => end({ code, signal }));
      child.on("error", (error: NodeJS.ErrnoException) => {
        if (child.pid !== undefined) return; // The program runs; something else failed, such as a signal.
        const problem = error.code === "ENOENT" ? "not installed" : error.message;
        this.errorLines.push(problem);
        end({ code: null, signal: null, problem });
      });
    });
    child.stdout.setEncoding("utf8").on("data", (text: string) => this.#read("stdout", text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => this.#read("stderr", text));
    child.stdin.on("error", () => {}); // The program may end before it has read its input.
  }

  /** The process id; 0 if the program could not be started. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Everything on its standard error, including a last line without LF. */
  get errors(): string {
    return [...this.errorLines, this.#unfinished.stderr].join("\n");
  }

  /** Sends bytes to its standard input. */
  write(bytes: string | Buffer): void {
    this.#child.stdin?.write(bytes);
  }

  /** Sends a line to its standard input, as if somebody had typed it. */
  enter(line: string): void {
    this.write(`${line}\n`);
  }

  endInput(): void {
    this.#child.stdin?.end();
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Kills the program, and waits until it has ended. */
  async kill(): Promise<void> {
    this.endAtOnce();
    await this.ended;
  }

  /** Kills the program at once; unless signals are shared, also all processes that it has started. */
  endAtOnce(): void {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid === undefined) return;
    // It has ended, so another process may have its id by now. A group keeps its id while any member of it runs.
    if ((exitCode !== null || signalCode !== null) && !this.#hasGroup) return;
    if (this.#options.sharesSignals) this.#child.kill("SIGKILL");
    else killGroup(pid);
  }

  /** Whether the program has its own process group. (On Windows, it would also open a window.) */
  get #hasGroup(): boolean {
    return !this.#options.sharesSignals && !ON_WINDOWS;
  }

  /**
   * Waits for the next line that equals the string or matches the pattern, and skips the lines before it.
   * @throws ProgramError if no such line comes in time, or the program ends first
   */
  async line(pattern: string | RegExp, source: Source = "stdout"): Promise<string> {
    const lines = this.#linesOf(source);
    while (this.#next[source] < lines.length) {
      const line = lines[this.#next[source]] ?? "";
      this.#next[source] += 1;
      if (matches(line, pattern)) return line;
    }
    return new Promise((resolve, reject) => {
      const fail = (why: string): void => {
        cancel();
        const index = this.#waiting[source].indexOf(waiting);
        if (index < 0) return; // The line has been found.
        this.#waiting[source].splice(index, 1);
        reject(new ProgramError(`${this.#name} ${why}${this.#lastWords()}`));
      };
      const cancel = patientTimeout(
        () => fail(`did not print ${pattern} within ${DEADLINE / 1000} s`),
        DEADLINE,
      );
      const waiting: Waiting = {
        pattern,
        resolve: (line) => {
          cancel();
          resolve(line);
        },
      };
      this.#waiting[source].push(waiting);
      void this.ended.then(({ code, signal }) =>
        fail(
          `ended (${signal ?? (code === null ? "not started" : `exit code ${code}`)}) and did not print ${pattern}`,
        ),
      );
    });
  }

  /**
   * Waits until the program ends by itself.
   * @throws ProgramError if it does not end in time
   */
  async exit(): Promise<Ended> {
    let cancel = (): void => {};
    const late = new Promise<never>((_, reject) => {
      cancel = patientTimeout(
        () => reject(new ProgramError(`${this.#name} does not end${this.#lastWords()}`)),
        DEADLINE,
      );
    });
    try {
      return await Promise.race([this.ended, late]);
    } finally {
      cancel();
    }
  }

  /** Waits until the program ends by itself. @returns its exit code; null if a signal ended it */
  async exitCode(): Promise<number | null> {
    return (await this.exit()).code;
  }

  #linesOf(source: Source): string[] {
    return source === "stdout" ? this.lines : this.errorLines;
  }

  #read(source: Source, text: string): void {
    this.#printed += text.length;
    if (this.#printed > (this.#options.mostOutput ?? Number.POSITIVE_INFINITY)) return this.endAtOnce();
    const lines = (this.#unfinished[source] + text).split("\n");
    this.#unfinished[source] = lines.pop() ?? "";
    const printed = this.#linesOf(source);
    for (const ended of lines) {
      const line = ended.replace(/\r$/, "");
      printed.push(line);
      const [waiting] = this.#waiting[source];
      if (waiting === undefined) continue;
      this.#next[source] = printed.length;
      if (!matches(line, waiting.pattern)) continue;
      this.#waiting[source].shift();
      waiting.resolve(line);
    }
    this.#options.onOutput?.(text, source);
  }

  /** How an error message ends: with the program's last line, or with its whole output if the option says so. */
  #lastWords(): string {
    const words = this.errorLines.findLast((line) => line.trim() !== "") ?? this.lines.at(-1);
    const last = words === undefined ? "" : `: ${words.trim()}`;
    if (!this.#options.tellsEverything) return last;
    const printed = this.lines.map((line) => `\n  | ${line}`).join("");
    const errors = this.errors.trimEnd();
    return `${last}${printed}${errors === "" ? "" : `\n  standard error: ${errors}`}`;
  }
}

function matches(line: string, pattern: string | RegExp): boolean {
  return typeof pattern === "string" ? line === pattern : pattern.test(line);
}
