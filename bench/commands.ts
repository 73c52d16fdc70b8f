// Runs commands as a student's shell runs them (npm, script). Such commands start processes of their own. So each
// command gets a process group, and all its processes can be ended together.

import { type ChildProcess, spawn } from "node:child_process";
import { COURSE_FOLDER } from "../programs/course-folder.ts";

/** How long to wait for an output, in milliseconds. */
const PATIENCE = 20_000;

const running = new Set<Command>();
process.on("exit", () => {
  for (const command of running) command.end();
});

export class Command {
  readonly #child: ChildProcess;
  #output = "";
  #whenMore: () => void = () => {};
  #ended = false;

  /** @param decode turns each piece of standard output into the text that shows() searches */
  constructor(command: string, argv: readonly string[], decode = (piece: string): string => piece) {
    this.#child = spawn(command, argv, {
      cwd: COURSE_FOLDER,
      detached: true, // This makes a process group.
      stdio: ["pipe", "pipe", "ignore"],
    });
    running.add(this);
    this.#child.stdin?.on("error", () => {});
    this.#child.stdout?.setEncoding("utf8").on("data", (piece: string) => {
      this.#output += decode(piece);
      this.#whenMore();
    });
    this.#child
      .on("error", () => this.#whenMore())
      .on("close", () => {
        this.#ended = true;
        this.#whenMore();
      });
  }

  write(text: string): void {
    this.#child.stdin?.write(text);
  }

  /**
   * Waits until the output contains this text. The next call searches behind it.
   * @throws Error if the text does not come in time
   */
  async shows(text: string): Promise<void> {
    const deadline = performance.now() + PATIENCE;
    for (;;) {
      const found = this.#output.indexOf(text);
      if (found !== -1) {
        this.#output = this.#output.slice(found + text.length);
        return;
      }
      const patience = deadline - performance.now();
      if (this.#ended || patience <= 0)
        throw new Error(`no ${JSON.stringify(text)} in ${JSON.stringify(this.#output)}`);
      await this.#more(patience);
    }
  }

  /** Kills the command and all processes that it has started. */
  end(): void {
    running.delete(this);
    if (this.#ended || this.#child.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, "SIGKILL");
    } catch {
      // All of them have already ended.
    }
  }

  #more(patience: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, patience);
      this.#whenMore = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
