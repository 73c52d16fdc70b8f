// What `show --json` says about a stream: one object for each, on a line of its own.

import { createHash } from "node:crypto";
import type { Endpoint, Piece, Stream } from "../read/packet.ts";

export interface StreamSummary {
  /** From 0, in the order of first packets. */
  stream: number;
  /** The sender of the first packet, and the other: `127.0.0.1:51000`, `[::1]:81`. */
  a: string;
  b: string;
  /** How many bytes each side has sent, without those missing in the capture. */
  aBytes: number;
  bBytes: number;
  /** SHA-256 of these bytes, in hexadecimal. */
  aSha256: string;
  bSha256: string;
  /** At how many places bytes are missing, in both directions together. */
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

/** The form of RFC 3986: IPv6 addresses in brackets. */
export function endpoint({ address, port }: Endpoint): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

function digest(pieces: readonly Piece[]): { bytes: number; sha256: string; gaps: number } {
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
