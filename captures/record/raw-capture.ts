// Waits until a capture tool has written everything to its file, and copies the packets that we keep.

import { writeFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { DEADLINE } from "../../programs/child-program.ts";
import { Decoder, isSegment, type Sent } from "../follow/decode.ts";
import type { Packet, Segment } from "../read/packet.ts";
import { readCapture } from "../read/read-capture.ts";
import { Connections } from "./connections.ts";
import { pcapHeader, pcapRecord } from "./pcap-writer.ts";

/** A packet, and the TCP segment in it. */
export interface CapturedSegment {
  packet: Packet;
  segment: Segment;
}

/** A packet, and what programs send in it; undefined if it is something else, such as ARP. */
export interface CapturedPacket {
  packet: Packet;
  sent: Sent | undefined;
}

/** The file does not hold everything in time. The message is one line. */
export class IncompleteCapture extends Error {}

/** How long to wait before reading the file again, in milliseconds: the tool writes packets a little late. */
const LOOK_AGAIN = 50;

/** The TCP segments in a file that the tool still writes. Its last packet may be incomplete, so damage is ignored. */
export async function* segmentsIn(path: string): AsyncGenerator<CapturedSegment> {
  for await (const { packet, sent } of packetsIn(path))
    if (sent !== undefined && isSegment(sent)) yield { packet, segment: sent };
}

/** All packets in such a file. */
export async function* packetsIn(path: string): AsyncGenerator<CapturedPacket> {
  const decoder = new Decoder();
  for await (const packet of readCapture(path, { onDamage: () => {} }))
    yield { packet, sent: decoder.decodeSent(packet) };
}

/**
 * Waits until the file holds this many connections, and each of them is complete.
 * @throws IncompleteCapture
 */
export async function untilWhole(path: string, count: number): Promise<void> {
  await until(async () => {
    const connections = new Connections();
    for await (const { segment } of segmentsIn(path)) connections.add(segment);
    if (connections.areWhole(count)) return undefined;
    const whole = connections.all.filter(({ opened, closed }) => opened && closed).length;
    return `${whole} of ${connections.all.length} connections are whole, and ${count} were expected`;
  });
}

/**
 * Waits until the file holds a segment or a datagram to this port.
 * @throws IncompleteCapture
 */
export async function untilSeen(path: string, port: number): Promise<void> {
  await until(async () => {
    for await (const { sent } of packetsIn(path)) {
      if (sent?.destination.port === port) return undefined;
    }
    return "the last packets are missing";
  });
}

/** Tries again and again until there is no problem any more. */
async function until(findProblem: () => Promise<string | undefined>): Promise<void> {
  const deadline = Date.now() + DEADLINE;
  for (;;) {
    const problem = await findProblem();
    if (problem === undefined) return;
    if (Date.now() > deadline) throw new IncompleteCapture(`the capture is not complete: ${problem}`);
    await pause(LOOK_AGAIN);
  }
}

/** How much was kept. */
export interface Kept {
  packets: number;
  connections: number;
  datagrams: number;
}

/**
 * Copies the wanted segments to `out`, in classic pcap with microseconds, whatever format the tool has written.
 * @returns the number of packets and of connections
 */
export function keep(
  path: string,
  out: string,
  wanted: (segment: Segment) => boolean = () => true,
): Promise<Kept> {
  return keepSent(path, out, (sent) => isSegment(sent) && wanted(sent));
}

/** The same for segments and datagrams. */
export function keepSent(path: string, out: string, wanted: (sent: Sent) => boolean): Promise<Kept> {
  return keepPackets(path, out, ({ sent }) => (sent !== undefined && wanted(sent) ? "keep" : "drop"));
}

/**
 * Copies all packets of a network, also those that are neither TCP nor UDP.
 * @param end the port of the packet that marks the end; from there on nothing is kept
 */
export function keepLan(path: string, out: string, end: number): Promise<Kept> {
  return keepPackets(path, out, ({ sent }) => (sent?.destination.port === end ? "end" : "keep"));
}

async function keepPackets(
  path: string,
  out: string,
  judge: (packet: CapturedPacket) => "keep" | "drop" | "end",
): Promise<Kept> {
  const parts: Buffer[] = [];
  const connections = new Connections();
  let datagrams = 0;
  for await (const captured of packetsIn(path)) {
    const verdict = judge(captured);
    if (verdict === "end") break;
    if (verdict === "drop") continue;
    const { packet, sent } = captured;
    if (parts.length === 0) parts.push(pcapHeader(packet.linkType));
    parts.push(pcapRecord(packet.time, packet.data, packet.originalLength));
    if (sent === undefined) continue;
    if (isSegment(sent)) connections.add(sent);
    else datagrams += 1;
  }
  if (parts.length > 0) await writeFile(out, Buffer.concat(parts));
  return { packets: Math.max(0, parts.length - 1), connections: connections.all.length, datagrams };
}
