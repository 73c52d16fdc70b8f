// Shows one stream to people: each line as it was on the wire, and what it says. Makes text; prints nothing.

import type { Canvas } from "../../terminal/paint.ts";
import { column, cut, wrap } from "../../terminal/text.ts";
import { hexDump } from "../explain/hex-dump.ts";
import { libp2pIn } from "../explain/libp2p.ts";
import { aboutStream, lineWords, silenceWords } from "../explain/line-words.ts";
import { type Keys, openLines } from "../explain/open-lines.ts";
import { ciphertextOf, namesOf, recognise } from "../explain/protocols.ts";
import { bar, entropy, printableShare } from "../explain/readability.ts";
import { MORE, readable } from "../explain/readable.ts";
import { linesOf, type StreamLine, wireBytes } from "../explain/stream-lines.ts";
import { withoutCr } from "../explain/team-tokens.ts";
import type { Unsealed } from "../explain/unsealed.ts";
import type { Stream } from "../read/packet.ts";

const BYTES_PER_ROW = 16;

/** On a canvas with fewer columns, what a line says takes a row of its own. */
const NARROW = 100;

/** The share of the room that the wire gets beside what it says. Who decrypts wants to read the latter. */
const WIRE_SHARE = 0.55;
const WIRE_SHARE_DECRYPTED = 0.35;

const STATISTICS = `${"text".padStart(4)}  ${"bits per byte".padEnd(13)}`;

const DECRYPTED = " [decrypted, tag right]";

/** How to show a stream. Without keys, the rows show what an eavesdropper sees. */
export interface StreamView extends Keys {
  /** Whether to show every byte in hexadecimal, too. */
  hex: boolean;
  /** Whether to show how much of each line is text, and how evenly its bytes are spread. */
  stats: boolean;
}

/** The widths that all rows share, in columns. */
interface Layout {
  name: number;
  wire: number;
  says: number;
  /** Stands before what does not fit into the first row of a line; undefined if all fits. */
  margin: string | undefined;
}

/** The rows that show a stream. */
export function showStream(stream: Stream, view: StreamView, canvas: Canvas): string[] {
  const lines = linesOf(stream);
  if (lines.length === 0) return wrap(silenceWords(stream), canvas.width);
  const opened = openLines(lines, view);
  const protocol = recognise(lines, opened);
  const names = namesOf(protocol);
  const libp2p = protocol.name === "libp2p" ? libp2pIn(lines) : undefined;
  const layout = layoutFor(canvas.width, Math.max(names.a.length, names.b.length), view);

  const heading = joined(layout, `${"seconds".padStart(8)} ${"who".padEnd(layout.name)}`, [
    column("on the wire", layout.wire, MORE),
    view.stats ? STATISTICS : "",
    "what it says",
  ]);
  const rows = heading.map((row) => canvas.paint("heading", row));
  for (const line of lines) {
    const seconds = (Number(line.time - stream.firstTime) / 1e9).toFixed(3).padStart(8);
    const beginning = `${seconds} ${column(names[line.from], layout.name, MORE)}`;
    if (line.kind === "missing") {
      rows.push(`${beginning}  ${canvas.paint("bad", `(${line.length} bytes are missing in the capture)`)}`);
      continue;
    }
    const isSealed = libp2p !== undefined && !libp2p.clear.has(line);
    const kind = isSealed || ciphertextOf(withoutCr(line.bytes)) !== undefined ? "ciphertext" : "plaintext";
    const parts = [
      canvas.paint(kind, column(readable(line.bytes), layout.wire, MORE)),
      view.stats ? statistics(line) : "",
      isSealed
        ? canvas.paint("ciphertext", cut("? (encrypted)", layout.says, MORE))
        : says(line, opened.get(line), layout.says, canvas),
    ];
    rows.push(...joined(layout, beginning, parts));
    if (view.hex)
      for (const row of hexDump(wireBytes(line), BYTES_PER_ROW))
        rows.push(canvas.paint("dim", `${" ".repeat(9)}${row}`));
  }
  if (view.stats) rows.push("", ...wrap(EXPLANATION, canvas.width));
  const about = aboutStream(protocol, lines, opened);
  if (about !== "") rows.push("", ...wrap(about, canvas.width));
  return rows;
}

const EXPLANATION =
  "text: how much of the line, as it stood on the wire, is printable. bits per byte: how evenly the values of its bytes " +
  "are spread, from 0 to 8; of a line with a ciphertext, the values of the ciphertext's bytes, which the line writes as " +
  "hexadecimal digits (in a token: as base64url).";

function layoutFor(width: number, longestName: number, { stats, ...keys }: StreamView): Layout {
  const decrypts = keys.keyLog !== undefined || keys.teamKey !== undefined;
  const name = Math.min(14, Math.max("who".length, longestName));
  const margin = 9 + name + 2;
  // On a narrow canvas, side by side both would be cut too short.
  if (width < NARROW) {
    const room = width - margin;
    return { name, wire: room, says: room, margin: " ".repeat(margin) };
  }
  const room = width - margin - 1 - (stats ? STATISTICS.length + 1 : 0);
  const wire = Math.floor(room * (decrypts ? WIRE_SHARE_DECRYPTED : WIRE_SHARE));
  return { name, wire, says: room - wire, margin: undefined };
}

/** @param parts those that are empty are left out */
function joined({ margin }: Layout, beginning: string, parts: readonly string[]): string[] {
  const [first = "", ...others] = parts.filter((part) => part !== "");
  if (margin === undefined) return [`${beginning}  ${[first, ...others].join(" ")}`];
  return [`${beginning}  ${first}`, ...others.map((part) => margin + part)];
}

function statistics(line: Exclude<StreamLine, { kind: "missing" }>): string {
  const wire = wireBytes(line);
  const spread = entropy(ciphertextOf(withoutCr(line.bytes)) ?? wire);
  const share = `${Math.round(100 * printableShare(wire))}%`.padStart(4);
  return `${share}  ${`${spread.toFixed(1)} ${bar(spread, 8, 8)}`.padEnd(13)}`;
}

function says(
  line: Exclude<StreamLine, { kind: "missing" }>,
  opened: Unsealed | undefined,
  width: number,
  canvas: Canvas,
): string {
  const { text, kind, isDecrypted } = lineWords(line, opened);
  const room = isDecrypted ? width - DECRYPTED.length : width;
  return canvas.paint(kind, cut(text, room, MORE) + (isDecrypted ? DECRYPTED : ""));
}
