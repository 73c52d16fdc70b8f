// What kind of line a line is, in a word: the type that stands in it, or what its form says. Pure.

import type { Talk } from "./clauses.ts";
import { frameHeaderOf, isFrameEnd } from "./frames.ts";
import { jsonOf } from "./protocols.ts";
import { readable } from "./readable.ts";
import { tokenOf } from "./tokens.ts";

/** The longest type that is shown, in characters. */
const LONGEST = 24;

/** @param line without its LF @param isAnswer whether the called side has sent it; only the calculator's lines need that */
export function lineType(line: Buffer, talk: Talk, isAnswer: boolean): string {
  if (talk === "calculator") {
    if (isAnswer) return "answer";
    return /^[ \t]*end[ \t]*\r?$/i.test(line.toString("latin1")) ? "end" : "question";
  }
  const type = jsonOf(line)?.type;
  if (typeof type === "string") return readable(Buffer.from(type)).slice(0, LONGEST);
  if (frameHeaderOf(line) !== undefined) return "header";
  if (isFrameEnd(line)) return "end";
  const token = line.at(-1) === 0x0d ? line.subarray(0, -1) : line;
  return tokenOf(token) === undefined ? "unknown" : "token";
}
