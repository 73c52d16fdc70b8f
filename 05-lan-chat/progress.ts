// How far files have come, in a few characters, for the prompt (P9.9). Pure.

import type { TransferProgress } from "./conversations.ts";

/** The cells of the bar. */
const CELLS = 10;

/** `file 1 =====----- 50%`, and how many more there are; undefined if no file is on its way. */
export function progressText(
  transfers: readonly Pick<TransferProgress, "number" | "size" | "done" | "state">[],
): string | undefined {
  const [first, ...more] = transfers.filter(({ state }) => state === "moving");
  if (first === undefined) return undefined;
  const part = first.size === 0 ? 1 : Math.min(1, first.done / first.size);
  const full = Math.floor(part * CELLS);
  const bar = `${"=".repeat(full)}${"-".repeat(CELLS - full)}`;
  const others = more.length === 0 ? "" : ` +${more.length}`;
  return `file ${first.number} ${bar} ${Math.floor(part * 100)}%${others}`;
}
