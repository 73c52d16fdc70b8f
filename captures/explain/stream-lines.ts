// Splits a stream into lines, in the order in which the lines of both directions were complete. Pure.

import type { Piece, Stream } from "../read/packet.ts";

export type Side = "a" | "b";

/** A line as it was on the wire, or a place where the capture misses bytes. */
export type StreamLine =
  | { kind: "line"; from: Side; bytes: Buffer; packet: number; time: bigint }
  /** Bytes without an LF behind them. */
  | { kind: "unfinished"; from: Side; bytes: Buffer; packet: number; time: bigint }
  | { kind: "missing"; from: Side; length: number; packet: number; time: bigint };

const LINE_FEED = 0x0a;

/** All lines without their LF, in the order of the packets that completed them. */
export function linesOf(stream: Stream): StreamLine[] {
  const lines = [...split(stream.fromA, "a"), ...split(stream.fromB, "b")];
  return lines.sort((left, right) => left.packet - right.packet);
}

function* split(pieces: Iterable<Piece>, from: Side): Generator<StreamLine> {
  let beginning: Buffer[] = [];
  let last = { packet: 0, time: 0n };
  for (const piece of pieces) {
    last = { packet: piece.packet, time: piece.time };
    if (piece.kind === "gap") {
      // The bytes before a gap and the bytes after it do not make one line.
      if (beginning.length > 0) yield { kind: "unfinished", from, bytes: Buffer.concat(beginning), ...last };
      beginning = [];
      yield { kind: "missing", from, length: piece.length, ...last };
      continue;
    }
    let start = 0;
    for (;;) {
      const end = piece.bytes.indexOf(LINE_FEED, start);
      if (end === -1) break;
      yield {
        kind: "line",
        from,
        bytes: Buffer.concat([...beginning, piece.bytes.subarray(start, end)]),
        ...last,
      };
      beginning = [];
      start = end + 1;
    }
    if (start < piece.bytes.length) beginning.push(piece.bytes.subarray(start));
  }
  if (beginning.length > 0) yield { kind: "unfinished", from, bytes: Buffer.concat(beginning), ...last };
}

/** All bytes of a line as they stood on the wire, with the LF that ended it. */
export function wireBytes(line: Exclude<StreamLine, { kind: "missing" }>): Buffer {
  return line.kind === "line" ? Buffer.concat([line.bytes, Buffer.of(LINE_FEED)]) : line.bytes;
}
