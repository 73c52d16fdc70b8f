// Makes the objects that `show --json` prints: one for each stream, on a line of its own.

import { createHash } from "node:crypto";
import type { Endpoint, Piece, Stream } from "../read/packet.ts";

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
}

export function summarize(stream: Stream): StreamSummary {
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
  };
}

/** The form of RFC 3986, with IPv6 addresses in brackets. */
export function endpoint({ address, port }: Endpoint): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
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
