// The lesson reader's terminal: keys in, screens out, and everything as it was when it ends.

import { emitKeypressEvents } from "node:readline";
import type { ReadStream, WriteStream } from "node:tty";
import { paint } from "../../terminal/styled-text.ts";
import type { Key, Reader, Request } from "./reader.ts";

/** The other screen, an invisible cursor; and back. */
const ENTER = "\u001b[?1049h\u001b[?25l";
const LEAVE = "\u001b[?25h\u001b[?1049l";
const HOME = "\u001b[H";
const ERASE_REST_OF_LINE = "\u001b[K";

/** What the reader asks for beside reading. */
export interface Wishes {
  /** Does the exercise of the page; the terminal is as it was before. Returns what to say afterwards. */
  exercise: () => Promise<string>;
}

/**
 * Shows the reader until its user quits.
 * @returns when the terminal is as it was before
 */
export async function showReader(
  reader: Reader,
  input: ReadStream,
  output: WriteStream,
  coloured: boolean,
  wishes: Wishes,
): Promise<void> {
  /** False while the terminal belongs to somebody else: a shell, or learn. */
  let isShown = false;
  let isLent = false;
  const show = (): void => {
    if (!isShown) return;
    const rows = reader.screen().map((line) => paint(line, coloured) + ERASE_REST_OF_LINE);
    output.write(HOME + rows.join("\r\n"));
  };
  const enter = (): void => {
    if (isLent) return;
    isShown = true;
    input.setRawMode(true);
    input.resume();
    output.write(ENTER);
    reader.resize({ columns: output.columns, rows: output.rows });
    show();
  };
  const leave = (): void => {
    if (!isShown) return;
    isShown = false;
    input.setRawMode(false);
    input.pause();
    output.write(LEAVE);
  };

  emitKeypressEvents(input);
  // Whatever ends us: nobody shall be left with a terminal that shows no cursor.
  process.once("exit", leave);
  const stop = (): void => process.exit(143);
  for (const signal of ["SIGTERM", "SIGHUP"] as const) process.once(signal, stop);
  const onResize = (): void => {
    reader.resize({ columns: output.columns, rows: output.rows });
    show();
  };
  output.on("resize", onResize);
  process.on("SIGCONT", enter);

  enter();
  try {
    for (;;) {
      const request = await nextRequest(reader, input, show);
      if (request === "quit") return;
      if (request === "suspend") {
        leave();
        await stopUntilContinued();
      }
      if (request === "exercise") {
        leave();
        isLent = true;
        const said = await wishes.exercise();
        isLent = false;
        reader.say(said);
        enter();
      }
    }
  } finally {
    process.off("exit", leave);
    process.off("SIGCONT", enter);
    for (const signal of ["SIGTERM", "SIGHUP"] as const) process.off(signal, stop);
    output.off("resize", onResize);
    leave();
  }
}

/** As Ctrl-Z does with other programs. Whoever listens to SIGCONT, too, has been called when this returns. */
async function stopUntilContinued(): Promise<void> {
  // While nothing else is waited for, Node.js would end the program as soon as it goes on.
  const keepAlive = setInterval(() => {}, 60_000);
  const continued = new Promise((resolve) => process.once("SIGCONT", resolve));
  process.kill(process.pid, "SIGTSTP");
  await continued;
  clearInterval(keepAlive);
}

/** Gives keys to the reader until it wants something. If the terminal is gone, that is to quit. */
function nextRequest(reader: Reader, input: ReadStream, show: () => void): Promise<Request> {
  return new Promise((resolve) => {
    const finish = (request: Request): void => {
      input.off("keypress", onKey);
      input.off("end", onEnd);
      resolve(request);
    };
    const onKey = (_: string | undefined, key: Key): void => {
      const request = reader.press(key);
      if (request === undefined) show();
      else finish(request);
    };
    const onEnd = (): void => finish("quit");
    input.on("keypress", onKey);
    input.on("end", onEnd);
  });
}
