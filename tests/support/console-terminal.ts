// A terminal of a lesson: runs its commands, types into its programs, and compares their output with the page.

import { type ChildProcess, spawn } from "node:child_process";
import { type ConsoleBlock, ELLIPSIS, type Entry, matches } from "../../course/lesson/console-blocks.ts";
import { patientTimeout } from "../../programs/patience.ts";

/** How long each step waits, in milliseconds: much longer than it ever takes. */
const DEADLINE = 60_000;

/** How many of the last lines a failure shows. */
const LAST_LINES = 12;

/** A program has not printed what the page says. */
export class ConsoleFailure extends Error {
  readonly line: number;

  constructor(line: number, expected: string, received: string, before: readonly string[]) {
    const shown = before.slice(-LAST_LINES).map((text) => `    | ${text}`);
    super(
      [
        `expected: ${expected}`,
        `received: ${received}`,
        ...(shown.length > 0 ? ["  all of it until then:", ...shown] : []),
      ].join("\n"),
    );
    this.line = line;
  }
}

/** tshark warns root with this line. We are root in our namespace, but students are not. */
const NOT_FOR_STUDENTS = /^Running as user "root"/;

/** The registry's news may arrive at any time (P2.5), and so may peers (P8.8). A page shows them where they usually come. */
const NEWS = /^(?:joined|found|left): [A-Za-z0-9_-]{1,32}$/;

export class Terminal {
  #child: ChildProcess | undefined;
  #over = true;
  /** Printed lines that have not been compared yet. */
  #waiting: string[] = [];
  /** Printed lines that have been compared. */
  #compared: string[] = [];
  #unfinished = "";
  /** True after a line that is only `…`. */
  #skipping = false;
  /** Typed lines, which a client without a terminal prints again. */
  #echoes: string[] = [];
  #changed: () => void = () => {};
  readonly #environment: NodeJS.ProcessEnv;

  constructor(environment: NodeJS.ProcessEnv) {
    this.#environment = environment;
  }

  /** @throws ConsoleFailure */
  async run({ entries, terminal }: ConsoleBlock): Promise<void> {
    let last: Entry | undefined;
    for (const entry of entries) {
      last = entry;
      await this.#step(entry);
    }
    if (last !== undefined && (terminal === undefined || last.kind === "key")) await this.#end(last.line);
  }

  /** Ends all programs that still run. */
  kill(): void {
    this.#signal("SIGKILL");
  }

  async #step(entry: Entry): Promise<void> {
    switch (entry.kind) {
      case "command":
        await this.#end(entry.line);
        return this.#start(entry.text);
      case "typed":
        this.#requireProgram(entry.line);
        this.#echoes.push(`you> ${entry.text}`);
        this.#child?.stdin?.write(`${entry.text}\n`);
        return;
      case "key":
        this.#requireProgram(entry.line);
        if (entry.key === "^C") this.#signal("SIGINT");
        else this.#child?.stdin?.end();
        return;
      case "output":
        if (entry.text === ELLIPSIS) this.#skipping = true;
        else await this.#expect(entry);
    }
  }

  #requireProgram(line: number): void {
    if (this.#child === undefined)
      throw new ConsoleFailure(line, "a program that runs in this terminal", "nothing was started", []);
  }

  #start(command: string): void {
    this.#over = false;
    this.#waiting = [];
    this.#compared = [];
    this.#unfinished = "";
    this.#skipping = false;
    this.#echoes = [];
    // One pipe for both outputs keeps their order. Thanks to the process group, Ctrl-C reaches all processes.
    const child = spawn("bash", ["-c", `exec 2>&1\n${command}`], {
      env: this.#environment,
      stdio: ["pipe", "pipe", "inherit"],
      detached: true,
    });
    this.#child = child;
    child.stdin.on("error", () => {}); // The program may end before it has read its input.
    child.stdout.setEncoding("utf8").on("data", (text: string) => this.#read(text));
    child.on("close", () => {
      if (this.#unfinished !== "") this.#read("\n");
      this.#over = true;
      this.#changed();
    });
  }

  #read(text: string): void {
    const lines = (this.#unfinished + text).split("\n");
    this.#unfinished = lines.pop() ?? "";
    const received = lines.map((line) => line.trimEnd()).filter((line) => !NOT_FOR_STUDENTS.test(line));
    this.#waiting.push(...received);
    this.#changed();
  }

  #signal(name: NodeJS.Signals): void {
    const pid = this.#child?.pid;
    if (pid === undefined || this.#over) return;
    try {
      process.kill(-pid, name);
    } catch {
      // It has just ended.
    }
  }

  async #expect({ line, text }: { line: number; text: string }): Promise<void> {
    for (;;) {
      const received = await this.#next();
      if (typeof received !== "string") throw this.#failure(line, text, received);
      const isRight = matches(text, received);
      if (!isRight && (this.#isEcho(received) || NEWS.test(received))) continue;
      if (!isRight && !this.#skipping) throw this.#failure(line, text, { problem: received });
      this.#compared.push(received);
      if (!isRight) continue;
      this.#skipping = false;
      return;
    }
  }

  /** Waits until the program has ended. It must not print more than the page shows. */
  async #end(line: number): Promise<void> {
    if (this.#child === undefined) return;
    for (;;) {
      const received = await this.#next();
      if (typeof received === "string") {
        if (!this.#skipping && !this.#isEcho(received) && !NEWS.test(received))
          throw this.#failure(line, "nothing more", { problem: received });
        this.#compared.push(received);
        continue;
      }
      if (received.problem !== ENDED) throw this.#failure(line, "the end of the program", received);
      this.#child = undefined;
      return;
    }
  }

  #isEcho(received: string): boolean {
    const index = this.#echoes.indexOf(received);
    if (index === -1) return false;
    this.#echoes.splice(0, index + 1);
    return true;
  }

  #failure(line: number, expected: string, { problem }: { problem: string }): ConsoleFailure {
    const rest = this.#unfinished === "" ? [] : [`${this.#unfinished} (no LF yet)`];
    return new ConsoleFailure(line, expected, problem, [...this.#compared, ...rest]);
  }

  /** The next line, or the reason why there is none. */
  async #next(): Promise<string | { problem: string }> {
    let late = false;
    const cancel = patientTimeout(() => {
      late = true;
      this.#changed();
    }, DEADLINE);
    try {
      for (;;) {
        const line = this.#waiting.shift();
        if (line !== undefined) return line;
        if (this.#over) return { problem: ENDED };
        if (late) return { problem: `nothing more within ${DEADLINE / 1000} s, and the program still runs` };
        await new Promise<void>((resolve) => {
          this.#changed = resolve;
        });
      }
    } finally {
      cancel();
    }
  }
}

const ENDED = "the program ended";
