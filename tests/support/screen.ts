// A real terminal for a program: tmux provides it, types into it, and reads its screen.

import { spawnSync } from "node:child_process";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";
import { patientTimeout } from "../../programs/patience.ts";

/** How long to wait until something appears, in milliseconds: much longer than it ever takes. */
const DEADLINE = 30_000;

/** The pause between two readings of the screen, in milliseconds. Each reading starts a process. */
const LOOK = 50;

let count = 0;

export interface ScreenOptions {
  /** The program's folder. Default: the course's folder. */
  folder?: string;
  columns?: number;
  rows?: number;
  /** Variables of the environment, in addition to ours. */
  environment?: Readonly<Record<string, string>>;
  /** A file that gets every byte that the program writes to the terminal. */
  log?: string;
  /** Words before the program's command, such as those of nsenter. */
  before?: readonly string[];
}

export class Screen {
  /** A tmux server of our own, so that we never touch other sessions of the user. */
  readonly #socket: string;

  /** Runs a program in a terminal of 80 columns and 24 rows. When it has ended, its exit code appears. */
  constructor(
    file: string,
    argv: readonly string[] = [],
    {
      folder = COURSE_FOLDER,
      columns = 80,
      rows = 24,
      environment = {},
      log,
      before = [],
    }: ScreenOptions = {},
  ) {
    count += 1;
    this.#socket = `course-test-${process.pid}-${count}`;
    const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
    const words = [...before, "env", ...variables, process.execPath, "--import", "tsx", file, ...argv];
    const command = words.map((word) => `'${word}'`).join(" ");
    // cat keeps the terminal open, so that we can read the last screen.
    const session = ["new-session", "-d", "-x", String(columns), "-y", String(rows), "-c", folder];
    const logging = log === undefined ? [] : [";", "pipe-pane", `cat >'${log}'`];
    this.#tmux(...session, `sh -c "${command}; echo exit code \\$?; cat"`, ...logging);
  }

  /** Gives the terminal another size, as if somebody resized its window. */
  resize(columns: number, rows: number): void {
    this.#tmux("resize-window", "-x", String(columns), "-y", String(rows));
  }

  /** The same, and waits until the program is told, which tmux puts off if there is one resize after another. */
  async resizeAndTell(columns: number, rows: number): Promise<void> {
    this.resize(columns, rows);
    const terminal = this.#tmux("display-message", "-p", "#{pane_tty}").trim();
    const size = (): string => spawnSync("sh", ["-c", `stty size <${terminal}`], { encoding: "utf8" }).stdout;
    let late = false;
    const cancel = patientTimeout(() => {
      late = true;
    }, DEADLINE);
    while (size().trim() !== `${rows} ${columns}`) {
      if (late) throw new Error(`the terminal's size is ${size()}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK));
    }
    cancel();
  }

  /** Types text. */
  type(text: string): void {
    for (const character of text) this.#tmux("send-keys", "-l", character);
  }

  /** Types a whole text at once, as a paste does. */
  paste(text: string): void {
    this.#tmux("send-keys", "-l", text);
  }

  /** Presses a key by its name in tmux, e.g. Enter, Tab, Up, C-c. */
  press(key: string): void {
    this.#tmux("send-keys", key);
  }

  enter(line: string): void {
    this.type(line);
    this.press("Enter");
  }

  /** The text on the screen, without blanks at the ends of rows. */
  text(): string {
    return this.#tmux("capture-pane", "-p").replace(/[ \n]+$/, "");
  }

  /** Waits until the screen shows what is expected, and returns the whole screen. */
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
