// Lists the packets of a capture, and shows one of them byte by byte. Makes text; prints nothing.

import { userPath } from "../../programs/user-path.ts";
import type { Canvas } from "../../terminal/paint.ts";
import { wrap } from "../../terminal/text.ts";
import { endpoint } from "../explain/endpoint.ts";
import type { LabelledBytes } from "../explain/line-bytes.ts";
import { type ListedPacket, PacketLister } from "../explain/listed-packets.ts";
import { openedIn } from "../explain/opened-tokens.ts";
import { explainPacket } from "../explain/packet-bytes.ts";
import type { TeamKey } from "../explain/team-tokens.ts";
import { Decoder, isSegment } from "../follow/decode.ts";
import type { LoadedCapture } from "../follow/load.ts";
import type { Datagram, Packet, ReadOptions, Segment, Stream } from "../read/packet.ts";
import { readCapture } from "../read/read-capture.ts";
import { labelledRows } from "./labelled-rows.ts";
import { packetHeading, packetRows, packetTable } from "./packet-table.ts";
import { castWords } from "./show-conversation.ts";

/** A packet of a capture, and what can be said of it. */
export interface FoundPacket {
  packet: Packet;
  segment: Segment | undefined;
  datagram: Datagram | undefined;
  listed: ListedPacket;
  /** The time of the first packet in the capture, in nanoseconds since 1970-01-01, UTC. */
  first: bigint;
}

/** All packets of a file, in order. @param teamKey if given, tokens in datagrams that it opens are told in words */
export async function* packetsOf(
  path: string,
  options: ReadOptions = {},
  teamKey?: TeamKey,
): AsyncGenerator<FoundPacket> {
  const decoder = new Decoder();
  const lister = new PacketLister(teamKey);
  let first: bigint | undefined;
  for await (const packet of readCapture(path, options)) {
    first ??= packet.time;
    const sent = decoder.decodeSent(packet);
    const [segment, datagram] = sent === undefined || isSegment(sent) ? [sent, undefined] : [undefined, sent];
    yield { packet, segment, datagram, listed: lister.list(packet, sent), first };
  }
}

/**
 * A table of packets. The file is read once more, so that it does not have to be in memory.
 * @param only the stream whose packets are shown; undefined for all packets
 */
export async function* showPackets(
  capture: LoadedCapture,
  only: Stream | undefined,
  teamKey: TeamKey | undefined,
  { width, paint }: Canvas,
): AsyncGenerator<string> {
  const table = packetTable(capture, only, width);
  if (table.address !== undefined) yield `all ends are ports of ${table.address}`;
  for (const row of packetHeading(table)) yield paint("heading", row);
  const options = { onDamage: () => {} };
  for await (const { segment, listed, first } of packetsOf(userPath(capture.path), options, teamKey)) {
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

/**
 * Every byte of a packet with its meaning; and with the team's key, of each token in it that the key opens.
 * @returns undefined if the file has no such packet
 */
export async function showPacket(
  path: string,
  number: number,
  options: ReadOptions,
  teamKey: TeamKey | undefined,
  { width, paint }: Canvas,
): Promise<string[] | undefined> {
  const table = (ranges: readonly LabelledBytes[]): string[] => {
    const [heading = "", ...rows] = labelledRows(ranges, { width, mostRows: Number.POSITIVE_INFINITY });
    return [paint("heading", heading), ...rows];
  };
  for await (const { packet, segment, datagram, listed, first } of packetsOf(path, options, teamKey)) {
    if (packet.number !== number) continue;
    const { ranges } = explainPacket(packet, listed.tcp?.counted);
    const inside = teamKey === undefined ? [] : openedIn((segment ?? datagram)?.payload, teamKey);
    const opened = inside.flatMap(({ title, ranges }) => ["", ...wrap(title, width), ...table(ranges)]);
    const none = teamKey !== undefined && inside.length === 0 ? ["", ...wrap(NOTHING_OPENED, width)] : [];
    return [...aboutPacket(packet, listed, first), ...table(ranges), ...opened, ...none];
  }
  return undefined;
}

const NOTHING_OPENED =
  "This packet holds no whole token that the team's key opens. It opens beacons, and the first token of each side of a session.";

function aboutPacket(
  { number, time, data, originalLength }: Packet,
  { tcp, udp, what }: ListedPacket,
  first: bigint,
): string[] {
  const captured = data.length < originalLength ? `, ${data.length} of them captured` : "";
  const when = `${(Number(time - first) / 1e9).toFixed(6)} s after the first`;
  if (udp !== undefined) {
    const cast = udp.cast === "one" ? "" : ` (${castWords(udp.cast)})`;
    const about = `${endpoint(udp.source)} → ${endpoint(udp.destination)}${cast}, UDP, ${udp.bytes} bytes of data`;
    return [`packet ${number}, ${when}: ${originalLength} bytes${captured}`, about];
  }
  const about =
    tcp === undefined
      ? what
      : `${endpoint(tcp.source)} → ${endpoint(tcp.destination)}, ${tcp.flags}, ${tcp.bytes} bytes of data${tcp.bytes > 0 ? "" : ` (${what})`}`;
  return [`packet ${number}, ${when}: ${originalLength} bytes${captured}`, about];
}
