// Splits a stream into lines, in the order in which the lines of both directions were complete. Pure.

import type { Piece, Stream } from "../read/packet.ts";

export type Side = "a" | "b";

/** Where a line stands: from whom, in which packet it is complete (and when that was), and in which one it begins. */
interface Place {
  from: Side;
  packet: number;
  time: bigint;
  firstPacket: number;
}

/** A line as it was on the wire, or a place where the capture misses bytes. */
export type StreamLine =
  | ({ kind: "line"; bytes: Buffer } & Place)
  /** Bytes without an LF behind them. */
  | ({ kind: "unfinished"; bytes: Buffer } & Place)
  | ({ kind: "missing"; length: number } & Place);

const LINE_FEED = 0x0a;

/**
 * All lines without their LF, in the order of the packets that completed them.
 * @param most if there are more, so many from the beginning
 */
export function linesOf(stream: Stream, most = Number.POSITIVE_INFINITY): StreamLine[] {
  const lines = [...upTo(split(stream.fromA, "a"), most), ...upTo(split(stream.fromB, "b"), most)];
  lines.sort((left, right) => left.packet - right.packet);
  return lines.length > most ? lines.slice(0, most) : lines;
}

function* upTo(lines: Iterable<StreamLine>, most: number): Generator<StreamLine> {
  let count = 0;
  for (const line of lines) {
    if (count >= most) return;
    count += 1;
    yield line;
  }
}

function* split(pieces: Iterable<Piece>, from: Side): Generator<StreamLine> {
  let beginning: Buffer[] = [];
  let last = { packet: 0, time: 0n, firstPacket: 0 };
  for (const piece of pieces) {
    const { packet, time } = piece;
    if (piece.kind === "gap") {
      last = { packet, time, firstPacket: last.firstPacket };
      // The bytes before a gap and the bytes after it do not make one line.
      if (beginning.length > 0) yield { kind: "unfinished", from, bytes: Buffer.concat(beginning), ...last };
      beginning = [];
      yield { kind: "missing", from, length: piece.length, packet, time, firstPacket: packet };
      continue;
    }
    last = { packet, time, firstPacket: beginning.length > 0 ? last.firstPacket : packet };
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
      last = { packet, time, firstPacket: packet };
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
