// Recognises a connection of stage 06: libp2p in a WebSocket. Its beginning is in clear: HTTP, and the lines in which both
// sides choose the encryption, noise. Everything behind them is sealed. Pure.

import { type StreamLine, wireBytes } from "./stream-lines.ts";

/** What is in clear, and how much there is in all. */
export interface Libp2pStream {
  /** The lines that can be read. */
  clear: ReadonlySet<StreamLine>;
  clearBytes: number;
  allBytes: number;
}

const REQUEST = /^GET \S+ HTTP\/1\.1\r$/;
const SWITCHED = /^HTTP\/1\.1 101 /;

/** What libp2p's negotiation says first, and what it chooses here (libp2p's specification "connections"). */
const MULTISTREAM = "/multistream/1.0.0";
const NOISE = "/noise";

/** @returns undefined if the stream is something else */
export function libp2pIn(lines: readonly StreamLine[]): Libp2pStream | undefined {
  // Most streams are something else: what does not begin like this needs no second look.
  const first = lines.find((line) => line.kind === "line" && line.from === "a");
  if (first?.kind !== "line" || !first.bytes.subarray(0, 4).equals(Buffer.from("GET "))) return undefined;
  const [asked, answered] = [textsOf(lines, "a"), textsOf(lines, "b")];
  if (!REQUEST.test(asked[0]?.text ?? "") || !SWITCHED.test(answered[0]?.text ?? "")) return undefined;
  // The server's frames are not masked (RFC 6455 section 5.1), so its words stand there as they are.
  const chosen = answered.findIndex(({ text }) => text.endsWith(NOISE));
  if (chosen === -1 || !answered.slice(0, chosen).some(({ text }) => text.endsWith(MULTISTREAM)))
    return undefined;
  const end = asked.findIndex(({ text }) => text === "\r");
  const clear = [...asked.slice(0, end + 1), ...answered.slice(0, chosen + 1)].map(({ line }) => line);
  return { clear: new Set(clear), clearBytes: sizeOf(clear), allBytes: sizeOf(lines) };
}

function textsOf(lines: readonly StreamLine[], from: "a" | "b"): { line: StreamLine; text: string }[] {
  return lines.flatMap((line) =>
    line.kind === "line" && line.from === from ? [{ line, text: line.bytes.toString("latin1") }] : [],
  );
}

function sizeOf(lines: readonly StreamLine[]): number {
  return lines.reduce(
    (sum, line) => sum + (line.kind === "missing" ? line.length : wireBytes(line).length),
    0,
  );
}
