// Names of files from elsewhere, made such that any file system takes them (P9.9, P10.9). Pure.

import { printable } from "./printable.ts";
import { byteLength } from "./texts.ts";

/** The longest name of a file, in bytes of UTF-8. */
export const MAX_NAME_BYTES = 120;

/** What stands behind the last dot, where it is short and plain: ".txt". */
const ENDING = /\.[A-Za-z0-9]{1,15}$/;

/** No file of Windows can have these names, whatever stands behind a dot (CON, con.txt). */
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])\s*(?:\.|$)/i;

/** The name that a file gets here: a plain name, in no other folder, that no system gives a meaning to. */
export function safeFileName(offered: string): string {
  const last = offered.slice(Math.max(offered.lastIndexOf("/"), offered.lastIndexOf("\\")) + 1);
  const plain = printable(last.toWellFormed())
    .replace(/[:*?"<>|]/g, "")
    .replaceAll("\t", " ");
  const name = trimmed(cut(trimmed(plain))) || "file";
  return DEVICE.test(name) ? trimmed(cut(`_${name}`)) : name;
}

/** Without dots or blanks at either end: some systems hide such names, others drop the dots. */
function trimmed(name: string): string {
  return name.replace(/^[.\s]+|[.\s]+$/gu, "");
}

/** A name that is too long becomes shorter before its ending: what kind of file it is, systems see there. */
function cut(name: string): string {
  if (byteLength(name) <= MAX_NAME_BYTES) return name;
  const ending = ENDING.exec(name)?.[0] ?? "";
  return trimmed(beginning(name, MAX_NAME_BYTES - ending.length)) + ending;
}

/** The characters that fit into so many bytes, whole ones only. */
function beginning(name: string, limit: number): string {
  let bytes = 0;
  let kept = "";
  for (const character of name) {
    bytes += byteLength(character);
    if (bytes > limit) break;
    kept += character;
  }
  return kept;
}
