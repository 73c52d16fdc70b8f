// Says in words what a line says, and what is to be said of a whole stream. Pure.

import type { Stream } from "../read/packet.ts";
import { endpoint } from "./endpoint.ts";
import { type Libp2pStream, libp2pIn } from "./libp2p.ts";
import { explain, type Protocol } from "./protocols.ts";
import { readable } from "./readable.ts";
import type { StreamLine } from "./stream-lines.ts";
import { withoutCr } from "./team-tokens.ts";
import { timeOfToken, tokenOf } from "./tokens.ts";
import type { Unsealed } from "./unsealed.ts";

/** What a line says. */
export interface LineWords {
  text: string;
  /** Whether it can be read, is encrypted, or is no message. */
  kind: "plaintext" | "ciphertext" | "bad";
  /** Whether a key has opened it. */
  isDecrypted: boolean;
}

/** @param opened what a key has made of the line */
export function lineWords(
  line: Exclude<StreamLine, { kind: "missing" }>,
  opened: Unsealed | undefined,
): LineWords {
  const bad = (text: string): LineWords => ({ text, kind: "bad", isDecrypted: false });
  if (line.kind === "unfinished") return bad("(no LF: not a message)");
  if (opened !== undefined && "problem" in opened) return bad(`(${opened.problem})`);
  if (opened !== undefined) {
    const text = explain(opened.line) ?? readable(opened.line);
    return { text, kind: "plaintext", isDecrypted: true };
  }
  const token = tokenOf(withoutCr(line.bytes));
  const text = token === undefined ? explain(line.bytes) : undefined;
  const when = token === undefined ? "" : `, ${timeOfToken(token.seconds)}`;
  return text === undefined
    ? { text: `? (encrypted${when})`, kind: "ciphertext", isDecrypted: false }
    : { text, kind: "plaintext", isDecrypted: false };
}

/** What is to be said of the keys of a stream, in sentences; empty if nothing is. */
export function aboutStream(
  protocol: Protocol,
  lines: readonly StreamLine[],
  opened: ReadonlyMap<StreamLine, Unsealed>,
): string {
  if (protocol.name === "session") return aboutSession(lines, opened);
  const libp2p = protocol.name === "libp2p" ? libp2pIn(lines) : undefined;
  return libp2p === undefined ? "" : aboutLibp2p(libp2p);
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

/** What is to be said of a stream without any data. */
export function silenceWords({ unopened, a, b }: Stream): string {
  if (unopened === "refused")
    return `refused: ${endpoint(b)} has answered the SYN of ${endpoint(a)} with RST. No program was listening there.`;
  if (unopened === "unanswered")
    return `no answer: in this capture, ${endpoint(b)} has not answered the SYN.`;
  return "Nothing was said in this stream.";
}
