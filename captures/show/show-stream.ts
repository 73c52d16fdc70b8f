// Shows one stream to people: each line as it was on the wire, and what it says. Makes text; prints nothing.

import type { Canvas } from "../../terminal/paint.ts";
import { column, cut, wrap } from "../../terminal/text.ts";
import { hexDump } from "../explain/hex-dump.ts";
import type { KeyLog } from "../explain/key-log.ts";
import { ciphertextOf, explain, namesOf, recognise } from "../explain/protocols.ts";
import { bar, entropy, printableShare } from "../explain/readability.ts";
import { MORE, readable } from "../explain/readable.ts";
import { linesOf, type StreamLine, wireBytes } from "../explain/stream-lines.ts";
import { type Unsealed, unseal } from "../explain/unseal.ts";
import type { Stream } from "../read/packet.ts";
import { endpoint } from "./stream-summary.ts";

const BYTES_PER_ROW = 16;

/** On a canvas with fewer columns, what a line says takes a row of its own. */
const NARROW = 100;

/** The share of the room that the wire gets beside what it says. Who decrypts wants to read the latter. */
const WIRE_SHARE = 0.55;
const WIRE_SHARE_DECRYPTED = 0.35;

const STATISTICS = `${"text".padStart(4)}  ${"bits per byte".padEnd(13)}`;

const DECRYPTED = " [decrypted, tag right]";

/** How to show a stream. */
export interface StreamView {
  /** Whether to show every byte in hexadecimal, too. */
  hex: boolean;
  /** Whether to show how much of each line is text, and how evenly its bytes are spread. */
  stats: boolean;
  /** The keys to decrypt with. If undefined, the rows show what an eavesdropper sees. */
  keyLog: KeyLog | undefined;
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
  if (lines.length === 0) return wrap(silence(stream), canvas.width);
  const names = namesOf(recognise(lines));
  const opened = view.keyLog === undefined ? new Map<StreamLine, Unsealed>() : unseal(lines, view.keyLog);
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
    const kind = ciphertextOf(line.bytes) === undefined ? "plaintext" : "ciphertext";
    const parts = [
      canvas.paint(kind, column(readable(line.bytes), layout.wire, MORE)),
      view.stats ? statistics(line) : "",
      says(line, opened.get(line), layout.says, canvas),
    ];
    rows.push(...joined(layout, beginning, parts));
    if (view.hex)
      for (const row of hexDump(wireBytes(line), BYTES_PER_ROW))
        rows.push(canvas.paint("dim", `${" ".repeat(9)}${row}`));
  }
  if (view.stats) rows.push("", ...wrap(EXPLANATION, canvas.width));
  return rows;
}

const EXPLANATION =
  "text: how much of the line, as it stood on the wire, is printable. bits per byte: how evenly the values of its bytes " +
  "are spread, from 0 to 8; of a line with a ciphertext, the values of the ciphertext's bytes, which the line writes as " +
  "hexadecimal digits.";

function silence({ unopened, a, b }: Stream): string {
  if (unopened === "refused")
    return `refused: ${endpoint(b)} has answered the SYN of ${endpoint(a)} with RST. No program was listening there.`;
  if (unopened === "unanswered")
    return `no answer: in this capture, ${endpoint(b)} has not answered the SYN.`;
  return "Nothing was said in this stream.";
}

function layoutFor(width: number, longestName: number, { stats, keyLog }: StreamView): Layout {
  const name = Math.min(14, Math.max("who".length, longestName));
  const margin = 9 + name + 2;
  // On a narrow canvas, side by side both would be cut too short.
  if (width < NARROW) {
    const room = width - margin;
    return { name, wire: room, says: room, margin: " ".repeat(margin) };
  }
  const room = width - margin - 1 - (stats ? STATISTICS.length + 1 : 0);
  const wire = Math.floor(room * (keyLog === undefined ? WIRE_SHARE : WIRE_SHARE_DECRYPTED));
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
  const spread = entropy(ciphertextOf(line.bytes) ?? wire);
  const share = `${Math.round(100 * printableShare(wire))}%`.padStart(4);
  return `${share}  ${`${spread.toFixed(1)} ${bar(spread, 8, 8)}`.padEnd(13)}`;
}

function says(
  line: Exclude<StreamLine, { kind: "missing" }>,
  opened: Unsealed | undefined,
  width: number,
  canvas: Canvas,
): string {
  if (line.kind === "unfinished") return canvas.paint("bad", cut("(no LF: not a message)", width, MORE));
  if (opened !== undefined && "problem" in opened)
    return canvas.paint("bad", cut(`(${opened.problem})`, width, MORE));
  if (opened !== undefined) {
    const text = explain(opened.line) ?? readable(opened.line);
    return canvas.paint("plaintext", cut(text, width - DECRYPTED.length, MORE) + DECRYPTED);
  }
  const text = explain(line.bytes);
  return text === undefined
    ? canvas.paint("ciphertext", cut("? (encrypted)", width, MORE))
    : canvas.paint("plaintext", cut(text, width, MORE));
}
