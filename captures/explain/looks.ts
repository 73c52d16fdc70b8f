// What somebody without keys has of each part of a line: for colours. Pure.

import type { LabelledBytes, LinePart } from "./line-bytes.ts";

/** `readable`: what was said, and by whom; `known`: structure that stays visible; `sealed`: that bytes are there. */
export type Look = "readable" | "known" | "sealed";

/** A range of bytes, in bytes. */
export interface Span {
  length: number;
  look: Look;
}

/** The members that say something, whatever the object's type is: texts, names, and where somebody can be called. */
const READABLE = new Set([
  ...["text", "message", "reason"],
  ...["from", "to", "username", "users", "name", "team", "host", "port", "address"],
]);

/** What only who has a key makes something of. */
const SEALED = new Set([
  "xored.ciphertext",
  ...["iv", "ciphertext", "tag"].map((name) => `sealed.${name}`),
  ...["iv", "ciphertext", "mac"].map((name) => `token.${name}`),
  "line.data",
]);

/** The parts that are no members, and can be read. */
const READABLE_PARTS = new Set(["line.text", "frame.header"]);

export function lookOf({ part }: LabelledBytes): Look {
  if (part === undefined) return "known";
  const key = `${part.of}.${part.name}`;
  if (SEALED.has(key)) return "sealed";
  return READABLE_PARTS.has(key) || (isMember(part) && READABLE.has(part.name)) ? "readable" : "known";
}

/** The looks of a line, byte by byte: of a member, only the value looks as the member does; its name is structure. */
export function spansOf(ranges: readonly LabelledBytes[]): Span[] {
  const spans: Span[] = [];
  const add = (length: number, look: Look): void => {
    const last = spans.at(-1);
    if (last?.look === look) last.length += length;
    else if (length > 0) spans.push({ length, look });
  };
  for (const range of ranges) {
    const { bytes, part } = range;
    const look = lookOf(range);
    const name = part !== undefined && look !== "known" && isMember(part) ? nameLength(part) : 0;
    add(name, "known");
    add(bytes.length - name, look);
  }
  return spans;
}

function isMember({ of }: LinePart): boolean {
  return of !== "token" && of !== "frame" && of !== "line";
}

/** How many bytes stand before a member's value: `,"text":`. */
function nameLength({ name }: LinePart): number {
  return Buffer.byteLength(JSON.stringify(name)) + 2;
}
