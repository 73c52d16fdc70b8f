// Captures for tests: many conversations in one file, those that are made here and those that were recorded, so that a tool
// that takes long to start is started once.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pcapHeader, pcapRecord } from "../../captures/record/pcap-writer.ts";
import { ethernet, ipv4, SYN, TestConnection } from "../../captures/testing/packets.ts";

export const CAPTURES = fileURLToPath(new URL("../../captures/", import.meta.url));

export type Side = "a" | "b";

/** Some connections of a capture, one behind the other: their numbers, as Wireshark counts them, from 0. */
export interface Streams {
  readonly first: number;
  readonly last: number;
}

/** Packets of a recording, in the same way: Wireshark counts packets from 1. */
export interface Recorded extends Streams {
  readonly firstPacket: number;
  readonly lastPacket: number;
}

/** A TCP connection in a capture that is being made, from the three-way handshake on. */
export class Connection extends TestConnection implements Streams {
  readonly first: number;
  readonly last: number;

  constructor(stream: number, add: (packet: Buffer) => void, ports: { portA: number; portB: number }) {
    const host = { source: "127.0.0.1", destination: "127.0.0.1" };
    super((_, segment) => add(ethernet(ipv4(segment, host))), ports);
    this.first = stream;
    this.last = stream;
    this.handshake();
  }

  /** Sends lines in one segment, each with its LF. */
  lines(side: Side, ...lines: string[]): this {
    return this.data(side, lines.map((line) => `${line}\n`).join(""));
  }
}

/** Where the flags of TCP stand, in Ethernet packets with an IPv4 header without options. */
const FLAGS = 14 + 20 + 13;

export class Capture {
  readonly #records: Buffer[] = [];
  #streams = 0;
  #nextPort = 50_001;
  #nextHost = 2;

  /** A new connection. Its ports are told apart by nothing but being ours, unless one is given. */
  connect(portB = 40_000): Connection {
    this.#nextPort += 1;
    return new Connection(this.#streams, (packet) => this.#add(packet, this.#nextTime()), {
      portA: this.#nextPort,
      portB,
    });
  }

  /** The packets of a recorded capture, which get an address of their own: two captures may use the same ports. */
  recorded(name: string): Recorded {
    const [first, firstPacket] = [this.#streams, this.#records.length + 1];
    const file = readFileSync(join(CAPTURES, `${name}.pcap`));
    for (let at = 24, end = 0; at < file.length; at = end) {
      end = at + 16 + file.readUInt32LE(at + 8);
      const packet = Buffer.from(file.subarray(at + 16, end));
      packet.set([127, 0, 0, this.#nextHost], 14 + 12);
      packet.set([127, 0, 0, this.#nextHost], 14 + 16);
      const time = BigInt(file.readUInt32LE(at)) * 1_000_000n + BigInt(file.readUInt32LE(at + 4));
      this.#add(packet, time * 1000n);
    }
    this.#nextHost += 1;
    return { first, last: this.#streams - 1, firstPacket, lastPacket: this.#records.length };
  }

  save(path: string): void {
    writeFileSync(path, Buffer.concat([pcapHeader(1), ...this.#records]));
  }

  /** @param time in nanoseconds */
  #add(packet: Buffer, time: bigint): void {
    if (packet[FLAGS] === SYN) this.#streams += 1;
    this.#records.push(pcapRecord(time, packet));
  }

  /** Made packets pass a millisecond apart, from 1970 on. */
  #nextTime(): bigint {
    return BigInt(this.#records.length) * 1_000_000n;
  }
}
