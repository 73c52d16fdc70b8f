// Commands run as a student's shell runs them (npm, script), which start processes of their own.
// Each gets a process group, so that all it has started can be ended with it.

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

  /** @param decode makes of each piece of its standard output what shows() looks at */
  constructor(command: string, argv: readonly string[], decode = (piece: string): string => piece) {
    this.#child = spawn(command, argv, {
      cwd: COURSE_FOLDER,
      detached: true, // That is what makes the process group.
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
   * Waits until the output holds this text; the output up to its end is passed over the next time.
   * @throws Error if it does not come
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

  /** Ends it and all it has started, at once. */
  end(): void {
    running.delete(this);
    if (this.#ended || this.#child.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, "SIGKILL");
    } catch {
      // All of them have ended by themselves.
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
