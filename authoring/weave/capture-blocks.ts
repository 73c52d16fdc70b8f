// Draws the tables that pages show of recordings: packets, the bytes of a packet, the lines of a stream, a handshake.

import { MORE, readable } from "../../captures/explain/readable.ts";
import { loadCapture } from "../../captures/follow/load.ts";
import { labelledRows } from "../../captures/show/labelled-rows.ts";
import * as table from "../../captures/show/packet-table.ts";
import type { Range } from "../../course/lesson/marker-options.ts";
import {
  conversationOf,
  handshakeOf,
  packetRanges,
  packetsIn,
  type RecordedMarker,
  streamOf,
} from "../../course/lesson/recorded.ts";
import { plain } from "../../terminal/paint.ts";
import { column, cut } from "../../terminal/text.ts";

/** The lesson reader must fit into terminals of 80 columns. */
const WIDTH = 78;

/** Bytes with labels. A page shows of a long range only its beginning and its end. */
const BYTES = { width: WIDTH, mostRows: 4 };

/**
 * The rows below a marker.
 * @param path of the recording
 * @throws MarkerError if there is nothing of the kind in it
 */
export async function captureBlock(path: string, marker: RecordedMarker): Promise<string[]> {
  switch (marker.kind) {
    case "packets":
      return packetTable(path, marker.stream, marker.range);
    case "hex":
      return labelledRows(await packetRanges(path, marker.packet, marker.isDataOnly), BYTES);
    case "conversation":
      return conversationTable(path, marker.stream, marker.range);
    case "handshake":
      return handshakeTable(path, marker.stream);
  }
}

/** The same table as `npm run show -- FILE --packets`. */
async function packetTable(path: string, stream: number | undefined, range: Range): Promise<string[]> {
  const capture = await loadCapture(path, false);
  const wanted = stream === undefined ? undefined : await streamOf(path, stream);
  const columns = table.packetTable(capture, wanted, WIDTH);
  const rows = (await packetsIn(path, wanted, range)).flatMap(({ listed, first }) =>
    table.packetRows(columns, listed, first, plain),
  );
  return [...table.packetHeading(columns), ...rows];
}

async function conversationTable(path: string, number: number, range: Range): Promise<string[]> {
  const { names, lines } = await conversationOf(path, number, range);
  const width = Math.max(names.a.length, names.b.length);
  const rows = lines.map((line) => {
    const beginning = [
      String(line.number).padStart(4),
      String(line.packet).padStart(6),
      line.seconds.toFixed(3).padStart(7),
      column(line.who, width, MORE),
      "",
    ].join("  ");
    const text = line.bytes === undefined ? `(${line.length} bytes are missing)` : readable(line.bytes);
    return beginning + cut(text, WIDTH - beginning.length, MORE);
  });
  return [`line  packet  seconds  ${column("who", width, MORE)}  on the wire`, ...rows];
}

async function handshakeTable(path: string, number: number | undefined): Promise<string[]> {
  const lines = await handshakeOf(path, number);
  return lines.flatMap(({ title, ranges }, i) => [
    ...(i === 0 ? [] : [""]),
    title,
    ...labelledRows(ranges, BYTES),
  ]);
}
