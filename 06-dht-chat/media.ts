// What a file is, by its first bytes: the pictures and videos that the page shows in place (P10.9). Pure.
// What the offer says of it (`media`) does not count, nor does its name: both are whatever the sender likes.

/** How many bytes of a file have to be looked at. */
export const HEAD_BYTES = 256;

/** The type of the blob of everything that is not shown: the browser offers it as a download and never opens it. */
export const DOWNLOAD_TYPE = "application/octet-stream";

export interface Media {
  shown: "image" | "video";
  /** The type for the blob, such as `image/png`. */
  type: string;
}

/**
 * Main brands of the ISO base media format (ISO/IEC 14496-12, 4.3) that browsers play as MP4. The same form holds
 * sound (M4A), pictures (heic, avif) and QuickTime (qt): those are downloads.
 */
const MP4_BRANDS = /^(?:iso[m2-9]|mp4[12]|avc1|dash|M4V |MSNV)$/;

/** @param head the first HEAD_BYTES bytes of the file, or all of them if there are fewer */
export function mediaOf(head: Uint8Array): Media | undefined {
  if (isPng(head)) return { shown: "image", type: "image/png" };
  if (isJpeg(head)) return { shown: "image", type: "image/jpeg" };
  if (isGif(head)) return { shown: "image", type: "image/gif" };
  if (isWebp(head)) return { shown: "image", type: "image/webp" };
  if (isMp4(head)) return { shown: "video", type: "video/mp4" };
  if (isWebm(head)) return { shown: "video", type: "video/webm" };
  return undefined;
}

/** The type of the blob that is made of a file which came. */
export function blobTypeOf(head: Uint8Array): string {
  return mediaOf(head)?.type ?? DOWNLOAD_TYPE;
}

/** The signature, and the beginning of the first chunk, which is always IHDR with 13 bytes (PNG, sections 5.2 and 11.2.1). */
function isPng(head: Uint8Array): boolean {
  return letters(head, 0, 16) === "\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
}

/** SOI, and the first byte of the next marker, with a code from SOF0 on (ISO/IEC 10918-1, B.1.1.3). */
function isJpeg(head: Uint8Array): boolean {
  const code = head[3] ?? 0;
  return letters(head, 0, 3) === "\xff\xd8\xff" && code >= 0xc0 && code < 0xff;
}

/** The signature, and room for the logical screen descriptor (GIF89a, sections 17 and 18). */
function isGif(head: Uint8Array): boolean {
  return /^GIF8[79]a$/.test(letters(head, 0, 6)) && head.length >= 13;
}

/** RIFF with the form WEBP, and one of the three first chunks (RFC 9649, sections 2.4 to 2.7). */
function isWebp(head: Uint8Array): boolean {
  return letters(head, 0, 4) === "RIFF" && /^WEBPVP8[ LX]$/.test(letters(head, 8, 16));
}

/** The first box is ftyp, of a size that holds whole brands, and its main brand is a video's. */
function isMp4(head: Uint8Array): boolean {
  if (letters(head, 4, 8) !== "ftyp" || !MP4_BRANDS.test(letters(head, 8, 12))) return false;
  const size = new DataView(head.buffer, head.byteOffset).getUint32(0);
  return size >= 16 && size % 4 === 0;
}

const EBML = 0x1a45dfa3;
const DOC_TYPE = 0x4282;

/** An EBML header (RFC 8794, section 11.2.4) whose DocType is `webm`, not `matroska`. */
function isWebm(head: Uint8Array): boolean {
  const header = elementAt(head, 0);
  if (header?.id !== EBML) return false;
  const end = Math.min(header.end, head.length);
  for (let at = header.start; at < end; ) {
    const element = elementAt(head, at);
    if (element === undefined || element.end > end) return false;
    // A string may be longer than its text: then NULs follow (RFC 8794, section 7.4).
    if (element.id === DOC_TYPE) return /^webm\0*$/.test(letters(head, element.start, element.end));
    at = element.end;
  }
  return false;
}

/** An element of EBML: its id, where its data begins, where it ends (RFC 8794, sections 4 to 6). */
interface Element {
  id: number;
  start: number;
  end: number;
}

function elementAt(head: Uint8Array, at: number): Element | undefined {
  const idLength = vintLength(head[at]);
  const sizeLength = vintLength(head[at + idLength]);
  const start = at + idLength + sizeLength;
  if (idLength > 4 || start > head.length) return undefined;
  const size = number(head, at + idLength, start) - 2 ** (7 * sizeLength);
  return { id: number(head, at, at + idLength), start, end: start + size };
}

/** How many bytes a number of variable length has: as many as the bits up to the first 1. */
function vintLength(first: number | undefined): number {
  return first === undefined || first === 0 ? 9 : Math.clz32(first) - 23;
}

function number(bytes: Uint8Array, start: number, end: number): number {
  return bytes.subarray(start, end).reduce((value, byte) => value * 256 + byte, 0);
}

/** Bytes as the characters of the same numbers. */
function letters(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(start, end));
}
