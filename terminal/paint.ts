// How text looks that means something: colours are for people, so only on a terminal, and never with NO_COLOR.

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
  /** What is typed: to a shell, to a program. */
  command: "green",
  typed: "green",
  good: "green",
  bad: "red",
  warning: "yellow",
  added: "green",
  removed: "red",
  changed: "cyan",
  /** What anybody on the way can read, and what nobody can. */
  plaintext: "yellow",
  ciphertext: "cyan",
} as const satisfies Record<string, Parameters<typeof styleText>[0]>;

export type Style = keyof typeof FORMATS;

/** Makes text look like what it is. */
export type Paint = (style: Style, text: string) => string;

export const plain: Paint = (_, text) => text;

/** Colours for a terminal; for anything else, none. */
export function paintFor(output: { isTTY?: boolean }, environment: NodeJS.ProcessEnv): Paint {
  if (output.isTTY !== true || environment.NO_COLOR || environment.TERM === "dumb") return plain;
  return (style, text) => (text === "" ? "" : styleText(FORMATS[style], text));
}

/** What rows are drawn on. */
export interface Canvas {
  /** In columns. */
  width: number;
  paint: Paint;
}

/** The canvas for an output: a terminal's own width, or 120 columns without colours. */
export function canvasFor(
  output: { isTTY?: boolean; columns?: number },
  environment: NodeJS.ProcessEnv,
): Canvas {
  return { width: Math.max(60, output.columns ?? 120), paint: paintFor(output, environment) };
}
