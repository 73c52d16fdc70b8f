// Shows one stream to people: each line as it was on the wire, and what it says. Makes text; prints nothing.

import type { Canvas } from "../../terminal/paint.ts";
import { column, cut, wrap } from "../../terminal/text.ts";
import { hexDump } from "../explain/hex-dump.ts";
import { type Libp2pStream, libp2pIn } from "../explain/libp2p.ts";
import { type Keys, openLines } from "../explain/open-lines.ts";
import { ciphertextOf, explain, namesOf, recognise } from "../explain/protocols.ts";
import { bar, entropy, printableShare } from "../explain/readability.ts";
import { MORE, readable } from "../explain/readable.ts";
import { linesOf, type StreamLine, wireBytes } from "../explain/stream-lines.ts";
import { withoutCr } from "../explain/team-tokens.ts";
import { timeOfToken, tokenOf } from "../explain/tokens.ts";
import type { Unsealed } from "../explain/unsealed.ts";
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
  if (lines.length === 0) return wrap(silence(stream), canvas.width);
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
  if (protocol.name === "session") rows.push("", ...wrap(aboutSession(lines, opened), canvas.width));
  if (libp2p !== undefined) rows.push("", ...wrap(aboutLibp2p(libp2p), canvas.width));
  return rows;
}

/** Says of a connection of stage 06 how little of it can be read. */
function aboutLibp2p({ clearBytes, allBytes }: Libp2pStream): string {
  const counts = `${clearBytes.toLocaleString("en")} of ${allBytes.toLocaleString("en")} bytes are in clear`;
  return (
    `${counts}: an HTTP request that opens a WebSocket, and the lines in which both sides choose the encryption, noise. ` +
    "A WebSocket's client masks what it sends (RFC 6455), so only the node's lines are legible. All that follows " +
    "is noise's: two fresh public keys, and then what is sealed between these two. It has no lines: it is cut wherever a " +
    "byte happens to be LF."
  );
}

const EXPLANATION =
  "text: how much of the line, as it stood on the wire, is printable. bits per byte: how evenly the values of its bytes " +
  "are spread, from 0 to 8; of a line with a ciphertext, the values of the ciphertext's bytes, which the line writes as " +
  "hexadecimal digits (in a token: as base64url).";

/** Says of a session of stage 05 what no key opens, and why. */
function aboutSession(lines: readonly StreamLine[], opened: ReadonlyMap<StreamLine, Unsealed>): string {
  const tokens = lines.filter(
    ({ kind, ...line }) => kind === "line" && "bytes" in line && isToken(line.bytes),
  );
  const closed = tokens.filter((line) => !opened.has(line)).length;
  if (opened.size === 0)
    return `${closed} tokens. The team's key opens the first of each side: --passphrase-file FILE --team TEAM.`;
  return (
    `${closed} of ${tokens.length} tokens are sealed with keys that these two have made for this session alone, and have ` +
    "written down nowhere. Neither the passphrase nor somebody's identity opens them, today or later: forward secrecy."
  );
}

function isToken(bytes: Buffer): boolean {
  return tokenOf(withoutCr(bytes)) !== undefined;
}

function silence({ unopened, a, b }: Stream): string {
  if (unopened === "refused")
    return `refused: ${endpoint(b)} has answered the SYN of ${endpoint(a)} with RST. No program was listening there.`;
  if (unopened === "unanswered")
    return `no answer: in this capture, ${endpoint(b)} has not answered the SYN.`;
  return "Nothing was said in this stream.";
}

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
  if (line.kind === "unfinished") return canvas.paint("bad", cut("(no LF: not a message)", width, MORE));
  if (opened !== undefined && "problem" in opened)
    return canvas.paint("bad", cut(`(${opened.problem})`, width, MORE));
  if (opened !== undefined) {
    const text = explain(opened.line) ?? readable(opened.line);
    return canvas.paint("plaintext", cut(text, width - DECRYPTED.length, MORE) + DECRYPTED);
  }
  const token = tokenOf(withoutCr(line.bytes));
  const text = token === undefined ? explain(line.bytes) : undefined;
  const when = token === undefined ? "" : `, ${timeOfToken(token.seconds)}`;
  return text === undefined
    ? canvas.paint("ciphertext", cut(`? (encrypted${when})`, width, MORE))
    : canvas.paint("plaintext", cut(text, width, MORE));
}
