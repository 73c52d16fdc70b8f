// Finds a text in a capture: in which streams, from whom, and in which packets. Makes text; prints nothing.

import type { Canvas } from "../../terminal/paint.ts";
import { cut } from "../../terminal/text.ts";
import type { KeyLog } from "../explain/key-log.ts";
import { namesOf, recognise } from "../explain/protocols.ts";
import { MORE, readable } from "../explain/readable.ts";
import { linesOf, type StreamLine } from "../explain/stream-lines.ts";
import { type Unsealed, unseal } from "../explain/unseal.ts";
import type { Stream } from "../read/packet.ts";

/**
 * One row for each line that holds the text; if there is none, one row that says so.
 * @param keyLog if given, what it decrypts is searched, too
 */
export function showFind(
  streams: readonly Stream[],
  text: string,
  keyLog: KeyLog | undefined,
  canvas: Canvas,
): string[] {
  const rows: string[] = [];
  const problems: string[] = [];
  for (const stream of streams) {
    const lines = linesOf(stream);
    const names = namesOf(recognise(lines));
    const opened = keyLog === undefined ? new Map<StreamLine, Unsealed>() : unseal(lines, keyLog);
    for (const line of lines) {
      if (line.kind === "missing") continue;
      const inside = opened.get(line);
      if (inside !== undefined && "problem" in inside) problems.push(inside.problem);
      const isOnWire = line.bytes.includes(text);
      const found = isOnWire
        ? line.bytes
        : inside !== undefined && "line" in inside
          ? inside.line
          : undefined;
      if (!found?.includes(text)) continue;
      const how = isOnWire ? "" : ", decrypted";
      const place = `stream ${stream.index}, packet ${line.packet}, from ${names[line.from]}${how}: `;
      rows.push(
        place + canvas.paint("plaintext", around(readable(found), text, canvas.width - place.length)),
      );
    }
  }
  return [...heading(text, rows.length, keyLog), ...rows, ...unsearched(problems)];
}

function heading(text: string, count: number, keyLog: KeyLog | undefined): string[] {
  const keys = keyLog === undefined ? "" : " with these keys";
  return count === 0
    ? [`"${text}" can be read nowhere in this capture${keys}`]
    : [`"${text}" can be read${keys} in ${count} ${count === 1 ? "line" : "lines"}:`];
}

function unsearched([problem, ...others]: readonly string[]): string[] {
  if (problem === undefined) return [];
  const count = others.length + 1;
  return [
    `not searched, because not decrypted: ${count} sealed ${count === 1 ? "line" : "lines"} (${problem})`,
  ];
}

/** The line, cut so that the text and a little before it can be seen. */
function around(line: string, text: string, width: number): string {
  const found = line.indexOf(text);
  if (found + text.length <= width) return cut(line, width, MORE);
  const before = Math.max(0, Math.floor((width - text.length) / 3));
  return cut(`…${line.slice(Math.max(0, found - before) + 1)}`, width, MORE);
}
