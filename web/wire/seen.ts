// Makes a file of packets from what has passed in a scene, as Wireshark and `npm run show` read it. Pure.

import { pcapHeader, pcapRecord } from "../../captures/record/pcap-writer.ts";
import type { TimedEvent } from "../../captures/record/recorder-log.ts";
import { synthesize } from "../../captures/record/synthesize.ts";
import { datagramPacket } from "../../captures/record/udp-packets.ts";
import type { PassagePorts, Side } from "../../course/line-relay.ts";
import type { Party } from "../shared/wire.ts";
import type { Caught } from "./mallory.ts";

/** A TCP connection of a scene. Times are milliseconds of the scene. */
export interface SeenConnection {
  number: number;
  /** Who has connected. */
  caller: Party;
  ports: PassagePorts;
  openedAt: number;
  /** When each side has said that it says nothing more. */
  ended: Partial<Record<Side, number>>;
}

/** Where datagrams of a direction come from and go to: the ports of the programs, by their party. */
export type DatagramPorts = Partial<Record<Party, number>>;

export interface Seen {
  /** When the scene began, in milliseconds since 1970. */
  began: number;
  connections: readonly SeenConnection[];
  lines: readonly Caught[];
  ports: DatagramPorts;
}

const HOST = "127.0.0.1";
const ETHERNET = 1;

/**
 * A connection that Mallory left alone is one: what its ends said to each other. One that they touched is two, as on the
 * network: the caller's with Mallory, and Mallory's with the called side.
 */
export function pcapOf(seen: Seen): Buffer {
  const legs = seen.connections.flatMap((connection) => legsOf(connection, seen));
  const logs = legs.map(({ events }, index) => events.map((event) => ({ ...event, connection: index })));
  const datagrams = seen.lines.flatMap((line) => datagramsOf(line, seen));
  const packets = [...synthesize(logs), ...datagrams].sort((one, two) => Number(one.time - two.time));
  return Buffer.concat([pcapHeader(ETHERNET), ...packets.map(({ time, data }) => pcapRecord(time, data))]);
}

interface Leg {
  events: TimedEvent[];
}

/** A line's bytes on one leg, and when they were there. */
interface OnLeg {
  at: number;
  from: Side;
  bytes: Buffer;
}

function legsOf(connection: SeenConnection, { lines, began }: Seen): Leg[] {
  const { ports, caller } = connection;
  const own = lines.filter((line) => line.connection === connection.number);
  const side = (line: Caught): Side => (line.direction.from === caller ? "caller" : "called");
  const came = (line: Caught): OnLeg[] =>
    line.copyOf === undefined ? [{ at: line.at, from: side(line), bytes: line.bytes }] : [];
  const passed = (line: Caught): OnLeg[] =>
    line.passedAt === undefined
      ? []
      : [{ at: line.passedAt, from: side(line), bytes: line.changed ?? line.bytes }];
  const leg = (from: number, to: number, onLeg: (line: Caught) => OnLeg[]): Leg => ({
    events: eventsOf(connection, { from, to }, own.flatMap(onLeg), began),
  });
  if (own.every(({ acts, state }) => acts.length === 0 && state === "passed"))
    return [leg(ports.caller, ports.called, came)];
  return [
    leg(ports.caller, ports.relayIn, (line) => (side(line) === "caller" ? came(line) : passed(line))),
    leg(ports.relayOut, ports.called, (line) => (side(line) === "caller" ? passed(line) : came(line))),
  ];
}

/** The events of a leg, as our recorder would have logged them on the caller's side. */
function eventsOf(
  { openedAt, ended }: SeenConnection,
  { from, to }: { from: number; to: number },
  onLeg: readonly OnLeg[],
  began: number,
): TimedEvent[] {
  const time = (at: number): bigint => nanoseconds(began + at);
  const endpoints = { local: { address: HOST, port: from }, remote: { address: HOST, port: to } };
  const events: { at: number; event: TimedEvent }[] = onLeg.map((one, index) => ({
    at: one.at,
    event:
      one.from === "caller"
        ? { connection: 0, time: time(one.at), event: "sent", write: index, data: one.bytes }
        : { connection: 0, time: time(one.at), event: "received", data: one.bytes },
  }));
  if (ended.caller !== undefined)
    events.push({
      at: ended.caller,
      event: { connection: 0, time: time(ended.caller), event: "end-sent" },
    });
  if (ended.called !== undefined)
    events.push({
      at: ended.called,
      event: { connection: 0, time: time(ended.called), event: "end-received" },
    });
  // The sort is stable: what came at the same time stays in its order, and an end behind it.
  const inOrder = events.sort((one, two) => one.at - two.at).map(({ event }) => event);
  return [{ connection: 0, time: time(openedAt), event: "opened", role: "caller", ...endpoints }, ...inOrder];
}

/** As it came; and if Mallory has touched it, what was passed on, by Mallory. */
function datagramsOf({ direction, connection, at, passedAt, bytes, changed, copyOf }: Caught, seen: Seen) {
  if (connection !== 0) return [];
  const [from, to] = [direction.from, direction.to].map((party) => ({
    address: HOST,
    port: seen.ports[party] ?? 0,
  }));
  if (from === undefined || to === undefined) return [];
  const packet = (data: Buffer, when: number) =>
    datagramPacket(from, to, data, nanoseconds(seen.began + when));
  return [
    ...(copyOf === undefined ? [packet(bytes, at)] : []),
    ...(passedAt !== undefined && (changed !== undefined || copyOf !== undefined)
      ? [packet(changed ?? bytes, passedAt)]
      : []),
  ];
}

/** Whole microseconds, in nanoseconds. */
function nanoseconds(milliseconds: number): bigint {
  return BigInt(Math.round(milliseconds * 1000)) * 1000n;
}
