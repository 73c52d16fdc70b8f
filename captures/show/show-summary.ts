// Shows a summary of a capture: how much it holds, and who talks to whom. Makes text; prints nothing.

import type { Canvas } from "../../terminal/paint.ts";
import { column } from "../../terminal/text.ts";
import { type Protocol, recognise } from "../explain/protocols.ts";
import { MORE } from "../explain/readable.ts";
import { linesOf } from "../explain/stream-lines.ts";
import type { LoadedCapture } from "../follow/load.ts";
import type { Piece, Stream } from "../read/packet.ts";
import { endpoint } from "./stream-summary.ts";

/** The rows that show what a capture holds. */
export function showSummary(capture: LoadedCapture, canvas: Canvas): string[] {
  const { packets, segments, streams, damage } = capture;
  const rows = [
    canvas.paint("heading", capture.path),
    `${packets} packets, ${segments} of them TCP, in ${seconds(capture.duration)} s; ${streams.length} streams`,
  ];
  if (damage !== undefined)
    rows.push(canvas.paint("bad", `damaged: ${damage.message}; shown is what stands before`));
  rows.push(...notUnderstood(capture.notUnderstood).map((row) => canvas.paint("bad", row)));
  if (streams.length === 0) return rows;
  const table = [["", "a", "b", "what it is", "a sent", "b sent", "seconds"], ...streams.map(summaryOf)];
  const widths = table[0]?.map((_, i) => Math.max(...table.map((cells) => cells[i]?.length ?? 0))) ?? [];
  rows.push("");
  for (const [index, cells] of table.entries()) {
    const row = cells.map((cell, i) =>
      i === 0 || i > 3 ? cell.padStart(widths[i] ?? 0) : column(cell, widths[i] ?? 0, MORE),
    );
    rows.push(index === 0 ? canvas.paint("heading", row.join("  ")) : row.join("  "));
  }
  return rows;
}

/** Packets that could not be read may hold TCP all the same. So the reader must know of them. */
function notUnderstood(counts: ReadonlyMap<string, number>): string[] {
  if (counts.size === 0) return [];
  const sum = [...counts.values()].reduce((total, count) => total + count, 0);
  const kinds = [...counts].map(([name, count]) => `  ${count} of ${name}`);
  return [`${sum} packets were not understood, and may hold TCP as well:`, ...kinds];
}

function summaryOf(stream: Stream): string[] {
  return [
    String(stream.index),
    endpoint(stream.a),
    endpoint(stream.b),
    describe(recognise(linesOf(stream))),
    String(bytesOf(stream.fromA)),
    String(bytesOf(stream.fromB)),
    seconds(stream.lastTime - stream.firstTime),
  ];
}

function bytesOf(pieces: Iterable<Piece>): number {
  let sum = 0;
  for (const piece of pieces) if (piece.kind === "data") sum += piece.bytes.length;
  return sum;
}

/** Describes a stream in words. */
function describe(protocol: Protocol): string {
  switch (protocol.name) {
    case "calculator":
      return "01, calculator";
    case "registry":
      return `registry, ${protocol.username ?? "a client"}`;
    case "peers":
      return `${protocol.stage}, ${protocol.initiator} calls ${protocol.responder ?? "?"}`;
    case "unknown":
      return "not ours";
  }
}

function seconds(nanoseconds: bigint): string {
  return (Number(nanoseconds) / 1e9).toFixed(3);
}
