// Writes captures to measure with: TCP connections between two hosts over Ethernet, which send segments in turn.

import { closeSync, openSync, writeSync } from "node:fs";
import { pcapHeader, pcapRecord } from "../captures/record/pcap-writer.ts";
import { ACK, ethernet, ipv4, PSH, tcp } from "../captures/testing/packets.ts";

export interface Traffic {
  /** Bytes of data in each segment from host a. The next member: in each answer from host b. */
  payload: number;
  answer: number;
  /** Whether every segment repeats the first one of its connection. */
  repeated: boolean;
}

const ETHERNET = 1;
const CONNECTIONS = 20;
const NANOSECONDS_BETWEEN = 50_000n;

/** The positions of fields in a record. It begins with 16 bytes of its own, 14 of Ethernet, and 20 of IPv4. */
const SECONDS = 0;
const MICROSECONDS = 4;
const SEQUENCE = 50 + 4;
const ACKNOWLEDGEMENT = 50 + 8;

/** The record of a segment from one side of a connection. From segment to segment only its time and numbers change. */
interface Side {
  record: Buffer;
  payload: number;
  next: number;
}

/** Writes a classic capture of at least this many bytes. */
export function writeTraffic(path: string, traffic: Traffic, size: number): void {
  const connections = Array.from({ length: CONNECTIONS }, (_, index) => sidesOf(index, traffic));
  const file = openSync(path, "w");
  try {
    let written = writeSync(file, pcapHeader(ETHERNET));
    let time = 1_700_000_000_000_000_000n;
    while (written < size) {
      const records: Buffer[] = [];
      for (const [a, b] of connections) {
        for (const [own, other] of [
          [a, b],
          [b, a],
        ] as const) {
          time += NANOSECONDS_BETWEEN;
          records.push(nextRecord(own, other, time));
          if (!traffic.repeated) own.next += own.payload;
        }
      }
      written += writeSync(file, Buffer.concat(records));
    }
  } finally {
    closeSync(file);
  }
}

function sidesOf(index: number, { payload, answer }: Traffic): readonly [a: Side, b: Side] {
  const port = 40_000 + index;
  return [
    side(payload, 1000, { sourcePort: port }, {}),
    side(
      answer,
      5000,
      { sourcePort: 10_000, destinationPort: port },
      { source: "10.0.0.2", destination: "10.0.0.1" },
    ),
  ];
}

function side(payload: number, next: number, ports: object, addresses: object): Side {
  const timestamps = Buffer.from("0101080a0000000000000000", "hex");
  const flags = payload > 0 ? PSH | ACK : ACK;
  // Neighbouring bytes differ, so that a program gains nothing by looking for repetitions.
  const data = Buffer.from(Array.from({ length: payload }, (_, index) => (index * 167) & 255));
  const segment = tcp({ ...ports, flags, options: timestamps, payload: data });
  return { record: pcapRecord(0n, ethernet(ipv4(segment, addresses))), payload, next };
}

function nextRecord(own: Side, other: Side, time: bigint): Buffer {
  const record = Buffer.from(own.record);
  record.writeUInt32LE(Number(time / 1_000_000_000n), SECONDS);
  record.writeUInt32LE(Number((time % 1_000_000_000n) / 1000n), MICROSECONDS);
  record.writeUInt32BE(own.next >>> 0, SEQUENCE);
  record.writeUInt32BE(other.next >>> 0, ACKNOWLEDGEMENT);
  return record;
}
