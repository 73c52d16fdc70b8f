// A program that runs beside ours: started, talked to, and never left behind.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { COURSE_FOLDER } from "./course-folder.ts";
import { patientTimeout } from "./patience.ts";

/** How long to wait for anything a program should do, in milliseconds: much longer than it ever takes. */
export const DEADLINE = 30_000;

const ON_WINDOWS = process.platform === "win32";

/** A program did not do what it should. The message is one line, unless the program was to tell everything. */
export class ProgramError extends Error {}

/** Programs that run, so that they end with us. */
const running = new Set<ChildProgram>();
process.on("exit", () => {
  for (const program of running) program.endAtOnce();
});

export type Source = "stdout" | "stderr";

interface Waiting {
  pattern: string | RegExp;
  resolve: (line: string) => void;
}

/** How a program runs, if not as usual. */
export interface ProgramOptions {
  /** Its working folder. Default: the course's. */
  folder?: string;
  /** Variables beside our own. */
  environment?: Readonly<Record<string, string>>;
  /**
   * Ctrl-C reaches it, too, and so does the end of the terminal. Default: only us, and we end it with all that it has
   * started itself.
   */
  sharesSignals?: boolean;
  /** The most that it may print, in characters; at more it is ended. Default: no limit. */
  mostOutput?: number;
  /** Called when it has printed something. */
  onOutput?(text: string, source: Source): void;
  /** The message of a ProgramError ends with everything that it has printed, for whoever needs to see what led to it. */
  tellsEverything?: boolean;
}

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Why it could not be started. */
  problem?: string;
}

export class ChildProgram {
  /** Everything it has printed on standard output, line by line. */
  readonly lines: string[] = [];
  /** Everything it has printed on standard error, line by line. */
  readonly errorLines: string[] = [];
  /** Fulfilled when it has ended, and nothing more comes from it. */
  readonly ended: Promise<Ended>;
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #options: ProgramOptions;
  #printed = 0;
  /** Lines before these have been waited for. */
  readonly #next: Record<Source, number> = { stdout: 0, stderr: 0 };
  readonly #unfinished: Record<Source, string> = { stdout: "", stderr: "" };
  /** Who waits for a line, in the order in which they asked: a line goes to the first one only. */
  readonly #waiting: Record<Source, Waiting[]> = { stdout: [], stderr: [] };

  /**
   * @param name what it is called in error messages
   * @param words the command, and what follows it
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
        if (child.pid !== undefined) return; // It runs; a signal could not be sent, say.
        const problem = error.code === "ENOENT" ? "not installed" : error.message;
        this.errorLines.push(problem);
        end({ code: null, signal: null, problem });
      });
    });
    child.stdout.setEncoding("utf8").on("data", (text: string) => this.#read("stdout", text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => this.#read("stderr", text));
    child.stdin.on("error", () => {}); // It may end before it has read everything.
  }

  /** 0 if it could not be started. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Everything it has printed on standard error, as it is. */
  get errors(): string {
    return [...this.errorLines, this.#unfinished.stderr].join("\n");
  }

  /** Gives bytes to its standard input. */
  write(bytes: string | Buffer): void {
    this.#child.stdin?.write(bytes);
  }

  /** Enters a line. */
  enter(line: string): void {
    this.write(`${line}\n`);
  }

  endInput(): void {
    this.#child.stdin?.end();
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Ends it, whatever it does, and waits until it is gone. */
  async kill(): Promise<void> {
    this.endAtOnce();
    await this.ended;
  }

  /** Ends it, whatever it does; and, where signals are not shared, all that it has started and that still runs. */
  endAtOnce(): void {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid === undefined) return;
    // Its number may be another's by now. (What it has started can still be found, but on Windows.)
    if ((exitCode !== null || signalCode !== null) && !this.#hasGroup) return;
    try {
      if (this.#hasGroup) process.kill(-pid, "SIGKILL");
      else if (ON_WINDOWS && !this.#options.sharesSignals)
        spawnSync("taskkill", ["/pid", String(pid), "/T", "/F"], { stdio: "ignore" });
      else this.#child.kill("SIGKILL");
    } catch {
      // It is gone already.
    }
  }

  /** In a group of its own Ctrl-C does not reach it. (On Windows this would open a window.) */
  get #hasGroup(): boolean {
    return !this.#options.sharesSignals && !ON_WINDOWS;
  }

  /**
   * Waits for the next line that is equal to, or matches, the pattern; lines before it are passed over.
   * @throws ProgramError if it does not come in time, or the program ends without it
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
        if (index < 0) return; // The line has come.
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
   * Waits until it ends by itself.
   * @throws ProgramError if it does not in time
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

  /** Waits until it ends by itself. @returns its exit code; null if a signal ended it */
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

  /** What it said about its failure, if it said something; or everything. */
  #lastWords(): string {
    if (this.#options.tellsEverything) {
      const printed = this.lines.map((line) => `\n  | ${line}`).join("");
      const errors = this.errors.trimEnd();
      return `${printed}${errors === "" ? "" : `\n  standard error: ${errors}`}`;
    }
    const words = this.errorLines.findLast((line) => line.trim() !== "") ?? this.lines.at(-1);
    return words === undefined ? "" : `: ${words.trim()}`;
  }
}

function matches(line: string, pattern: string | RegExp): boolean {
  return typeof pattern === "string" ? line === pattern : pattern.test(line);
}
