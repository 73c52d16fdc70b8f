// What a relay can tell from all that it has decrypted: who asked for which number, who called whom, when, and how much
// passed. It takes yamux, multistream and circuit relay v2 apart, as libp2p's specifications describe them. Pure.

import { toBase58 } from "../06-dht-chat/base58.ts";
import { peerIdOf } from "../06-dht-chat/identity.ts";
import { checkRecord } from "../06-dht-chat/record.ts";
import { bytesField, numberField, readFields, readPrefixed } from "./protobuf-fields.ts";

type Direction = "in" | "out";

/** Bytes that the relay got or sent, without its connection's encryption. */
export interface Heard {
  /** In milliseconds since 1970. */
  time: number;
  /** Counted from 1. */
  connection: number;
  /** The peer id at the other end, which the connection's encryption proves. */
  peer: string;
  /** Where that one called from. */
  address: string;
  direction: Direction;
  bytes: Buffer;
}

/** Bytes that passed a circuit. */
export interface Passed {
  time: number;
  /** Peer ids. */
  from: string;
  to: string;
  bytes: Buffer;
}

/** A question to the table. */
export interface Question {
  time: number;
  /** The peer id of who asked. */
  peer: string;
  /** Where they asked from. */
  address: string;
  kind: "stores" | "looks up";
  /** 15 digits. */
  number: string;
}

/** What the relay has learned. */
export interface Learned {
  passed: Passed[];
  questions: Question[];
  /** The number that belongs to a peer id, by records that were stored here. */
  numbers: Map<string, string>;
}

const HOP = "/libp2p/circuit/relay/0.2.0/hop";
const KAD = "/p2p-chat/06/kad/1.0.0";
const MULTISTREAM = "/multistream/1.0.0";

/** The messages of a hop stream and of the table, and their fields. */
const CONNECT = 1;
const PUT_VALUE = 0;
const GET_VALUE = 1;

/** yamux: a header has so many bytes, and only frames of this type carry bytes. */
const YAMUX_HEADER = 12;
const YAMUX_DATA = 0;

/** Reads a line of the relay's log. */
export function parseHeard(line: string): Heard {
  const { bytes, ...others } = JSON.parse(line) as Omit<Heard, "bytes"> & { bytes: string };
  return { ...others, bytes: Buffer.from(bytes, "base64") };
}

/** Takes apart what was heard, from the first connection on. */
export async function learn(heard: readonly Heard[]): Promise<Learned> {
  const learned: Learned = { passed: [], questions: [], numbers: new Map() };
  const records: { key: string; value: Buffer; time: number }[] = [];
  const connections = new Map<string, FrameReader>();
  const streams = new Map<string, RelayStream>();
  for (const one of heard) {
    const { connection, direction } = one;
    const reader = connections.get(`${connection} ${direction}`) ?? new FrameReader();
    connections.set(`${connection} ${direction}`, reader);
    for (const { stream, data } of reader.push(one.bytes)) {
      const name = `${connection} ${stream}`;
      const known = streams.get(name) ?? new RelayStream(learned, records);
      streams.set(name, known);
      known.push(one, data);
    }
  }
  for (const { key, value, time } of records) {
    const checked = await checkRecord(key, Uint8Array.from(value), time);
    if ("record" in checked) learned.numbers.set(peerIdOf(checked.record.key), checked.record.id);
  }
  return learned;
}

/** Splits one direction of a connection into yamux's frames. */
class FrameReader {
  #rest = Buffer.alloc(0);

