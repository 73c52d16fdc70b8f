// What is said in a session, as bytes before they are sealed: JSON texts and chunks of files (P10.7). Pure.

import { type Bytes, concat, readUint32, toUtf8, uint32 } from "./bytes.ts";
import { isInteger, parseObjectBytes } from "./json.ts";
import { byteLength, isMessageId, isText } from "./texts.ts";

/** A message of a chat. Its id is drawn by who wrote it, and stays when it is sent again (P10.8). */
export interface MessageContent {
  type: "message";
  /** 32 hexadecimal digits. */
  id: string;
  /** 1 to 8,192 bytes of UTF-8 (P3.4). */
  text: string;
}

/** "I have a file for you." After a loss the same offer is made again (P10.9). */
export interface OfferContent {
  type: "offer";
  /** A 32-bit number that the offerer drew, new for each offer. */
  file: number;
  /** As the other side says it. `safeFileName` of names.ts says what it is called here. */
  name: string;
  /** What the offerer takes it for. Never used to show the file: its first bytes decide (media.ts). */
  media: string;
  /** In bytes. It may be larger than the largest file: then the offer is refused. */
  size: number;
  /** 64 hexadecimal digits. */
  sha256: string;
}

/** A piece of a file: the only content that is no JSON text. */
export interface ChunkContent {
  type: "chunk";
  file: number;
  /** Where in the file it begins. */
  offset: number;
  /** 1 to 65,536 bytes. */
  bytes: Bytes;
}

export type Content =
  | MessageContent
  | { type: "ack"; id: string }
  | OfferContent
  /** "Send it, from this offset on." */
  | { type: "accept"; file: number; offset: number }
  | { type: "refuse"; file: number }
  | ChunkContent
  /** "I have stored the chunk that begins at this offset, and all before it." */
  | { type: "chunk-ack"; file: number; offset: number }
  /** From the receiver: all of it is stored, and its SHA-256 is the offer's. */
  | { type: "done"; file: number }
  | { type: "cancel"; file: number }
  /** P10.10: an offer or an answer of attempt n. At most 16,384 bytes of UTF-8. */
  | { type: "rtc"; n: number; sdp: string }
  /** P10.11: `parseGroupCard` of group.ts checks the card. */
  | { type: "group"; card: unknown }
  | { type: "ready" }
  | { type: "bye" };

/** An object of a type that this stage does not know: passed over (P10.7). */
export interface UnknownContent {
  type: "unknown";
}

/** The longest chunk, in bytes (P10.7). */
export const MAX_CHUNK_BYTES = 65_536;

/** The longest description of a connection, in bytes of UTF-8 (P10.10). */
export const MAX_SDP_BYTES = 16_384;

/** The longest name and media type that are looked at at all, in UTF-16 code units. */
const MAX_OFFERED_NAME = 4096;
const MAX_MEDIA = 255;

const JSON_FOLLOWS = 0x20;
const CHUNK_FOLLOWS = 0x01;

/** A chunk's first byte, its file and its offset. */
const CHUNK_HEADER_BYTES = 9;

/** P10.7: what is sealed. */
export function encodeContent(content: Content): Bytes {
  if (content.type !== "chunk") return concat(Uint8Array.of(JSON_FOLLOWS), toUtf8(JSON.stringify(content)));
  return concat(Uint8Array.of(CHUNK_FOLLOWS), uint32(content.file), uint32(content.offset), content.bytes);
}

/**
 * Reads what was sealed (P10.7). Members that nobody asked for are left out.
 * @returns undefined if it has not the form that its type demands: the session ends with `bad-record` (P10.6)
 */
export function decodeContent(bytes: Bytes): Content | UnknownContent | undefined {
  if (bytes[0] === CHUNK_FOLLOWS) return decodeChunk(bytes);
  if (bytes[0] !== JSON_FOLLOWS) return undefined;
  const members = parseObjectBytes(bytes.subarray(1));
  return members === undefined ? undefined : contentOf(members);
}

type Members = Readonly<Record<string, unknown>>;

function decodeChunk(bytes: Bytes): ChunkContent | undefined {
  const length = bytes.length - CHUNK_HEADER_BYTES;
  if (length < 1 || length > MAX_CHUNK_BYTES) return undefined;
  const chunk = bytes.slice(CHUNK_HEADER_BYTES);
  return { type: "chunk", file: readUint32(bytes, 1), offset: readUint32(bytes, 5), bytes: chunk };
}

function contentOf(members: Members): Content | UnknownContent | undefined {
  const { type, id, text, file, offset, n, sdp, card } = members;
  switch (type) {
    case "message":
      return isMessageId(id) && isText(text) ? { type, id, text } : undefined;
    case "ack":
      return isMessageId(id) ? { type, id } : undefined;
    case "offer":
      return offerOf(members);
    case "accept":
    case "chunk-ack":
      return isUint32(file) && isUint32(offset) ? { type, file, offset } : undefined;
    case "refuse":
    case "done":
    case "cancel":
      return isUint32(file) ? { type, file } : undefined;
    case "rtc":
      return isInteger(n, 1) && isSdp(sdp) ? { type, n, sdp } : undefined;
    case "group":
      return card === undefined ? undefined : { type, card };
    case "ready":
    case "bye":
      return { type };
    default:
      return typeof type === "string" ? { type: "unknown" } : undefined;
  }
}

function offerOf({ file, name, media, size, sha256 }: Members): OfferContent | undefined {
  if (!isUint32(file) || typeof name !== "string" || name.length > MAX_OFFERED_NAME) return undefined;
  if (typeof media !== "string" || media.length > MAX_MEDIA || !isInteger(size, 0)) return undefined;
  if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256)) return undefined;
  return { type: "offer", file, name, media, size, sha256 };
}

function isUint32(value: unknown): value is number {
  return isInteger(value, 0) && value < 2 ** 32;
}

function isSdp(value: unknown): value is string {
  return typeof value === "string" && value.length <= MAX_SDP_BYTES && byteLength(value) <= MAX_SDP_BYTES;
}
