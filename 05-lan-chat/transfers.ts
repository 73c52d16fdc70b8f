// What a transfer of a file is made of: offers, pieces, and names that any file system takes (P9.9). Pure.

import { createHash } from "node:crypto";
import { decodeBase64 } from "./base64.ts";
import { decodeHex } from "./hexadecimal.ts";
import { printable } from "./printable.ts";
import { isCount, isId } from "./texts.ts";

/** The largest file: 1 GiB. */
export const MAX_FILE_BYTES = 2 ** 30;

/** The largest piece of a file, in bytes, and how many may be sent and not acknowledged. */
export const PIECE_BYTES = 65_536;
export const MAX_OPEN_PIECES = 16;

/** How many offers of one key may be open, and how many files may move at a time with one peer in one direction. */
export const MAX_OFFERS = 16;
export const MAX_MOVING = 4;

/** The longest name of a file, in bytes of UTF-8. */
const MAX_NAME_BYTES = 120;

/** The longest name that is looked at at all. */
const MAX_OFFERED_NAME = 4096;

/** No file of Windows can have these names, whatever stands behind a dot (CON, con.txt). */
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])\s*(?:\.|$)/i;

export interface Offer {
  file: string;
  /** As the other side says it. What the file is called here, safeFileName says. */
  name: string;
  /** In bytes. */
  size: number;
  /** 64 hexadecimal digits. */
  sha256: string;
}

export interface Piece {
  file: string;
  /** Where in the file it begins. */
  offset: number;
  data: Buffer;
}

/** @returns undefined if it has not the form of an offer. The size may be too large: that is refused, not wrong */
export function parseOffer(members: Readonly<Record<string, unknown>>): Offer | undefined {
  const { file, name, size, sha256 } = members;
  if (!isId(file) || typeof name !== "string" || name.length > MAX_OFFERED_NAME || !isCount(size))
    return undefined;
  if (typeof sha256 !== "string" || decodeHex(sha256)?.length !== 32) return undefined;
  return { file, name, size, sha256 };
}

/** @returns undefined if it has not the form of a piece: an empty one has not */
export function parsePiece(members: Readonly<Record<string, unknown>>): Piece | undefined {
  const { file, offset, data } = members;
  if (!isId(file) || !isCount(offset, MAX_FILE_BYTES)) return undefined;
  const bytes = decodeBase64(data);
  if (bytes === undefined || bytes.length === 0 || bytes.length > PIECE_BYTES) return undefined;
  return { file, offset, data: bytes };
}

/** The name of what has come of a file: whoever offers the same bytes again, after a loss or a restart, goes on there. */
export function partName(fingerprint: string, { sha256, size }: Pick<Offer, "sha256" | "size">): string {
  return createHash("sha256").update(`${fingerprint}\n${sha256}\n${size}`, "ascii").digest("hex");
}

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

/** The characters that fit into the longest name, whole ones only. */
function cut(name: string): string {
  let bytes = 0;
  let kept = "";
  for (const character of name) {
    bytes += Buffer.byteLength(character);
    if (bytes > MAX_NAME_BYTES) break;
    kept += character;
  }
  return kept;
}

/** The name to try next where another file has it: `photo (1).jpg`, `photo (2).jpg`. @param copy 0 for the name itself */
export function numberedName(name: string, copy: number): string {
  if (copy === 0) return name;
  const dot = name.lastIndexOf(".");
  return dot === -1 ? `${name} (${copy})` : `${name.slice(0, dot)} (${copy})${name.slice(dot)}`;
}
