// Gives text a look for its meaning. Colours are for people: they are used on a terminal only, and never with NO_COLOR.

import { styleText } from "node:util";

const FORMATS = {
  title: ["bold", "underline"],
  heading: "bold",
  strong: "bold",
  emphasis: "italic",
  code: "cyan",
  link: "underline",
  dim: "dim",
  selected: "inverse",
  /** What a user types into a shell or a program. */
  command: "green",
  typed: "green",
  good: "green",
  bad: "red",
  warning: "yellow",
  added: "green",
  removed: "red",
  changed: "cyan",
  /** Text that everybody on the network can read, and text that nobody there can. */
  plaintext: "yellow",
  ciphertext: "cyan",
} as const satisfies Record<string, Parameters<typeof styleText>[0]>;

export type Style = keyof typeof FORMATS;

/** Makes text look as its style says. */
export type Paint = (style: Style, text: string) => string;

export const plain: Paint = (_, text) => text;

/** Whether an output is a terminal that obeys escape sequences. One that calls itself dumb would show them as text. */
export function obeysEscapes(output: { isTTY?: boolean }, environment: NodeJS.ProcessEnv): boolean {
  return output.isTTY === true && environment.TERM !== "dumb";
}

/** Paints with colours on a terminal, and without colours elsewhere. */
export function paintFor(output: { isTTY?: boolean }, environment: NodeJS.ProcessEnv): Paint {
  if (!obeysEscapes(output, environment) || environment.NO_COLOR) return plain;
  return (style, text) => (text === "" ? "" : styleText(FORMATS[style], text));
}

/** What rows of text are drawn on. */
export interface Canvas {
  /** The width, in columns. */
  width: number;
  paint: Paint;
}

/** The canvas for an output: a terminal has a width and colours; other outputs get 120 columns and no colours. */
export function canvasFor(
  output: { isTTY?: boolean; columns?: number },
  environment: NodeJS.ProcessEnv,
): Canvas {
  return { width: Math.max(60, output.columns ?? 120), paint: paintFor(output, environment) };
}
