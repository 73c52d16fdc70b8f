// Makes the tables that pages show of captures: packets, the bytes of a packet, the lines of a stream, a handshake.

import { dataBytes, datagramBytes, lineBytes } from "../../captures/explain/line-bytes.ts";
import { explainPacket } from "../../captures/explain/packet-bytes.ts";
import { jsonOf, namesOf, recognise } from "../../captures/explain/protocols.ts";
import { MORE, readable } from "../../captures/explain/readable.ts";
import { linesOf, type StreamLine } from "../../captures/explain/stream-lines.ts";
import { loadCapture } from "../../captures/follow/load.ts";
import type { Stream } from "../../captures/read/packet.ts";
import { labelledRows } from "../../captures/show/labelled-rows.ts";
import * as table from "../../captures/show/packet-table.ts";
import { belongsTo, packetsOf } from "../../captures/show/show-packets.ts";
import { plain } from "../../terminal/paint.ts";
import { column, cut } from "../../terminal/text.ts";
import { MarkerError } from "./weave-error.ts";

/** The lesson reader must fit into terminals of 80 columns. */
const WIDTH = 78;

/** Bytes with labels. A page shows of a long range only its beginning and its end. */
const BYTES = { width: WIDTH, mostRows: 4 };

/** The numbers of the first and the last item, counted from 1. */
export interface Range {
  first: number;
  last: number;
}

/**
 * The same table as `npm run show -- FILE --packets`.
 * @throws MarkerError if the range holds no packet
 */
export async function packetTable(
  path: string,
  stream: number | undefined,
  { first, last }: Range,
): Promise<string[]> {
  const capture = await loadCapture(path, false);
  const wanted = stream === undefined ? undefined : await streamOf(path, stream);
  const columns = table.packetTable(capture, wanted, WIDTH);
  const rows: string[] = [];
  for await (const { segment, datagram, listed, first: start } of packetsOf(path)) {
    if (listed.number < first || listed.number > last) continue;
    const isWanted = wanted === undefined ? (segment ?? datagram) : segment && belongsTo(segment, wanted);
    if (isWanted) rows.push(...table.packetRows(columns, listed, start, plain));
  }
  if (rows.length === 0) throw new MarkerError("there is no such packet in the capture");
  return [...table.packetHeading(columns), ...rows];
}

/** The bytes of a packet, with a label for each field. @param dataOnly leaves out the headers */
export async function packetHex(path: string, number: number, dataOnly: boolean): Promise<string[]> {
  for await (const { packet, segment, datagram, listed } of packetsOf(path)) {
    if (packet.number !== number) continue;
    if (!dataOnly) return labelledRows(explainPacket(packet, listed.tcp?.counted).ranges, BYTES);
    const data = (segment ?? datagram)?.payload ?? Buffer.alloc(0);
    if (data.length === 0) throw new MarkerError(`packet ${number} carries no data`);
    return labelledRows(datagram === undefined ? dataBytes(data) : datagramBytes(data), BYTES);
  }
  throw new MarkerError(`there is no packet ${number} in the capture`);
}

/** The lines of a stream in both directions, in the order in which their last bytes arrived. */
export async function conversationTable(
  path: string,
  number: number,
  { first, last }: Range,
): Promise<string[]> {
  const stream = await streamOf(path, number);
  const lines = linesOf(stream);
  const names = namesOf(recognise(lines));
  const width = Math.max(names.a.length, names.b.length);
  const rows = [`line  packet  seconds  ${column("who", width, MORE)}  on the wire`];
  for (const [index, line] of lines.entries()) {
    if (index + 1 < first || index + 1 > last) continue;
    const beginning = [
      String(index + 1).padStart(4),
      String(line.packet).padStart(6),
      (Number(line.time - stream.firstTime) / 1e9).toFixed(3).padStart(7),
      column(names[line.from], width, MORE),
      "",
    ].join("  ");
    const text = line.kind === "missing" ? `(${line.length} bytes are missing)` : readable(line.bytes);
    rows.push(beginning + cut(text, WIDTH - beginning.length, MORE));
  }
  if (rows.length === 1) throw new MarkerError("there is no such line in the stream");
  return rows;
}

/** The hello and key lines of a chat, with a label for each field. */
export async function handshakeTable(path: string, number: number | undefined): Promise<string[]> {
  const stream = number === undefined ? await firstChat(path) : await streamOf(path, number);
  const lines = linesOf(stream);
  const names = namesOf(recognise(lines));
  const rows: string[] = [];
  for (const line of lines) {
    if (line.kind !== "line" || !isHandshake(line.bytes)) continue;
    const role = line.from === "a" ? "initiator" : "responder";
    rows.push(rows.length === 0 ? "" : "\n", `${names[line.from]}, the ${role}, packet ${line.packet}`);
    rows.push(...labelledRows(lineBytes(Buffer.concat([line.bytes, Buffer.from("\n")])), BYTES));
  }
  if (rows.length === 0) throw new MarkerError("there is no handshake in the stream");
  return rows.slice(1).map((row) => (row === "\n" ? "" : row));
}

function isHandshake(bytes: Buffer): boolean {
  const type = jsonOf(bytes)?.type;
  return type === "hello" || type === "key";
}

async function firstChat(path: string): Promise<Stream> {
  const { streams } = await loadCapture(path, false);
  const found = streams.find((stream) => recognise(linesOf(stream) as StreamLine[]).name === "peers");
  if (found === undefined) throw new MarkerError("there is no chat in the capture");
  return found;
}

async function streamOf(path: string, number: number): Promise<Stream> {
  const { streams } = await loadCapture(path, false);
  const stream = streams[number];
  if (stream === undefined)
    throw new MarkerError(`there is no stream ${number}: the capture has ${streams.length}, from 0`);
  return stream;
}
