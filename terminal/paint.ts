// Colours and widths: for people only, so only on a terminal, and never with NO_COLOR.

import { styleText } from "node:util";

export interface Canvas {
  /** How many characters a row has. */
  width: number;
  /** Marks text by what it is: what anybody can read, what nobody can, what is wrong, what is less important. */
  paint(kind: "plaintext" | "ciphertext" | "problem" | "heading" | "dim", text: string): string;
}

const FORMATS = {
  plaintext: "yellow",
  ciphertext: "cyan",
  problem: "red",
  heading: "bold",
  dim: "dim",
} as const;

/** The canvas for an output: a terminal's own width, or 120 columns without colours. */
export function canvasFor(
  output: { isTTY?: boolean; columns?: number },
  environment: NodeJS.ProcessEnv,
): Canvas {
  const coloured = output.isTTY === true && !environment.NO_COLOR;
  return {
    width: Math.max(60, output.columns ?? 120),
    paint: (kind, text) => (coloured ? styleText(FORMATS[kind], text) : text),
  };
}
