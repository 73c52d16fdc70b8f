// Colours, for people: only on a terminal, and never with NO_COLOR.

import { styleText } from "node:util";

const FORMATS = {
  heading: "bold",
  dim: "dim",
  code: "cyan",
  good: "green",
  bad: "red",
  warning: "yellow",
  selected: "inverse",
} as const;

export type PaintKind = keyof typeof FORMATS;

/** Marks text by what it is. */
export type Paint = (kind: PaintKind, text: string) => string;

export const plain: Paint = (_, text) => text;

/** Colours for a terminal; for anything else, none. */
export function paintFor(output: { isTTY?: boolean }, environment: NodeJS.ProcessEnv): Paint {
  if (output.isTTY !== true || environment.NO_COLOR || environment.TERM === "dumb") return plain;
  return (kind, text) => (text === "" ? "" : styleText(FORMATS[kind], text));
}
