// A real terminal for a program of the course: tmux holds it, types into it, and says what stands on the screen.

import { spawnSync } from "node:child_process";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";
import { patientTimeout } from "../../programs/patience.ts";

/** How long to wait for anything to appear, in milliseconds: much longer than it ever takes. */
const DEADLINE = 30_000;

/** Between two looks at the screen, in milliseconds: each starts a process, and others need the processor, too. */
const LOOK = 50;

let count = 0;

export interface ScreenOptions {
  /** Where the program runs; by default in the course's folder. */
  folder?: string;
  columns?: number;
  rows?: number;
}

export class Screen {
  /** A tmux server of our own, so that nobody else's sessions are touched. */
  readonly #socket: string;

  /** Runs a program of the course in a terminal of 80 columns and 24 rows; its exit code appears when it has ended. */
  constructor(
    file: string,
    argv: readonly string[] = [],
    { folder = COURSE_FOLDER, columns = 80, rows = 24 }: ScreenOptions = {},
  ) {
    count += 1;
    this.#socket = `course-test-${process.pid}-${count}`;
    const command = [process.execPath, "--import", "tsx", file, ...argv].map((word) => `'${word}'`).join(" ");
    // cat keeps the terminal open, so that the last screen can be read.
    const session = ["new-session", "-d", "-x", String(columns), "-y", String(rows), "-c", folder];
    this.#tmux(...session, `sh -c "${command}; echo exit code \\$?; cat"`);
  }

  /** Gives the terminal another size, as somebody who drags its window does. */
  resize(columns: number, rows: number): void {
    this.#tmux("resize-window", "-x", String(columns), "-y", String(rows));
  }

  /** Types text, as a person would. */
  type(text: string): void {
    for (const character of text) this.#tmux("send-keys", "-l", character);
  }

  /** Presses a key by the name that tmux has for it, e.g. Enter, Tab, Up, C-c. */
  press(key: string): void {
    this.#tmux("send-keys", key);
  }

  enter(line: string): void {
    this.type(line);
    this.press("Enter");
  }

  /** What stands on the screen, without the blanks at the ends. */
  text(): string {
    return this.#tmux("capture-pane", "-p").replace(/[ \n]+$/, "");
  }

  /** Waits until the screen shows what is expected, and returns all of it. */
  async shows(expected: string | RegExp): Promise<string> {
    let late = false;
    const cancel = patientTimeout(() => {
      late = true;
    }, DEADLINE);
    for (;;) {
      const text = this.text();
      if (typeof expected === "string" ? text.includes(expected) : expected.test(text)) {
        cancel();
        return text;
      }
      if (late) throw new Error(`the screen does not show ${expected}:\n${text}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK));
    }
  }

  close(): void {
    this.#tmux("kill-server");
  }

  #tmux(...argv: string[]): string {
    const environment = { ...process.env, LANG: "C.UTF-8", LC_ALL: "C.UTF-8" };
    return (
      spawnSync("tmux", ["-u", "-L", this.#socket, ...argv], { encoding: "utf8", env: environment }).stdout ??
      ""
    );
  }
}
