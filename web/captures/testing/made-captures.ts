// Captures for tests: a conversation of one connection, in a pcap file.

import { pcapHeader, pcapRecord } from "../../../captures/record/pcap-writer.ts";
import { ACK, ethernet, ipv4, tcp } from "../../../captures/testing/packets.ts";

/** The most data of a segment that fits into an IP packet, in bytes. */
const MOST_DATA = 60_000;

/** @param said one after the other by `a`, who has sent the first packet, and `b` */
export function capture(...said: readonly (readonly ["a" | "b", string | Buffer])[]): Buffer {
  const next = { a: 1000, b: 5000 };
  const records: Buffer[] = [];
  for (const [from, text] of said) {
    const bytes = Buffer.from(text);
    for (let start = 0; start < bytes.length; start += MOST_DATA) {
      const payload = bytes.subarray(start, start + MOST_DATA);
      records.push(record(from, next, payload, records.length));
      next[from] += payload.length;
    }
  }
  return Buffer.concat([pcapHeader(1), ...records]);
}

function record(from: "a" | "b", next: { a: number; b: number }, payload: Buffer, number: number): Buffer {
  const isA = from === "a";
  const segment = tcp({
    sourcePort: isA ? 50_001 : 10_000,
    destinationPort: isA ? 10_000 : 50_001,
    sequence: isA ? next.a : next.b,
    acknowledgement: isA ? next.b : next.a,
    flags: ACK,
    payload,
  });
  const ends = isA ? {} : { source: "10.0.0.2", destination: "10.0.0.1" };
  return pcapRecord(1_700_000_000_000_000_000n + BigInt(number) * 1_000_000n, ethernet(ipv4(segment, ends)));
}
