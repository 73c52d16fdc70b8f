// A terminal of a lesson: runs its commands, types into its programs, and compares what they print with the page.

import { type ChildProcess, spawn } from "node:child_process";
import { patientTimeout } from "../../programs/patience.ts";
import { type ConsoleBlock, ELLIPSIS, type Entry, matches } from "./console-blocks.ts";

/** How long to wait for anything, in milliseconds: much longer than it ever takes. */
const DEADLINE = 60_000;

/** How many of the last lines a failure shows. */
const LAST_LINES = 12;

/** Something did not come as the page says. */
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

/** tshark says this to root, which we are in our namespace and a student is not. */
const NOT_FOR_STUDENTS = /^Running as user "root"/;

/** News of a registry may come at any moment (P2.5): a page shows them where they mostly do. */
const NEWS = /^(?:joined|left): [A-Za-z0-9_-]{1,32}$/;

export class Terminal {
  #child: ChildProcess | undefined;
  #over = true;
  /** Printed and not compared yet. */
  #waiting: string[] = [];
  /** Printed and compared. */
  #compared: string[] = [];
  #unfinished = "";
  /** True behind a line of nothing but `…`. */
  #skipping = false;
  /** What was typed, as a client without a terminal repeats it. */
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

  /** Ends whatever still runs. */
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
    // One pipe for both outputs keeps the order in which they were written. A process group makes Ctrl-C reach all of it.
    const child = spawn("bash", ["-c", `exec 2>&1\n${command}`], {
      env: this.#environment,
      stdio: ["pipe", "pipe", "inherit"],
      detached: true,
    });
    this.#child = child;
    child.stdin.on("error", () => {}); // It may end before it has read everything.
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

  /** Waits until the program has ended, with nothing printed that the page does not show. */
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

  /** The next line, or why none comes. */
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
