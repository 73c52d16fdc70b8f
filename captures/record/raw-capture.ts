// The file that a capture tool writes for us: waiting until all is in it, and making the capture of it that we keep.

import { writeFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { DEADLINE } from "../../programs/child-program.ts";
import { Decoder } from "../follow/decode.ts";
import type { Packet, Segment } from "../read/packet.ts";
import { readCapture } from "../read/read-capture.ts";
import { Connections } from "./connections.ts";
import { pcapHeader, pcapRecord } from "./pcap-writer.ts";

/** A packet with the TCP segment in it. */
export interface CapturedSegment {
  packet: Packet;
  segment: Segment;
}

/** Something did not come into the file. The message is one line. */
export class IncompleteCapture extends Error {}

/** The tool writes packets a little after they have passed. How long to wait before looking again, in milliseconds. */
const LOOK_AGAIN = 50;

/** The TCP segments in a file that still grows: it may end in the middle of a packet. */
export async function* segmentsIn(path: string): AsyncGenerator<CapturedSegment> {
  const decoder = new Decoder();
  for await (const packet of readCapture(path, { onDamage: () => {} })) {
    const segment = decoder.decode(packet);
    if (segment !== undefined) yield { packet, segment };
  }
}

/**
 * Waits until so many connections are in the file, each of them to the last acknowledgement.
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
 * Waits until a segment to this port is in the file.
 * @throws IncompleteCapture
 */
export async function untilSeen(path: string, port: number): Promise<void> {
  await until(async () => {
    for await (const { segment } of segmentsIn(path)) {
      if (segment.destination.port === port) return undefined;
    }
    return "the last packets are missing";
  });
}

/** Looks until there is no problem any more. */
async function until(findProblem: () => Promise<string | undefined>): Promise<void> {
  const deadline = Date.now() + DEADLINE;
  for (;;) {
    const problem = await findProblem();
    if (problem === undefined) return;
    if (Date.now() > deadline) throw new IncompleteCapture(`the capture is not complete: ${problem}`);
    await pause(LOOK_AGAIN);
  }
}

/**
 * Writes the packets of `path` that are to be kept to `out`: classic pcap with microseconds, whatever the tool has made.
 * @returns how many packets, and in how many connections
 */
export async function keep(
  path: string,
  out: string,
  wanted: (segment: Segment) => boolean = () => true,
): Promise<{ packets: number; connections: number }> {
  const parts: Buffer[] = [];
  const connections = new Connections();
  for await (const { packet, segment } of segmentsIn(path)) {
    if (!wanted(segment)) continue;
    if (parts.length === 0) parts.push(pcapHeader(packet.linkType));
    parts.push(pcapRecord(packet.time, packet.data, packet.originalLength));
    connections.add(segment);
  }
  if (parts.length > 0) await writeFile(out, Buffer.concat(parts));
  return { packets: Math.max(0, parts.length - 1), connections: connections.all.length };
}
