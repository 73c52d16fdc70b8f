// Draws a list of packets, for pages and for people at a terminal. Makes text; prints nothing.

import { type Paint, plain } from "../../terminal/paint.ts";
import { cut } from "../../terminal/text.ts";
import { endpoint } from "../explain/endpoint.ts";
import type { ListedPacket } from "../explain/listed-packets.ts";
import { MORE } from "../explain/readable.ts";
import type { LoadedCapture } from "../follow/load.ts";
import type { Endpoint, Piece, Stream } from "../read/packet.ts";

/** So many columns should be left for what a packet is. If there are fewer, that gets a row of its own. */
const ENOUGH = 16;

/** The widths of columns. They are known before the first packet, because all packets share them. */
export interface PacketTable {
  width: number;
  /** The only address in the capture, so that the ports tell the ends; undefined if there are several. */
  address: string | undefined;
  seconds: number;
  ends: number;
  /** Of the columns `seq` and `ack`. */
  counted: number;
  bytes: number;
}

/** @param only the stream whose packets are shown; undefined for all packets @param width in columns */
export function packetTable(capture: LoadedCapture, only: Stream | undefined, width: number): PacketTable {
  const { duration } = capture;
  const streams = only === undefined ? capture.streams : [only];
  const pairs = only === undefined ? [...streams, ...capture.conversations] : streams;
  const addresses = new Set(pairs.flatMap(({ a, b }) => [a.address, b.address]));
  const [first] = addresses;
  const address = addresses.size === 1 ? first : undefined;
  const ends = pairs.map(({ a, b }) => `${name(a, address)} → ${name(b, address)}`.length);
  const most = streams.reduce((sum, { fromA, fromB }) => Math.max(sum, lengthOf(fromA), lengthOf(fromB)), 0);
  return {
    width,
    address,
    seconds: seconds(duration).length,
    ends: Math.max("from → to".length, ...longest(ends)),
    counted: Math.max(3, String(most + 2).length),
    bytes: 5,
  };
}

/** What stands above the columns, without the last one. */
const HEADING = ["packet", "seconds", "from → to", "flags", "seq", "ack", "bytes"] as const;
const LAST_HEADING = "what it is";

/** What stands above the columns. */
export const PACKET_COLUMNS: readonly string[] = [...HEADING, LAST_HEADING];

/** The heading of the table. */
export function packetHeading(table: PacketTable): string[] {
  return cells(table, HEADING, LAST_HEADING, plain);
}

/** What stands in the columns for a packet. @param first the time of the first packet */
export function packetCells(table: PacketTable, packet: ListedPacket, first: bigint): string[] {
  return [String(packet.number), seconds(packet.time - first), ...sentCells(table, packet), packet.what];
}

/** The rows of a packet: one, or two if the table is narrow. @param first the time of the first packet */
export function packetRows(table: PacketTable, packet: ListedPacket, first: bigint, paint: Paint): string[] {
  const { tcp, udp, what, number, time, isSealed } = packet;
  const paintWhat: Paint = (tcp ?? udp)?.bytes
    ? (_, text) => paint(isSealed ? "ciphertext" : "plaintext", text)
    : plain;
  const beginning = [String(number), seconds(time - first)];
  return cells(table, [...beginning, ...sentCells(table, packet)], what, paintWhat);
}

/** UDP has neither flags nor numbers: its name stands in their place. */
function sentCells({ address }: PacketTable, { tcp, udp }: ListedPacket): string[] {
  if (udp !== undefined) {
    const ends = `${name(udp.source, address)} → ${name(udp.destination, address)}`;
    return [ends, "UDP", "", "", String(udp.bytes)];
  }
  if (tcp === undefined) return ["", "", "", "", ""];
  const { sequence, acknowledgement } = tcp.counted;
  return [
    `${name(tcp.source, address)} → ${name(tcp.destination, address)}`,
    tcp.flags,
    String(sequence),
    String(acknowledgement ?? ""),
    String(tcp.bytes),
  ];
}

function cells(table: PacketTable, texts: readonly string[], what: string, paint: Paint): string[] {
  const [number = "", time = "", ends = "", flags = "", sequence = "", acknowledgement = "", bytes = ""] =
    texts;
  const beginning = `${number.padStart(6)}  ${time.padStart(table.seconds)}  ${ends.padEnd(table.ends)}`;
  const rest = [
    flags.padEnd("SYN ACK".length),
    sequence.padStart(table.counted),
    acknowledgement.padStart(table.counted),
    bytes.padStart(table.bytes),
  ].join("  ");
  const row = `${beginning}  ${rest}  `;
  const ending = (start: string): string =>
    (start + paint("plaintext", cut(what, table.width - start.length, MORE))).trimEnd();
  if (row.length + ENOUGH <= table.width) return [ending(row)];
  return [beginning.trimEnd(), ending(`${" ".repeat(8)}${rest}  `)];
}

function name(end: Endpoint, onlyAddress: string | undefined): string {
  return onlyAddress === undefined ? endpoint(end) : String(end.port);
}

function seconds(nanoseconds: bigint): string {
  return (Number(nanoseconds) / 1e9).toFixed(6);
}

function lengthOf(pieces: Iterable<Piece>): number {
  let sum = 0;
  for (const piece of pieces) sum += piece.kind === "data" ? piece.bytes.length : piece.length;
  return sum;
}

/** The largest number, in a list of its own: Math.max cannot take as many arguments as a capture has streams. */
function longest(numbers: readonly number[]): number[] {
  return [numbers.reduce((most, number) => Math.max(most, number), 0)];
}
