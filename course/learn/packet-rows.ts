// One row for each line of a connection: the packet that completed it, when, who, and what was on the wire. Pure.

import { isUtf8 } from "node:buffer";
import { explain, namesOf, recognise } from "../../captures/explain/protocols.ts";
import { readable } from "../../captures/explain/readable.ts";
import { linesOf, type StreamLine } from "../../captures/explain/stream-lines.ts";
import type { Stream } from "../../captures/read/packet.ts";
import { quote, quoteBytes } from "../../checks/engine/readable-bytes.ts";
import type { Paint } from "../../terminal/paint.ts";
import { column, cut } from "../../terminal/text.ts";

/** How many rows of a connection are shown at its beginning and at its end. */
const MOST_ROWS = 200;
/** From here on there is room to say what a line means, in columns. */
const WIDE = 110;
/** Longer texts are shown by what they consist of, in characters. */
const LONG = 1000;
const LONGEST_NAME = 14;

/**
 * The rows of a connection, under a heading.
 * @param wanted the number of the packet that gets a mark
 * @param whole the command that shows all of it
 */
export function packetRows(
  stream: Stream,
  wanted: number | undefined,
  whole: string,
  width: number,
  paint: Paint,
): string[] {
  const lines = linesOf(stream);
  const names = namesOf(recognise(lines));
  const nameWidth = Math.min(LONGEST_NAME, Math.max("who".length, names.a.length, names.b.length));
  const room = Math.max(20, width - "packet seconds   ".length - nameWidth);
  const wireWidth = width < WIDE ? room : Math.floor(room * 0.6);
  const row = (line: StreamLine): string => {
    const isWanted = line.packet === wanted;
    const number = `${isWanted ? ">" : " "}${String(line.packet).padStart(5)}`;
    const seconds = (Number(line.time - stream.firstTime) / 1e9).toFixed(3).padStart(7);
    const wire = wireOf(line);
    const meaning = line.kind === "line" && width >= WIDE ? meaningOf(line.bytes, wire) : "";
    const content = meaning === "" ? cut(wire, room) : `${column(wire, wireWidth)} ${paint("dim", meaning)}`;
    return cut(
      `${paint(isWanted ? "bad" : "dim", number)} ${seconds} ${column(names[line.from], nameWidth)}  ${content}`,
      width,
    );
  };
  const heading = `packet seconds ${"who".padEnd(nameWidth)}  on the wire`;
  if (lines.length <= 2 * MOST_ROWS) return [paint("heading", heading), ...lines.map(row)];
  const left = `       … ${lines.length - 2 * MOST_ROWS} lines more: ${whole}`;
  return [
    paint("heading", heading),
    ...lines.slice(0, MOST_ROWS).map(row),
    left,
    ...lines.slice(-MOST_ROWS).map(row),
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
