// Makes the tables that pages show of captures: packets, the bytes of a packet, the lines of a stream, a handshake.

import { jsonOf, namesOf, recognise } from "../../captures/explain/protocols.ts";
import { MORE, readable } from "../../captures/explain/readable.ts";
import { linesOf, type StreamLine } from "../../captures/explain/stream-lines.ts";
import { Decoder } from "../../captures/follow/decode.ts";
import { loadCapture } from "../../captures/follow/load.ts";
import type { Packet, Segment, Stream } from "../../captures/read/packet.ts";
import { readCapture } from "../../captures/read/read-capture.ts";
import { column, cut } from "../../terminal/text.ts";
import { labelledRows } from "./labelled-bytes.ts";
import { lineBytes } from "./line-bytes.ts";
import { dataBytes, packetBytes } from "./packet-bytes.ts";
import { MarkerError } from "./weave-error.ts";

/** The lesson reader must fit into terminals of 80 columns. */
const WIDTH = 78;

/** The numbers of the first and the last item, counted from 1. */
export interface Range {
  first: number;
  last: number;
}

/**
 * A row for each packet: number, seconds since the first packet, ports, flags, bytes of data, and how the data begin.
 * @throws MarkerError if the range holds no packet
 */
export async function packetTable(
  path: string,
  stream: number | undefined,
  { first, last }: Range,
): Promise<string[]> {
  const wanted = stream === undefined ? undefined : await streamOf(path, stream);
  const rows = ["packet   seconds  from → to       flags    bytes  data"];
  let start: bigint | undefined;
  for (const { packet, segment } of await packetsOf(path)) {
    start ??= packet.time;
    if (packet.number < first || packet.number > last || segment === undefined) continue;
    if (wanted !== undefined && !belongsTo(segment, wanted)) continue;
    rows.push(packetRow(segment, packet.time - start));
  }
  if (rows.length === 1) throw new MarkerError("there is no such packet in the capture");
  return rows;
}

function packetRow(segment: Segment, since: bigint): string {
  const { source, destination, payload } = segment;
  const flags = (["syn", "fin", "rst", "ack"] as const)
    .filter((flag) => segment[flag])
    .join(" ")
    .toUpperCase();
  const beginning = [
    String(segment.packet).padStart(6),
    (Number(since) / 1e9).toFixed(6).padStart(9),
    ` ${source.port} → ${destination.port}`.padEnd(15),
    flags.padEnd(8),
    String(segment.payloadLength).padStart(5),
    "",
  ].join(" ");
  return `${beginning} ${cut(asWritten(payload), WIDTH - beginning.length - 1, MORE)}`.trimEnd();
}

/** Bytes as text, with each LF shown as \n. */
function asWritten(bytes: Buffer): string {
  return readable(Buffer.from(bytes.toString("latin1").replace(/\n/g, "\\n"), "latin1"));
}

function belongsTo({ packet, source, destination }: Segment, stream: Stream): boolean {
  if (packet < stream.firstPacket || packet > stream.lastPacket) return false;
  const ports = [stream.a.port, stream.b.port];
  return ports.includes(source.port) && ports.includes(destination.port);
}

/** The bytes of a packet, with a label for each field. @param dataOnly leaves out the headers */
export async function packetHex(path: string, number: number, dataOnly: boolean): Promise<string[]> {
  const found = (await packetsOf(path)).find(({ packet }) => packet.number === number);
  if (found === undefined) throw new MarkerError(`there is no packet ${number} in the capture`);
  if (!dataOnly) return labelledRows(packetBytes(found.packet));
  const data = found.segment?.payload ?? Buffer.alloc(0);
  if (data.length === 0) throw new MarkerError(`packet ${number} carries no data`);
  return labelledRows(dataBytes(data));
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
    rows.push(...labelledRows(lineBytes(Buffer.concat([line.bytes, Buffer.from("\n")]))));
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

async function packetsOf(path: string): Promise<{ packet: Packet; segment: Segment | undefined }[]> {
  const decoder = new Decoder();
  const packets: { packet: Packet; segment: Segment | undefined }[] = [];
  for await (const packet of readCapture(path)) packets.push({ packet, segment: decoder.decode(packet) });
  return packets;
}
