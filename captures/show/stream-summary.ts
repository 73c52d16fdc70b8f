// Makes the objects that `show --json` prints: one for each stream, on a line of its own. Pure.

import { createHash } from "node:crypto";
import { endpoint } from "../explain/endpoint.ts";
import type { KeyLog } from "../explain/key-log.ts";
import { linesOf, type Side } from "../explain/stream-lines.ts";
import { unseal } from "../explain/unseal.ts";
import type { Piece, Stream } from "../read/packet.ts";

export interface StreamSummary {
  /** Counted from 0, in the order of first packets. */
  stream: number;
  /** The sender of the first packet, such as `127.0.0.1:51000` or `[::1]:81`. The next member: its receiver. */
  a: string;
  b: string;
  /** How many bytes the side has sent, without those that the capture misses. */
  aBytes: number;
  bBytes: number;
  /** The SHA-256 of these bytes, in hexadecimal. */
  aSha256: string;
  bSha256: string;
  /** How many gaps both directions have together. */
  gaps: number;
  /** With a key log: every sealed line, in the order of the wire, and what it says or why it could not be decrypted. */
  decrypted?: DecryptedLine[];
}

/** A sealed line, decrypted with a key log and verified. */
export type DecryptedLine = {
  /** The number of the packet that completed it. */
  packet: number;
  from: Side;
} & ({ line: string } | { problem: string });

/** @param keyLog if given, the summary holds what it decrypts */
export function summarize(stream: Stream, keyLog?: KeyLog): StreamSummary {
  const { index, a, b, fromA, fromB } = stream;
  const sentByA = digest(fromA);
  const sentByB = digest(fromB);
  return {
    stream: index,
    a: endpoint(a),
    b: endpoint(b),
    aBytes: sentByA.bytes,
    bBytes: sentByB.bytes,
    aSha256: sentByA.sha256,
    bSha256: sentByB.sha256,
    gaps: sentByA.gaps + sentByB.gaps,
    ...(keyLog === undefined ? {} : { decrypted: decrypt(stream, keyLog) }),
  };
}

/** The summary as one line of JSON. */
export function summaryLine(stream: Stream, keyLog?: KeyLog): string {
  return escapeForTerminal(JSON.stringify(summarize(stream, keyLog)));
}

/** Escapes in JSON everything that a terminal might obey. What the JSON says stays the same. */
export function escapeForTerminal(json: string): string {
  const escaped = (character: string): string =>
    Array.from({ length: character.length }, (_, i) => character.charCodeAt(i).toString(16).padStart(4, "0"))
      .map((digits) => `\\u${digits}`)
      .join("");
  return json.replace(/\p{C}/gu, escaped);
}

function decrypt(stream: Stream, keyLog: KeyLog): DecryptedLine[] {
  return [...unseal(linesOf(stream), keyLog)].map(([{ packet, from }, opened]) => ({
    packet,
    from,
    ...("problem" in opened ? opened : { line: opened.line.toString("utf8") }),
  }));
}

function digest(pieces: Iterable<Piece>): { bytes: number; sha256: string; gaps: number } {
  const hash = createHash("sha256");
  let bytes = 0;
  let gaps = 0;
  for (const piece of pieces) {
    if (piece.kind === "gap") {
      gaps += 1;
    } else {
      hash.update(piece.bytes);
      bytes += piece.bytes.length;
    }
  }
  return { bytes, sha256: hash.digest("hex"), gaps };
}
