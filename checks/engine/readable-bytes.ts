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

/** How many characters of the end of a long text are shown. */
const END = 60;

/** Up to eight characters that are repeated at least twenty times. */
const REPEATED = /([\s\S]{1,8}?)\1{19,}/gu;
/** In longer texts we do not look for repetitions, in characters. */
const MOST_SEARCHED = 1_000_000;

/**
 * Text between double quotes, with escapes for the characters of UNSEEN. A long text is told by what it consists of,
 * `"1 + " + "0" × 5000 + "\n"`, or by its beginning and its end.
 */
export function quote(text: string): string {
  if (text.length <= MOST) return quoted(text);
  const parts = text.length > MOST_SEARCHED ? text : partsOf(text);
  const shown =
    parts.length <= MOST ? parts : `${quoted(text.slice(0, MOST - END))} … ${quoted(text.slice(-END))}`;
  return `${shown} (${text.length} characters)`;
}

/** The pieces of a text, those that are repeated with how often. */
function partsOf(text: string): string {
  const parts: string[] = [];
  let done = 0;
  for (const { 0: all, 1: unit = "", index } of text.matchAll(REPEATED)) {
    if (index > done) parts.push(quoted(text.slice(done, index)));
    parts.push(`${quoted(unit)} × ${all.length / unit.length}`);
    done = index + all.length;
  }
  if (done < text.length) parts.push(quoted(text.slice(done)));
  return parts.join(" + ");
}

function quoted(text: string): string {
  const escaped = text.replace(
    UNSEEN,
    (character) => ESCAPES.get(character) ?? unicodeEscape(character.codePointAt(0) ?? 0),
  );
  return `"${escaped}"`;
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
