// Shows a summary of a capture: how much it holds, and who talks to whom. Makes text; prints nothing.

import type { Canvas } from "../../terminal/paint.ts";
import { column } from "../../terminal/text.ts";
import { widthOf } from "../../terminal/widths.ts";
import { type Protocol, recognise } from "../explain/protocols.ts";
import { MORE } from "../explain/readable.ts";
import { linesOf } from "../explain/stream-lines.ts";
import type { LoadedCapture } from "../follow/load.ts";
import type { Piece, Stream } from "../read/packet.ts";
import { endpoint } from "./stream-summary.ts";

/** The rows that show what a capture holds. */
export function showSummary(capture: LoadedCapture, canvas: Canvas): string[] {
  const { packets, segments, streams } = capture;
  const rows = [
    canvas.paint("heading", capture.path),
    `${packets} packets, ${segments} of them TCP, in ${seconds(capture.duration)} s; ${streams.length} streams`,
    ...damageRows(capture, canvas),
    ...notUnderstood(capture.notUnderstood).map((row) => canvas.paint("bad", row)),
  ];
  if (streams.length === 0) return rows;
  const table = [["", "a", "b", "what it is", "a sent", "b sent", "seconds"], ...streams.map(summaryOf)];
  const { widths, gap } = columnsFor(table, canvas.width);
  rows.push("");
  for (const [index, cells] of table.entries()) {
    const row = cells.map((cell, i) =>
      i === 0 || i > 3 ? cell.padStart(widths[i] ?? 0) : column(cell, widths[i] ?? 0, MORE),
    );
    rows.push(index === 0 ? canvas.paint("heading", row.join(gap)) : row.join(gap));
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

/** A row that tells of damage in the file, if there is any. */
export function damageRows({ damage }: LoadedCapture, canvas: Canvas): string[] {
  if (damage === undefined) return [];
  return [canvas.paint("bad", `damaged: ${damage.message}; shown is what stands before`)];
}

/** Where "what it is" stands in a row, and how short it may be cut, in columns. */
const WHAT = 3;
const SHORTEST_WHAT = 12;

/** The widths of the columns. If all is too wide, the gaps become smaller, and then what a stream is becomes shorter. */
function columnsFor(table: readonly (readonly string[])[], width: number): { widths: number[]; gap: string } {
  const widths = (table[0] ?? []).map((_, i) =>
    table.reduce((most, cells) => Math.max(most, widthOf(cells[i] ?? "")), 0),
  );
  const text = widths.reduce((sum, one) => sum + one, 0);
  if (text + 2 * (widths.length - 1) <= width) return { widths, gap: "  " };
  const room = width - (widths.length - 1) - (text - (widths[WHAT] ?? 0));
  widths[WHAT] = Math.min(widths[WHAT] ?? 0, Math.max(SHORTEST_WHAT, room));
  return { widths, gap: " " };
}

function summaryOf(stream: Stream): string[] {
  return [
    String(stream.index),
    endpoint(stream.a),
    endpoint(stream.b),
    describe(stream),
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
function describe(stream: Stream): string {
  const lines = linesOf(stream);
  const protocol: Protocol = recognise(lines);
  switch (protocol.name) {
    case "calculator":
      return "01, calculator";
    case "registry":
      return `registry, ${protocol.username ?? "a client"}`;
    case "peers":
      return `${protocol.stage}, ${protocol.initiator} calls ${protocol.responder ?? "?"}`;
    case "unknown":
      return lines.length > 0 ? "not ours" : describeSilent(stream);
  }
}

/** Describes a stream without any data. */
function describeSilent({ unopened }: Stream): string {
  if (unopened === undefined) return "nothing was said";
  return unopened === "refused" ? "refused" : "no answer";
}

function seconds(nanoseconds: bigint): string {
  return (Number(nanoseconds) / 1e9).toFixed(3);
}
