// Where a text can be read in a capture: in which streams, from whom, in which packets. Makes text; prints nothing.

import type { Stream } from "./packet.ts";
import type { Canvas } from "./paint.ts";
import { namesOf, recognise } from "./protocols.ts";
import { linesOf } from "./stream-lines.ts";
import { cut, readable } from "./text.ts";

/** One row for each line that holds the text, or one row that says that there is none. */
export function showFind(streams: readonly Stream[], text: string, canvas: Canvas): string[] {
  const rows: string[] = [];
  for (const stream of streams) {
    const lines = linesOf(stream);
    const names = namesOf(recognise(lines));
    for (const line of lines) {
      if (line.kind === "missing" || !line.bytes.includes(text)) continue;
      const place = `stream ${stream.index}, packet ${line.packet}, from ${names[line.from]}: `;
      rows.push(place + canvas.paint("plaintext", cut(readable(line.bytes), canvas.width - place.length)));
    }
  }
  if (rows.length === 0) return [`"${text}" can be read nowhere in this capture`];
  return [`"${text}" can be read in ${rows.length} ${rows.length === 1 ? "line" : "lines"}:`, ...rows];
}
