// What a screen reader hears of lines that pass: not each of ten thousand. Pure.

import type { WireLine } from "../../shared/wire.ts";
import { badgeOf, directionWords } from "./words.ts";

/** One sentence about lines that have come since the last one; empty if none has. */
export function announcementOf(lines: readonly WireLine[]): string {
  const last = lines.at(-1);
  if (last === undefined) return "";
  const badge = badgeOf(last);
  const about = `${directionWords(last)}, ${last.type}: ${last.words}${badge === "" ? "" : `; ${badge}`}`;
  return lines.length === 1 ? about : `${lines.length} lines. The last one: ${about}`;
}
