// Bytes as text for a person: between quotes, with escapes for what cannot be seen. Pure.

import { isUtf8 } from "node:buffer";

/** The most characters of a text that are shown. */
const MOST = 2000;

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
  ['"', '\\"'],
  ["\\", "\\\\"],
]);

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this pattern is about.
const UNSEEN = /["\\\u0000-\u001f\u007f-\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2069\u3000\ud800-\udfff\ufeff]/gu;

/** Text between double quotes: controls, quotes, invisible characters and blanks that are no space as escapes. */
export function quote(text: string): string {
  const shown = text.length > MOST ? text.slice(0, MOST) : text;
  const escaped = shown.replace(
    UNSEEN,
    (character) => ESCAPES.get(character) ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `"${escaped}"${shown === text ? "" : ` … (${text.length} characters)`}`;
}

/** Bytes as text where they are UTF-8; otherwise what is no ASCII is written as \xNN. */
export function quoteBytes(bytes: Buffer): string {
  if (isUtf8(bytes)) return quote(bytes.toString());
  const shown = bytes.subarray(0, MOST);
  const escaped = [...shown]
    .map((byte) =>
      byte < 0x80
        ? quote(String.fromCharCode(byte)).slice(1, -1)
        : `\\x${byte.toString(16).padStart(2, "0")}`,
    )
    .join("");
  return `"${escaped}"${shown.length === bytes.length ? "" : ` … (${bytes.length} bytes)`}`;
}