  push(bytes: Buffer): { stream: number; data: Buffer }[] {
    const frames: { stream: number; data: Buffer }[] = [];
    let rest = Buffer.concat([this.#rest, bytes]);
    while (rest.length >= YAMUX_HEADER) {
      const length = rest[1] === YAMUX_DATA ? rest.readUInt32BE(8) : 0;
      if (rest.length < YAMUX_HEADER + length) break;
      const data = rest.subarray(YAMUX_HEADER, YAMUX_HEADER + length);
      if (length > 0) frames.push({ stream: rest.readUInt32BE(4), data });
      rest = rest.subarray(YAMUX_HEADER + length);
    }
    this.#rest = rest;
    return frames;
  }
}

/** One stream: which protocol it speaks, and what stands in it as far as the relay can read that. */
class RelayStream {
  readonly #learned: Learned;
  readonly #records: { key: string; value: Buffer; time: number }[];
  readonly #unread: Record<Direction, Buffer> = { in: Buffer.alloc(0), out: Buffer.alloc(0) };
  readonly #messages: Record<Direction, number> = { in: 0, out: 0 };
  #protocol = "";
  /** The peer id that a hop stream leads to. */
  #to: string | undefined;

  constructor(learned: Learned, records: { key: string; value: Buffer; time: number }[]) {
    this.#learned = learned;
    this.#records = records;
  }

  push(heard: Heard, data: Buffer): void {
    const { direction } = heard;
    let rest = Buffer.concat([this.#unread[direction], data]);
    // On a circuit, what follows the answer of the relay is none of its own business.
    while (!this.#isCircuit(direction)) {
      const next = readPrefixed(rest);
      if (next === undefined) break;
      rest = rest.subarray(next.end);
      this.#messages[direction] += 1;
      this.#take(heard, next.message);
    }
    this.#unread[direction] = this.#isCircuit(direction) ? Buffer.alloc(0) : rest;
    if (!this.#isCircuit(direction) || rest.length === 0 || this.#to === undefined) return;
    const [from, to] = direction === "in" ? [heard.peer, this.#to] : [this.#to, heard.peer];
    this.#learned.passed.push({ time: heard.time, from, to, bytes: rest });
  }

  /** Behind two messages that choose the protocol, and one of the relay's. */
  #isCircuit(direction: Direction): boolean {
    return this.#to !== undefined && this.#messages[direction] >= 3;
  }

  #take(heard: Heard, message: Buffer): void {
    if (heard.direction === "out") return;
    const text = message.toString("utf8").replace(/\n$/, "");
    if (this.#messages.in <= 2) {
      if (text !== MULTISTREAM) this.#protocol = text;
      return;
    }
    const fields = readFields(message);
    if (this.#protocol === HOP && numberField(fields, 1) === CONNECT) {
      const id = bytesField(readFields(bytesField(fields, 2) ?? Buffer.alloc(0)), 1);
      if (id !== undefined) this.#to = toBase58(Uint8Array.from(id));
    }
    if (this.#protocol === KAD) this.#ask(heard, message);
  }

  #ask({ time, peer, address }: Heard, message: Buffer): void {
    const fields = readFields(message);
    const key = bytesField(fields, 2)?.toString("utf8") ?? "";
    const number = /^\/u\/([0-9]{15})$/.exec(key)?.[1];
    if (number === undefined) return;
    const type = numberField(fields, 1) ?? PUT_VALUE;
    const value = bytesField(readFields(bytesField(fields, 3) ?? Buffer.alloc(0)), 2);
    if (type === PUT_VALUE && value !== undefined) this.#records.push({ key, value, time });
    if (type !== PUT_VALUE && type !== GET_VALUE) return;
    const kind = type === PUT_VALUE ? "stores" : "looks up";
    this.#learned.questions.push({ time, peer, address, kind, number });
  }
}

/** A time in which something passed. */
export interface Burst {
  from: number;
  to: number;
  passed: Passed[];
}

/** Splits what passed at its longest silences. @param count how many bursts are wanted */
export function bursts(passed: readonly Passed[], count: number): Burst[] {
  const gaps = passed
    .slice(1)
    .map(({ time }, index) => ({ at: index + 1, gap: time - (passed[index]?.time ?? 0) }));
  const cuts = gaps
    .sort((one, other) => other.gap - one.gap)
    .slice(0, count - 1)
    .map(({ at }) => at)
    .sort((one, other) => one - other);
  return [0, ...cuts].flatMap((start, index) => {
    const part = passed.slice(start, cuts[index]);
    const [first, last] = [part[0], part.at(-1)];
    return first && last ? [{ from: first.time, to: last.time, passed: part }] : [];
  });
}

/** How many bytes this one sent. */
export function bytesFrom({ passed }: Burst, peer: string): number {
  return passed.reduce((sum, { from, bytes }) => sum + (from === peer ? bytes.length : 0), 0);
}

/** All bytes of each connection and direction, one after the other: what was cut on its way is whole there. */
export function lanesOf(heard: readonly Heard[]): Buffer[] {
  const lanes = new Map<string, Buffer[]>();
  const unframed = new Map<string, FrameReader>();
  for (const { connection, direction, bytes } of heard) {
    const lane = `${connection} ${direction}`;
    lanes.set(lane, [...(lanes.get(lane) ?? []), bytes]);
    // The headers of yamux stand between the parts of a stream: without them, too.
    const reader = unframed.get(lane) ?? new FrameReader();
    unframed.set(lane, reader);
    for (const { stream, data } of reader.push(bytes)) {
      const name = `${lane} ${stream}`;
      lanes.set(name, [...(lanes.get(name) ?? []), data]);
    }
  }
  return [...lanes.values()].map((parts) => Buffer.concat(parts));
}

/** Whether bytes stand there: as they are, in hexadecimal, or in base64. */
export function isIn(lanes: readonly Buffer[], bytes: Buffer): boolean {
  return spellings(bytes).some((spelling) => lanes.some((lane) => lane.includes(spelling)));
}

/** In base64 bytes look different at each of the three places where they can begin. */
function spellings(bytes: Buffer): Buffer[] {
  const base64 = [0, 1, 2].map((shift) => {
    const shifted = Buffer.concat([Buffer.alloc(shift), bytes]).toString("base64");
    // The first and the last digits hold bits of neighbours, too.
    return shifted.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6));
  });
  return [bytes, Buffer.from(bytes.toString("hex")), ...base64.map((text) => Buffer.from(text))];
}
