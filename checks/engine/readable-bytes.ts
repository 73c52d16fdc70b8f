// Shows bytes to people as text between quotes, with escapes for invisible characters. Pure.

import { isUtf8 } from "node:buffer";

/** How many characters of a text are shown at most. */
const MOST = 2000;

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
  ['"', '\\"'],
  ["\\", "\\\\"],
]);

/** Quotes, control characters, invisible characters, lone surrogates, and every blank but the space. */
const UNSEEN = /(?! )["\\\p{Cc}\p{Cf}\p{Cs}\p{Z}]/gu;

/** Text between double quotes, with escapes for the characters of UNSEEN. */
export function quote(text: string): string {
  const shown = text.length > MOST ? text.slice(0, MOST) : text;
  const escaped = shown.replace(
    UNSEEN,
    (character) => ESCAPES.get(character) ?? unicodeEscape(character.codePointAt(0) ?? 0),
  );
  return `"${escaped}"${shown === text ? "" : ` … (${text.length} characters)`}`;
}

function unicodeEscape(codePoint: number): string {
  const digits = codePoint.toString(16);
  return codePoint > 0xffff ? `\\u{${digits}}` : `\\u${digits.padStart(4, "0")}`;
}

/** Bytes as text if they are valid UTF-8. Otherwise each byte that is not ASCII becomes \xNN. */
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
