// Lists the packets of a capture, and shows one of them byte by byte. Makes text; prints nothing.

import { userPath } from "../../programs/user-path.ts";
import type { Canvas } from "../../terminal/paint.ts";
import { type ListedPacket, PacketLister } from "../explain/listed-packets.ts";
import { explainPacket } from "../explain/packet-bytes.ts";
import { Decoder } from "../follow/decode.ts";
import type { LoadedCapture } from "../follow/load.ts";
import type { Packet, ReadOptions, Segment, Stream } from "../read/packet.ts";
import { readCapture } from "../read/read-capture.ts";
import { labelledRows } from "./labelled-rows.ts";
import { packetHeading, packetRows, packetTable } from "./packet-table.ts";
import { endpoint } from "./stream-summary.ts";

/** A packet of a capture, and what can be said of it. */
export interface FoundPacket {
  packet: Packet;
  segment: Segment | undefined;
  listed: ListedPacket;
  /** The time of the first packet in the capture, in nanoseconds since 1970-01-01, UTC. */
  first: bigint;
}

/** All packets of a file, in order. */
export async function* packetsOf(path: string, options: ReadOptions = {}): AsyncGenerator<FoundPacket> {
  const decoder = new Decoder();
  const lister = new PacketLister();
  let first: bigint | undefined;
  for await (const packet of readCapture(path, options)) {
    first ??= packet.time;
    const segment = decoder.decode(packet);
    yield { packet, segment, listed: lister.list(packet, segment), first };
  }
}

/**
 * A table of packets. The file is read once more, so that it does not have to be in memory.
 * @param only the stream whose packets are shown; undefined for all packets
 */
export async function* showPackets(
  capture: LoadedCapture,
  only: Stream | undefined,
  { width, paint }: Canvas,
): AsyncGenerator<string> {
  const table = packetTable(capture, only === undefined ? capture.streams : [only], width);
  if (table.address !== undefined) yield `all ends are ports of ${table.address}`;
  for (const row of packetHeading(table)) yield paint("heading", row);
  for await (const { segment, listed, first } of packetsOf(userPath(capture.path), { onDamage: () => {} })) {
    if (only === undefined || (segment !== undefined && belongsTo(segment, only)))
      yield* packetRows(table, listed, first, paint);
  }
}

/** Whether a segment is one of a stream. */
export function belongsTo({ packet, source, destination }: Segment, { a, b, ...stream }: Stream): boolean {
  if (packet < stream.firstPacket || packet > stream.lastPacket) return false;
  const isFrom = (from: typeof a, to: typeof a): boolean =>
    from.port === source.port &&
    to.port === destination.port &&
    from.address === source.address &&
    to.address === destination.address;
  return isFrom(a, b) || isFrom(b, a);
}

/** Every byte of a packet with its meaning. @returns undefined if the file has no such packet */
export async function showPacket(
  path: string,
  number: number,
  options: ReadOptions,
  { width, paint }: Canvas,
): Promise<string[] | undefined> {
  for await (const { packet, listed, first } of packetsOf(path, options)) {
    if (packet.number !== number) continue;
    const [heading = "", ...rows] = labelledRows(explainPacket(packet, listed.tcp?.counted).ranges, {
      width,
      mostRows: Number.POSITIVE_INFINITY,
    });
    return [...aboutPacket(packet, listed, first), paint("heading", heading), ...rows];
  }
  return undefined;
}

function aboutPacket(
  { number, time, data, originalLength }: Packet,
  { tcp, what }: ListedPacket,
  first: bigint,
): string[] {
  const captured = data.length < originalLength ? `, ${data.length} of them captured` : "";
  const when = `${(Number(time - first) / 1e9).toFixed(6)} s after the first`;
  const about =
    tcp === undefined
      ? what
      : `${endpoint(tcp.source)} → ${endpoint(tcp.destination)}, ${tcp.flags}, ${tcp.bytes} bytes of data${tcp.bytes > 0 ? "" : ` (${what})`}`;
  return [`packet ${number}, ${when}: ${originalLength} bytes${captured}`, about];
}
