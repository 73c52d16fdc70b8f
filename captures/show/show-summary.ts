// Shows a summary of a capture: how much it holds, and who talks to whom. Makes text; prints nothing.

import type { Canvas } from "../../terminal/paint.ts";
import { column, wrap } from "../../terminal/text.ts";
import { widthOf } from "../../terminal/widths.ts";
import { endpoint } from "../explain/endpoint.ts";
import { openLines } from "../explain/open-lines.ts";
import { recognise } from "../explain/protocols.ts";
import { MORE } from "../explain/readable.ts";
import { linesOf } from "../explain/stream-lines.ts";
import { conversationWords, streamWords } from "../explain/stream-words.ts";
import type { TeamKey } from "../explain/team-tokens.ts";
import type { UdpConversation } from "../follow/conversations.ts";
import type { LoadedCapture } from "../follow/load.ts";
import type { CaptureError, Piece, Stream } from "../read/packet.ts";

/** The rows that show what a capture holds. @param teamKey if given, stage 05's tokens that it opens are told in words */
export function showSummary(capture: LoadedCapture, canvas: Canvas, teamKey?: TeamKey): string[] {
  const { streams, conversations } = capture;
  const rows = [
    canvas.paint("heading", capture.path),
    ...wrap(countWords(capture), canvas.width),
    ...damageRows(capture, canvas),
    ...notUnderstood(capture.notUnderstood).map((row) => canvas.paint("bad", row)),
  ];
  if (streams.length > 0)
    rows.push(
      "",
      ...drawn(
        TCP_HEADING,
        streams.map((one) => summaryOf(one, teamKey)),
        canvas,
      ),
    );
  if (conversations.length > 0)
    rows.push(
      "",
      ...drawn(
        UDP_HEADING,
        conversations.map((one) => udpSummaryOf(one, teamKey)),
        canvas,
      ),
    );
  return rows;
}

const TCP_HEADING = ["", "a", "b", "what it is", "a sent", "b sent", "seconds"];
/** The numbers of UDP are datagrams, those of TCP bytes. */
const UDP_HEADING = ["UDP", "a", "b", "what it is", "from a", "from b", "seconds"];

/** How much a capture holds, in words. */
export function countWords({
  packets,
  segments,
  datagrams,
  duration,
  streams,
  conversations,
}: LoadedCapture): string {
  const udp = datagrams === 0 ? "" : ` and ${datagrams} UDP`;
  const talks = conversations.length === 0 ? "" : `, ${conversations.length} conversations in UDP`;
  return `${packets} packets, ${segments} of them TCP${udp}, in ${seconds(duration)} s; ${streams.length} streams${talks}`;
}

/** A table with a heading, fitted into the width. */
function drawn(heading: readonly string[], body: readonly (readonly string[])[], canvas: Canvas): string[] {
  const table = [heading, ...body];
  const { widths, gap } = columnsFor(table, canvas.width);
  const rows: string[] = [];
  for (const [index, cells] of table.entries()) {
    const row = cells.map((cell, i) =>
      i === 0 || i > 3 ? cell.padStart(widths[i] ?? 0) : column(cell, widths[i] ?? 0, MORE),
    );
    rows.push(index === 0 ? canvas.paint("heading", row.join(gap)) : row.join(gap));
  }
  return rows;
}

/** Packets that could not be read may hold TCP or UDP all the same. So the reader must know of them. */
function notUnderstood(counts: ReadonlyMap<string, number>): string[] {
  if (counts.size === 0) return [];
  const sum = [...counts.values()].reduce((total, count) => total + count, 0);
  const kinds = [...counts].map(([name, count]) => `  ${count} of ${name}`);
  return [`${sum} packets were not understood, and may hold TCP or UDP as well:`, ...kinds];
}

/** A row that tells of damage in the file, if there is any. */
export function damageRows({ damage }: LoadedCapture, canvas: Canvas): string[] {
  if (damage === undefined) return [];
  return [canvas.paint("bad", damageWords(damage))];
}

/** What is said of a damaged file. */
export function damageWords({ message }: CaptureError): string {
  return `damaged: ${message}; shown is what stands before`;
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

function summaryOf(stream: Stream, teamKey: TeamKey | undefined): string[] {
  const lines = linesOf(stream);
  return [
    String(stream.index),
    endpoint(stream.a),
    endpoint(stream.b),
    streamWords(stream, lines, recognise(lines, openLines(lines, { teamKey }))),
    String(bytesOf(stream.fromA)),
    String(bytesOf(stream.fromB)),
    seconds(stream.lastTime - stream.firstTime),
  ];
}

function udpSummaryOf(conversation: UdpConversation, teamKey: TeamKey | undefined): string[] {
  const { index, a, b, cast, countFromA, countFromB, firstTime, lastTime } = conversation;
  const what = conversationWords(conversation, teamKey);
  return [
    String(index),
    endpoint(a),
    endpoint(b),
    cast === "one" ? what : `${what}, ${cast}`,
    String(countFromA),
    String(countFromB),
    seconds(lastTime - firstTime),
  ];
}

function bytesOf(pieces: Iterable<Piece>): number {
  let sum = 0;
  for (const piece of pieces) if (piece.kind === "data") sum += piece.bytes.length;
  return sum;
}

function seconds(nanoseconds: bigint): string {
  return (Number(nanoseconds) / 1e9).toFixed(3);
}
