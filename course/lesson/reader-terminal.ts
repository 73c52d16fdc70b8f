// Connects the lesson reader with a terminal: passes on keys, draws screens, and restores the terminal at the end.

import type { ReadStream, WriteStream } from "node:tty";
import type { Paint } from "../../terminal/paint.ts";
import { Screen } from "../../terminal/screen.ts";
import { paintLine } from "../../terminal/styled-text.ts";
import type { Reader, Request } from "./reader.ts";

/** What the reader cannot do itself. */
export interface Wishes {
  /** Runs the page's exercise on the restored terminal. @returns a sentence to show afterwards */
  exercise: () => Promise<string>;
}

/**
 * Shows the reader until its user quits.
 * @returns when the terminal has been restored
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

  // However we end, the terminal must be restored, or it has no cursor. If it was closed, we quit.
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
