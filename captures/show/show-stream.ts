// Shows one stream to people: each line as it was on the wire, and what it says. Makes text; prints nothing.

import type { Canvas } from "../../terminal/paint.ts";
import { column, cut } from "../../terminal/text.ts";
import { hexDump } from "../explain/hex-dump.ts";
import type { KeyLog } from "../explain/key-log.ts";
import { ciphertextOf, explain, namesOf, recognise } from "../explain/protocols.ts";
import { bar, entropy, printableShare } from "../explain/readability.ts";
import { MORE, readable } from "../explain/readable.ts";
import { linesOf, type StreamLine } from "../explain/stream-lines.ts";
import { type Unsealed, unseal } from "../explain/unseal.ts";
import type { Stream } from "../read/packet.ts";

const BYTES_PER_ROW = 16;

/** On a canvas with fewer columns, each line of the stream takes two rows. */
const NARROW = 100;

/** How to show a stream. */
export interface StreamView {
  /** Whether to show every byte in hexadecimal, too. */
  hex: boolean;
  /** The keys to decrypt with. If undefined, the rows show what an eavesdropper sees. */
  keyLog: KeyLog | undefined;
}

/** The rows that show a stream. */
export function showStream(stream: Stream, view: StreamView, canvas: Canvas): string[] {
  const lines = linesOf(stream);
  const protocol = recognise(lines);
  const names = namesOf(protocol);
  const opened = view.keyLog === undefined ? new Map<StreamLine, Unsealed>() : unseal(lines, view.keyLog);

  const nameWidth = Math.min(14, Math.max("who".length, names.a.length, names.b.length));
  // On a narrow canvas, what a line says gets a row of its own, because side by side both would be cut too short.
  const margin = 9 + nameWidth + 2;
  const isNarrow = canvas.width < NARROW;
  const parting = isNarrow ? `\n${" ".repeat(margin)}` : " ";
  // These are the columns of time, name, printable share and entropy. The rest is shared by the wire and its meaning.
  const fixed = margin + 5 + 14 + 3;
  const wireWidth = isNarrow ? canvas.width - margin : Math.floor((canvas.width - fixed) * 0.55);
  const saysWidth = Math.max(10, canvas.width - fixed - (isNarrow ? 0 : wireWidth));

  const heading = `${"seconds".padStart(8)} ${"who".padEnd(nameWidth)}  ${column("on the wire", wireWidth, MORE)}${parting}${"text".padStart(4)}  ${"bits per byte".padEnd(13)} what it says`;
  const rows = heading.split("\n").map((row) => canvas.paint("heading", row));
  for (const line of lines) {
    const seconds = (Number(line.time - stream.firstTime) / 1e9).toFixed(3).padStart(8);
    const who = column(names[line.from], nameWidth, MORE);
    if (line.kind === "missing") {
      rows.push(
        `${seconds} ${who}  ${canvas.paint("bad", `(${line.length} bytes are missing in the capture)`)}`,
      );
      continue;
    }
    const ciphertext = ciphertextOf(line.bytes);
    const content = ciphertext ?? line.bytes;
    const kind = ciphertext === undefined ? "plaintext" : "ciphertext";
    const wire = canvas.paint(kind, column(readable(line.bytes), wireWidth, MORE));
    const share = `${Math.round(100 * printableShare(content))}%`.padStart(4);
    const bits = `${entropy(content).toFixed(1)} ${bar(entropy(content), 8, 8)}`;
    const row = `${seconds} ${who}  ${wire}${parting}${share}  ${bits.padEnd(13)} ${says(line, opened.get(line), saysWidth, canvas)}`;
    rows.push(...row.split("\n"));
    if (view.hex)
      rows.push(
        ...hexDump(line.bytes, BYTES_PER_ROW).map((row) => canvas.paint("dim", `${" ".repeat(9)}${row}`)),
      );
  }
  return rows;
}

function says(line: StreamLine, opened: Unsealed | undefined, width: number, canvas: Canvas): string {
  if (line.kind === "missing") return "";
  if (line.kind === "unfinished") return canvas.paint("bad", cut("(no LF: not a message)", width, MORE));
  if (opened !== undefined && "problem" in opened)
    return canvas.paint("bad", cut(`(${opened.problem})`, width, MORE));
  const text = opened === undefined ? explain(line.bytes) : `${explain(opened.line)} [decrypted, tag right]`;
  return text === undefined
    ? canvas.paint("ciphertext", cut("? (encrypted)", width, MORE))
    : canvas.paint("plaintext", cut(text, width, MORE));
}
