// One row for each line of a connection: the packet that completed it, when, who, and what was on the wire. As data, and
// for a terminal. Pure.

import { isUtf8 } from "node:buffer";
import { explain, namesOf, recognise } from "../../captures/explain/protocols.ts";
import { readable } from "../../captures/explain/readable.ts";
import { linesOf, type StreamLine } from "../../captures/explain/stream-lines.ts";
import type { Stream } from "../../captures/read/packet.ts";
import { quote, quoteBytes } from "../../checks/engine/readable-bytes.ts";
import type { Paint } from "../../terminal/paint.ts";
import { column, cut } from "../../terminal/text.ts";
import type { RecordedPackets } from "./recorded-packets.ts";

/** How many rows of a connection are shown at its beginning and at its end. */
const MOST_ROWS = 200;
/** From here on there is room to say what a line means, in columns. */
const WIDE = 110;
/** Longer texts are shown by what they consist of, in characters. */
const LONG = 1000;
const LONGEST_NAME = 14;

/** A line of a connection. */
export interface PacketRow {
  /** The number of the packet that completed it. */
  packet: number;
  /** Since the first packet of the connection. */
  seconds: number;
  who: string;
  /** What was on the wire, with escapes for what cannot be seen. */
  wire: string;
  /** What it says, if that is more than the line itself; else empty. */
  meaning: string;
  /** Whether the check failed at this packet. */
  isWanted: boolean;
}

/** The lines of a connection, without those in the middle of a long one. */
export interface ConnectionRows {
  /** How the two ends are called. */
  names: readonly [string, string];
  first: readonly PacketRow[];
  /** How many lines are left out between the first and the last ones. */
  left: number;
  last: readonly PacketRow[];
}

/** What is known of a connection besides its lines: the packet that gets a mark, and what unknown ends are called. */
type Known = Pick<RecordedPackets, "wanted" | "ends">;

export function connectionRows(stream: Stream, { wanted, ends }: Known): ConnectionRows {
  const lines = linesOf(stream);
  const protocol = recognise(lines);
  const named = protocol.name === "unknown" ? ends : namesOf(protocol);
  const names = [named.a, named.b] as const;
  const row = (line: StreamLine): PacketRow => {
    const wire = wireOf(line);
    return {
      packet: line.packet,
      seconds: Number(line.time - stream.firstTime) / 1e9,
      who: named[line.from],
      wire,
      meaning: line.kind === "line" ? meaningOf(line.bytes, wire) : "",
      isWanted: line.packet === wanted,
    };
  };
  if (lines.length <= 2 * MOST_ROWS) return { names, first: lines.map(row), left: 0, last: [] };
  return {
    names,
    first: lines.slice(0, MOST_ROWS).map(row),
    left: lines.length - 2 * MOST_ROWS,
    last: lines.slice(-MOST_ROWS).map(row),
  };
}

/**
 * The rows of a connection for a terminal, under a heading.
 * @param whole the command that shows all of it
 */
export function packetRows(
  stream: Stream,
  known: Known,
  whole: string,
  width: number,
  paint: Paint,
): string[] {
  const { names, first, left, last } = connectionRows(stream, known);
  const nameWidth = Math.min(LONGEST_NAME, Math.max("who".length, ...names.map(({ length }) => length)));
  const room = Math.max(20, width - "packet seconds   ".length - nameWidth);
  const wireWidth = width < WIDE ? room : Math.floor(room * 0.6);
  const formatted = ({ packet, seconds, who, wire, meaning, isWanted }: PacketRow): string => {
    const number = `${isWanted ? ">" : " "}${String(packet).padStart(5)}`;
    const hasMeaning = meaning !== "" && width >= WIDE;
    const content = hasMeaning ? `${column(wire, wireWidth)} ${paint("dim", meaning)}` : cut(wire, room);
    return cut(
      `${paint(isWanted ? "bad" : "dim", number)} ${seconds.toFixed(3).padStart(7)} ${column(who, nameWidth)}  ${content}`,
      width,
    );
  };
  const heading = `packet seconds ${"who".padEnd(nameWidth)}  on the wire`;
  return [
    paint("heading", heading),
    ...first.map(formatted),
    ...(left === 0 ? [] : [`       … ${left} lines more: ${whole}`]),
    ...last.map(formatted),
  ];
}

/** A line as it was, with escapes for what cannot be seen: a no-break space looks like a space. */
function wireOf(line: StreamLine): string {
  if (line.kind === "missing") return `(${line.length} bytes are missing in the recording)`;
  const ending = line.kind === "unfinished" ? " (no LF: not a message)" : "";
  return visible(line.bytes) + ending;
}

function visible(bytes: Buffer): string {
  if (!isUtf8(bytes)) return quoteBytes(bytes);
  const text = bytes.toString();
  if (text.length > LONG) return quote(text);
  return text.replace(/(?! )[\p{Z}\p{C}]/gu, (character) => quote(character).slice(1, -1));
}

/** What a line says, if that is more than the line itself. */
function meaningOf(bytes: Buffer, wire: string): string {
  const meaning = explain(bytes) ?? "(encrypted)";
  return meaning === readable(bytes) || wire.startsWith('"') ? "" : meaning;
}
