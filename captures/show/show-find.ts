// Finds a text in a capture: in which streams, from whom, and in which packets. Makes text; prints nothing.

import type { Canvas } from "../../terminal/paint.ts";
import { cut } from "../../terminal/text.ts";
import { namesOf, recognise } from "../explain/protocols.ts";
import { MORE, readable } from "../explain/readable.ts";
import { linesOf } from "../explain/stream-lines.ts";
import type { Stream } from "../read/packet.ts";

/** One row for each line that holds the text; if there is none, one row that says so. */
export function showFind(streams: readonly Stream[], text: string, canvas: Canvas): string[] {
  const rows: string[] = [];
  for (const stream of streams) {
    const lines = linesOf(stream);
    const names = namesOf(recognise(lines));
    for (const line of lines) {
      if (line.kind === "missing" || !line.bytes.includes(text)) continue;
      const place = `stream ${stream.index}, packet ${line.packet}, from ${names[line.from]}: `;
      const shown = around(readable(line.bytes), text, canvas.width - place.length);
      rows.push(place + canvas.paint("plaintext", shown));
    }
  }
  if (rows.length === 0) return [`"${text}" can be read nowhere in this capture`];
  return [`"${text}" can be read in ${rows.length} ${rows.length === 1 ? "line" : "lines"}:`, ...rows];
}

/** The line, cut so that the text and a little before it can be seen. */
function around(line: string, text: string, width: number): string {
  const found = line.indexOf(text);
  if (found + text.length <= width) return cut(line, width, MORE);
  const before = Math.max(0, Math.floor((width - text.length) / 3));
  return cut(`…${line.slice(Math.max(0, found - before) + 1)}`, width, MORE);
}
