// Recognises which protocol of the course a stream speaks, and explains its lines (P1 to P6, P9). Pure.

import { type FrameHeader, frameHeaderOf, isFrameEnd } from "./frames.ts";
import { libp2pIn } from "./libp2p.ts";
import { MORE, readable } from "./readable.ts";
import type { Side, StreamLine } from "./stream-lines.ts";
import { tokenOf } from "./tokens.ts";
import type { Unsealed } from "./unsealed.ts";

/** The protocol of a stream. */
export type Protocol =
  | { name: "calculator" }
  /** A client and the registry. The username is undefined if the client has not registered. */
  | { name: "registry"; username: string | undefined }
  /** Two peers, with the names from their hellos. */
  | { name: "peers"; stage: string; initiator: string; responder: string | undefined }
  /** Two peers of stage 05: the names in their hellos if these are opened, else the addresses in their frames. */
  | { name: "session"; team: string; initiator: string; responder: string | undefined }
  /** A connection of stage 06 to one of its nodes. Who is inside, nobody can tell. */
  | { name: "libp2p" }
  | { name: "unknown" };

/** The JSON object in a line. Its members may be anything, because anybody may have sent it. */
export type JsonLine = Readonly<Record<string, unknown>>;

/** No line of our protocols is longer (P0.3). A capture may be made of one that is, and parsing it would need far more memory. */
const LONGEST_LINE = 4_194_304;

/** The JSON object in a line; undefined if the line holds none. */
export function jsonOf(bytes: Buffer): JsonLine | undefined {
  if (bytes[0] !== 0x7b || bytes.length > LONGEST_LINE) return undefined; // The lines of our protocols begin with "{".
  try {
    const value: unknown = JSON.parse(bytes.toString("utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as JsonLine)
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Recognises the protocol by its first lines. The ports do not matter.
 * @param opened what keys have opened, if there are any
 */
export function recognise(
  lines: readonly StreamLine[],
  opened: ReadonlyMap<StreamLine, Unsealed> = new Map(),
): Protocol {
  const first = (from: Side): Buffer | undefined => {
    const line = lines.find((candidate) => candidate.kind === "line" && candidate.from === from);
    return line?.kind === "line" ? line.bytes : undefined;
  };
  const [fromA, fromB] = [first("a"), first("b")];
  const header = fromA && frameHeaderOf(fromA);
  if (header !== undefined) return sessionOf(header, fromB && frameHeaderOf(fromB), opened);
  const [a, b] = [fromA && jsonOf(fromA), fromB && jsonOf(fromB)];
  if (a?.type === "hello") {
    return {
      name: "peers",
      stage: text(a.stage),
      initiator: text(a.from),
      responder: b?.type === "hello" ? text(b.from) : text(a.to),
    };
  }
  if (a !== undefined && ["register", "list", "lookup", "leave"].includes(text(a.type))) {
    return { name: "registry", username: typeof a.username === "string" ? text(a.username) : undefined };
  }
  if (fromB !== undefined && /^(?:= |error: )/.test(fromB.toString("latin1"))) return { name: "calculator" };
  return { name: libp2pIn(lines) === undefined ? "unknown" : "libp2p" };
}

function sessionOf(
  a: FrameHeader,
  b: FrameHeader | undefined,
  opened: ReadonlyMap<StreamLine, Unsealed>,
): Protocol {
  const names: Partial<Record<Side, string>> = {};
  for (const [{ from }, inside] of opened) {
    const hello = "line" in inside ? jsonOf(inside.line) : undefined;
    if (hello?.type === "hello") names[from] ??= text(hello.from);
  }
  return {
    name: "session",
    team: a.team,
    initiator: names.a ?? a.address,
    responder: names.b ?? b?.address,
  };
}

/** Names for the two ends, to show to people. */
export function namesOf(protocol: Protocol): Readonly<Record<Side, string>> {
  switch (protocol.name) {
    case "calculator":
      return { a: "client", b: "calculator" };
    case "registry":
      return { a: protocol.username ?? "client", b: "registry" };
    case "peers":
    case "session":
      return { a: protocol.initiator, b: protocol.responder ?? "?" };
    case "libp2p":
      return { a: "a", b: "node" };
    case "unknown":
      return { a: "a", b: "b" };
  }
}

/** The decoded member `ciphertext` of a line, or the ciphertext in a token; undefined if there is none. */
export function ciphertextOf(bytes: Buffer): Buffer | undefined {
  const token = tokenOf(bytes);
  if (token !== undefined) return token.ciphertext;
  const object = jsonOf(bytes);
  if (object === undefined || (object.type !== "xored" && object.type !== "sealed")) return undefined;
  const { ciphertext } = object;
  return typeof ciphertext === "string" && /^(?:[0-9a-f]{2})*$/.test(ciphertext)
    ? Buffer.from(ciphertext, "hex")
    : undefined;
}

/** Explains a line in words; undefined if that needs the key. */
export function explain(bytes: Buffer): string | undefined {
  const object = jsonOf(bytes);
  if (object === undefined) return explainFrame(bytes);
  switch (object.type) {
    case "xored":
    case "sealed":
      return undefined;
    case "message":
      return text(object.text);
    case "ack":
      return `(message ${text(object.id)} has arrived)`;
    case "bye":
      return object.reason === undefined ? "(goodbye)" : `(goodbye: ${text(object.reason)})`;
    case "hello":
      return object.stage === "05"
        ? helloWords(object)
        : `(I am ${text(object.from)}, are you ${text(object.to)}?)`;
    case "key":
      return `(my public key, group ${text(object.group)})`;
    case "error":
      return `(error ${text(object.code)}: ${text(object.message)})`;
    case "register":
      return `(I am ${text(object.username)}, call me on port ${text(object.port)})`;
    case "registered":
      return `(you are ${text(object.username)})`;
    case "list":
      return "(who is there?)";
    case "users":
      return `(these are: ${Array.isArray(object.users) ? object.users.map((user) => text(user?.username)).join(", ") : ""})`;
    case "lookup":
      return `(where is ${text(object.username)}?)`;
    case "user":
      return `(${text(object.username)} is at ${text(object.host)}:${text(object.port)})`;
    case "joined":
    case "left":
      return `(${text(object.username)} has ${object.type})`;
    default:
      return `(${text(object.type)})`;
  }
}

/** In stage 05, a hello names the key that is called, or none, and holds a public key for this session. */
function helloWords(object: JsonLine): string {
  const called = text(object.to) === "" ? "" : `, I call the key ${text(object.to).slice(0, 8)}${MORE}`;
  return `(I am ${text(object.from)}, at ${text(object.address)}${called}; my public key, group ${text(object.group)})`;
}

/** A line of a frame; undefined if it is a token. */
function explainFrame(bytes: Buffer): string | undefined {
  const header = frameHeaderOf(bytes);
  if (header !== undefined) return `(a frame of ${header.address}, team ${header.team})`;
  if (isFrameEnd(bytes)) return "(the end of the frame)";
  return tokenOf(bytes) === undefined ? readable(bytes) : undefined;
}

/** A member of an object, as text that is safe to show. */
function text(value: unknown): string {
  if (typeof value === "string") return readable(Buffer.from(value));
  return typeof value === "number" ? String(value) : "?";
}
