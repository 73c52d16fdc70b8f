// The lesson reader's terminal: keys in, screens out, and everything as it was when it ends.

import type { ReadStream, WriteStream } from "node:tty";
import type { Paint } from "../../terminal/paint.ts";
import { Screen } from "../../terminal/screen.ts";
import { paintLine } from "../../terminal/styled-text.ts";
import type { Reader, Request } from "./reader.ts";

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
  paint: Paint,
  wishes: Wishes,
): Promise<void> {
  let quit = (): void => {};
  const ended = new Promise<void>((resolve) => {
    quit = resolve;
  });
  const draw = (): void => screen.draw(reader.screen().map((line) => paintLine(line, paint)));
  const screen = new Screen(input, output, {
    press: (key) => obey(reader.press(key)),
    redraw: () => {
      reader.resize({ columns: screen.columns, rows: screen.rows });
      draw();
    },
  });
  const obey = (request: Request): void => {
    if (request === "quit") quit();
    else if (request === "suspend") screen.suspend();
    else if (request === "exercise") void doExercise();
    else draw();
  };
  const doExercise = async (): Promise<void> => {
    screen.close();
    reader.say(await wishes.exercise());
    screen.open();
  };

  // Whatever ends us: nobody shall be left with a terminal that shows no cursor. If it is gone, that is to quit.
  const stop = (): void => process.exit(143);
  for (const signal of ["SIGTERM", "SIGHUP"] as const) process.once(signal, stop);
  input.on("end", quit);
  screen.open();
  try {
    await ended;
  } finally {
    screen.close();
    input.off("end", quit);
    for (const signal of ["SIGTERM", "SIGHUP"] as const) process.off(signal, stop);
  }
}
