// Rows of the lines of a connection, and one line with every byte explained.

import { clauseOfLine } from "../../../captures/explain/clauses.ts";
import { type LabelledBytes, lineBytes, plaintextBytes } from "../../../captures/explain/line-bytes.ts";
import { lineType } from "../../../captures/explain/line-type.ts";
import { aboutStream, lineWords, silenceWords } from "../../../captures/explain/line-words.ts";
import { ciphertextOf } from "../../../captures/explain/protocols.ts";
import { entropy, printableShare } from "../../../captures/explain/readability.ts";
import { type StreamLine, wireBytes } from "../../../captures/explain/stream-lines.ts";
import { withoutCr } from "../../../captures/explain/team-tokens.ts";
import { type LineRow, type LinesWindow, type LineView, MOST_LINE_BYTES } from "../../shared/captures.ts";
import { CallError } from "../../shared/fields.ts";
import { labelledBlock } from "./labelled-block.ts";
import type { OpenedCapture } from "./opened-capture.ts";
import type { StreamView } from "./stream-views.ts";
import { short, shown } from "./text.ts";

/** No line of our protocols is longer (P0.3), but for `users`. Of a longer one, only the beginning is looked at. */
const LONGEST_EXPLAINED = 4_194_304;

export type SaidLine = Exclude<StreamLine, { kind: "missing" }>;

export function linesWindow(
  capture: OpenedCapture,
  { stream: number, from, count }: { stream: number; from: number; count: number },
): LinesWindow {
  const stream = capture.stream(number);
  const view = capture.views.of(stream);
  const { lines, isCut, names, protocol, opened } = view;
  const rows = lines
    .slice(from, from + count)
    .map((line, index) => lineRow(capture, view, line, from + index));
  const about = lines.length === 0 ? silenceWords(stream) : aboutStream(protocol, lines, opened);
  return { total: lines.length, from, rows, names: shortNames(names), isCut, about };
}

export function shortNames(names: Readonly<Record<"a" | "b", string>>): Record<"a" | "b", string> {
  return { a: short(names.a), b: short(names.b) };
}

function lineRow(capture: OpenedCapture, view: StreamView, line: StreamLine, number: number): LineRow {
  const { from, packet, kind } = line;
  const place = { line: number, time: capture.seconds(line.time), from, kind, packet };
  if (line.kind === "missing")
    return {
      ...place,
      length: line.length,
      wire: "",
      says: null,
      sealed: false,
      opened: false,
      problem: null,
    };
  const length = line.bytes.length + (line.kind === "line" ? 1 : 0);
  const wire = shown(line.bytes);
  if (line.bytes.length > LONGEST_EXPLAINED)
    return { ...place, length, wire, says: null, sealed: false, opened: false, problem: null };
  const inside = view.opened.get(line);
  const { text, kind: look, isDecrypted } = lineWords(line, inside);
  const sealed = isSealed(view, line);
  const isRead = line.kind === "line" && look === "plaintext" && (isDecrypted || !sealed);
  return {
    ...place,
    length,
    wire,
    says: isRead ? short(text) : null,
    sealed,
    opened: isDecrypted,
    problem: inside !== undefined && "problem" in inside ? short(inside.problem) : null,
  };
}

/** Whether a stranger can make nothing of a line. */
export function isSealed({ libp2p }: StreamView, line: SaidLine): boolean {
  if (libp2p !== undefined) return !libp2p.clear.has(line);
  return line.bytes.length <= LONGEST_EXPLAINED && ciphertextOf(withoutCr(line.bytes)) !== undefined;
}

/** @throws CallError if there is no such line */
export function lineView(
  capture: OpenedCapture,
  { stream, line: number }: { stream: number; line: number },
): LineView {
  const view = capture.views.of(capture.stream(stream));
  const line = view.lines[number];
  if (line === undefined) throw new CallError(`there is no line ${number} in connection ${stream}`);
  const row = lineRow(capture, view, line, number);
  const { firstPacket } = line;
  if (line.kind === "missing") {
    const block = labelledBlock(Buffer.alloc(0), [], undefined, 0);
    return { row, block, firstPacket, clause: null, inside: null, printable: 0, entropy: 0 };
  }
  const bytes = wireBytes(line);
  const isHidden = view.libp2p !== undefined && isSealed(view, line);
  const data = { start: 0, end: bytes.length, isHidden };
  return {
    row,
    block: labelledBlock(bytes, rangesOf(line, bytes), data, MOST_LINE_BYTES),
    firstPacket,
    clause: clauseOf(view, line) ?? null,
    inside: insideOf(view, line),
    printable: printable(line),
    entropy: spread(line),
  };
}

function clauseOf({ protocol: { name } }: StreamView, line: SaidLine): string | undefined {
  if (line.kind !== "line" || line.bytes.length > LONGEST_EXPLAINED) return undefined;
  if (name === "unknown" || name === "libp2p") return undefined;
  return clauseOfLine(name, lineType(line.bytes, name, line.from === "b"));
}

function rangesOf(line: SaidLine, bytes: Buffer): LabelledBytes[] {
  if (line.bytes.length > LONGEST_EXPLAINED) return [{ bytes, label: "longer than any line of the course" }];
  return lineBytes(bytes);
}

function insideOf({ opened }: StreamView, line: SaidLine): LineView["inside"] {
  const inside = opened.get(line);
  if (inside === undefined || "problem" in inside) return null;
  const all = { start: 0, end: inside.line.length };
  return {
    title: "Inside, opened with a key",
    ...labelledBlock(inside.line, plaintextBytes(inside.line), all, MOST_LINE_BYTES),
  };
}

/** The share of a line's bytes that are printable, from 0 to 1; of a line with a ciphertext, of the ciphertext's. */
export function printable(line: SaidLine): number {
  return printableShare(measured(line));
}

/** How evenly the bytes of a line are spread; of a ciphertext, its own. In bits per byte. */
export function spread(line: SaidLine): number {
  return entropy(measured(line));
}

/**
 * The bytes that tell how readable a line is. A ciphertext stands in its line as hexadecimal digits, which are all printable:
 * so its own bytes are taken. What is longer than any line of ours is measured by its beginning.
 */
function measured(line: SaidLine): Buffer {
  if (line.bytes.length > LONGEST_EXPLAINED) return line.bytes.subarray(0, LONGEST_EXPLAINED);
  return ciphertextOf(withoutCr(line.bytes)) ?? wireBytes(line);
}
