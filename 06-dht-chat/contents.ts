// What is said in a session, as bytes before they are sealed: JSON texts and chunks of files (P10.7). Pure.

import type { Bytes } from "./bytes.ts";

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
