// What a page shows of a recording: its packets, the bytes of one of them, the lines of a stream, a handshake. The pages'
// text and the page in the browser are made of the same.

import {
  dataBytes,
  datagramBytes,
  type LabelledBytes,
  lineBytes,
} from "../../captures/explain/line-bytes.ts";
import { explainPacket } from "../../captures/explain/packet-bytes.ts";
import { jsonOf, namesOf, recognise } from "../../captures/explain/protocols.ts";
import { linesOf, type StreamLine } from "../../captures/explain/stream-lines.ts";
import { loadCapture } from "../../captures/follow/load.ts";
import type { Stream } from "../../captures/read/packet.ts";
import { belongsTo, type FoundPacket, packetsOf } from "../../captures/show/show-packets.ts";
import { inside, type Range, readOptions } from "./marker-options.ts";
import { MarkerError } from "./page-error.ts";

/** The kinds of markers that show a part of a recording. */
export const RECORDED_KINDS = ["packets", "hex", "conversation", "handshake"] as const;
export type RecordedKind = (typeof RECORDED_KINDS)[number];

/** What a marker asks for. */
export type RecordedMarker =
  | { kind: "packets"; file: string; stream: number | undefined; range: Range }
  | { kind: "hex"; file: string; packet: number; isDataOnly: boolean }
  | { kind: "conversation"; file: string; stream: number; range: Range }
  | { kind: "handshake"; file: string; stream: number | undefined };

/**
 * Reads a marker: its kind, the recording's file, and its options.
 * @throws MarkerError
 */
export function readRecordedMarker(kind: RecordedKind, [path = "", ...words]: string[]): RecordedMarker {
  const file = inside(path);
  const { numbers, range, switches } = readOptions(words, ["stream", "packet"], ["data"]);
  const number = (name: string): number => {
    const value = numbers.get(name);
    if (value === undefined) throw new MarkerError(`say which: ${name} NUMBER`);
    return value;
  };
  switch (kind) {
    case "packets":
      return { kind, file, stream: numbers.get("stream"), range };
    case "hex":
      return { kind, file, packet: number("packet"), isDataOnly: switches.has("data") };
    case "conversation":
      return { kind, file, stream: number("stream"), range };
    case "handshake":
      return { kind, file, stream: numbers.get("stream") };
  }
}

/** The packets of a recording, or of one of its streams. */
export async function packetsIn(
  path: string,
  wanted: Stream | undefined,
  { first, last }: Range,
): Promise<FoundPacket[]> {
  const found: FoundPacket[] = [];
  for await (const packet of packetsOf(path)) {
    const { segment, datagram, listed } = packet;
    if (listed.number < first || listed.number > last) continue;
    const isWanted = wanted === undefined ? (segment ?? datagram) : segment && belongsTo(segment, wanted);
    if (isWanted) found.push(packet);
  }
  if (found.length === 0) throw new MarkerError("there is no such packet in the capture");
  return found;
}

/** The bytes of a packet with their meanings. @param isDataOnly leaves out the headers */
export async function packetRanges(
  path: string,
  number: number,
  isDataOnly: boolean,
): Promise<LabelledBytes[]> {
  for await (const { packet, segment, datagram, listed } of packetsOf(path)) {
    if (packet.number !== number) continue;
    if (!isDataOnly) return explainPacket(packet, listed.tcp?.counted).ranges;
    const data = (segment ?? datagram)?.payload ?? Buffer.alloc(0);
    if (data.length === 0) throw new MarkerError(`packet ${number} carries no data`);
    return datagram === undefined ? dataBytes(data) : datagramBytes(data);
  }
  throw new MarkerError(`there is no packet ${number} in the capture`);
}

/** A line of a conversation. */
export interface ConversationLine {
  /** From 1. */
  number: number;
  packet: number;
  /** Since the stream began. */
  seconds: number;
  who: string;
  /** What stands on the wire; undefined if bytes are missing there. */
  bytes: Buffer | undefined;
  length: number;
}

/** The lines of a stream in both directions, in the order in which their last bytes arrived. */
export async function conversationOf(
  path: string,
  number: number,
  { first, last }: Range,
): Promise<{ names: { a: string; b: string }; lines: ConversationLine[] }> {
  const stream = await streamOf(path, number);
  const all = linesOf(stream);
  const names = namesOf(recognise(all));
  const lines = all.map(
    (line, index): ConversationLine => ({
      number: index + 1,
      packet: line.packet,
      seconds: Number(line.time - stream.firstTime) / 1e9,
      who: names[line.from],
      bytes: line.kind === "missing" ? undefined : line.bytes,
      length: line.kind === "missing" ? line.length : line.bytes.length,
    }),
  );
  const wanted = lines.filter((line) => line.number >= first && line.number <= last);
  if (wanted.length === 0) throw new MarkerError("there is no such line in the stream");
  return { names, lines: wanted };
}

/** A line with a label for each field. */
export interface LabelledLine {
  /** Who sent it, and in which packet. */
  title: string;
  ranges: LabelledBytes[];
}

/** The hello and key lines of a chat. @param number of its stream; undefined for the first chat */
export async function handshakeOf(path: string, number: number | undefined): Promise<LabelledLine[]> {
  const stream = number === undefined ? await firstChat(path) : await streamOf(path, number);
  const lines = linesOf(stream);
  const names = namesOf(recognise(lines));
  const found = lines.flatMap((line): LabelledLine[] => {
    if (line.kind !== "line" || !isHandshake(line.bytes)) return [];
    const role = line.from === "a" ? "initiator" : "responder";
    const title = `${names[line.from]}, the ${role}, packet ${line.packet}`;
    return [{ title, ranges: lineBytes(Buffer.concat([line.bytes, Buffer.from("\n")])) }];
  });
  if (found.length === 0) throw new MarkerError("there is no handshake in the stream");
  return found;
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

/** @throws MarkerError if there is no such stream */
export async function streamOf(path: string, number: number): Promise<Stream> {
  const { streams } = await loadCapture(path, false);
  const stream = streams[number];
  if (stream === undefined)
    throw new MarkerError(`there is no stream ${number}: the capture has ${streams.length}, from 0`);
  return stream;
}
