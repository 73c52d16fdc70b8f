// Splits a line of the protocol into labelled ranges of bytes: the members of a JSON object, or plain text. Pure.

import { isUtf8 } from "node:buffer";
import { frameHeaderOf, isFrameEnd } from "./frames.ts";
import { jsonOf } from "./protocols.ts";
import { MORE, readable } from "./readable.ts";
import { tokenParts } from "./tokens.ts";

/** A range of bytes, and its meaning. */
export interface LabelledBytes {
  bytes: Buffer;
  /** Text that is safe to show. */
  label: string;
  /** Which part of a line it is, for the tables that know more of it (looks.ts, clauses.ts). */
  part?: LinePart;
}

/** A part of a line: the member of an object, by the object's type; or of a `token`, a `frame`, a `line`. */
export interface LinePart {
  of: string;
  name: string;
}

const LINE_FEED = 0x0a;

/** The longest text that a label repeats, in characters. */
const LONGEST_TEXT = 200;

/** The meaning of each member in the lines of P2 to P6, and in what P8 and P9 seal, by type and name. `*` stands for any type. */
const MEANINGS: ReadonlyMap<string, string> = new Map([
  ["hello.type", "type: the first line of each side"],
  ["hello.stage", "stage: the two must be of the same one"],
  ["hello.from", "from: who speaks"],
  ["hello.to", "to: whom they want to talk to"],
  ["key.type", "type: half of a Diffie-Hellman exchange"],
  ["key.group", "group: which prime p and generator g"],
  ["key.publicKey", "publicKey: g to the power of a secret, modulo p, in hexadecimal digits"],
  ["sealed.type", "type: a line that is encrypted and authenticated"],
  ["sealed.seq", "seq: its number in this direction, from 0, in clear"],
  ["sealed.iv", "iv: 16 random bytes, fresh for every line"],
  ["sealed.ciphertext", "ciphertext: the line itself, encrypted with AES-256-CBC"],
  ["sealed.tag", "tag: 32 bytes that nobody without the MAC key can compute"],
  ["xored.type", "type: a line that is XORed with the key"],
  ["xored.ciphertext", "ciphertext: the line itself, XORed with the key"],
  ["message.type", "type: something to read"],
  ["message.id", "id: its number in this direction, from 1"],
  ["message.text", "text: what was said"],
  ["ack.type", "type: an acknowledgement"],
  ["ack.id", "id: of the message that has arrived"],
  ["register.type", "type: a request to the registry"],
  ["register.username", "username: the name it wants"],
  ["register.port", "port: where it listens for calls"],
  ["user.host", "host: the address that the registry sees"],
  ["user.port", "port: where it listens for calls"],
  [".body", "body: a JSON text, exactly as it was signed"],
  [".signature", "signature: RSA-PSS over the body, base64"],
  ...["beacon", "bye"].flatMap((type): [string, string][] => [
    [`${type}.type`, type === "bye" ? "type: a goodbye" : "type: I am here"],
    [`${type}.name`, "name: what the sender is called, as they say"],
    [`${type}.team`, "team: the key was made for this team, too"],
    [`${type}.address`, "address: where the sender can be called"],
    [`${type}.session`, "session: when the program started, in milliseconds since 1970"],
    [`${type}.seq`, "seq: counts the tokens of the session, from 1"],
    [`${type}.key`, "key: the sender's public key, which stays; base64"],
  ]),
  ["hello.team", "team: the two must be of the same one"],
  ["hello.address", "address: where the sender can be called"],
  ["hello.nonce", "nonce: drawn for this session; nobody answers one twice"],
  ["hello.group", "group: which prime p and generator g"],
  ["hello.publicKey", "publicKey: g to the power of a secret of this session, modulo p"],
  ["letter.type", "type: a letter, for who is away"],
  ["letter.body", "body: a JSON text, exactly as it was signed"],
  ["letter.signature", "signature: of the writer, over the body, base64"],
  ["message.from", "from: the fingerprint of the writer's key"],
  ["message.to", "to: the fingerprint of the recipient's key"],
  [".to", "to: the fingerprint of the recipient's key"],
  [".from", "from: the fingerprint of the writer's key"],
  [".sent", "sent: when, in milliseconds since 1970"],
  [".key", "key: a fresh key of 32 bytes, sealed with RSA for the recipient alone"],
  [".token", "token: under that key; the text is in it"],
]);

/** @param line with its LF if it has one */
export function lineBytes(line: Buffer): LabelledBytes[] {
  const end = line.at(-1) === LINE_FEED ? line.length - 1 : line.length;
  const body = line.subarray(0, end);
  const ranges = objectBytes(body) ?? tokenBytes(body) ?? frameBytes(body) ?? textBytes(body);
  const part = { of: "line", name: "lf" };
  if (end < line.length) ranges.push({ bytes: line.subarray(end), label: "LF: the end of the line", part });
  else ranges.push({ bytes: Buffer.alloc(0), label: "(no LF: the line does not end in this packet)" });
  return ranges;
}

/** Labels the data of a segment, line by line. Together, the ranges are the data. */
export function dataBytes(data: Buffer): LabelledBytes[] {
  const ranges: LabelledBytes[] = [];
  let start = 0;
  while (start < data.length) {
    const lineFeed = data.indexOf(LINE_FEED, start);
    const end = lineFeed === -1 ? data.length : lineFeed + 1;
    ranges.push(...lineBytes(data.subarray(start, end)));
    start = end;
  }
  return ranges;
}

function textBytes(body: Buffer): LabelledBytes[] {
  if (body.length === 0) return [];
  if (!isUtf8(body))
    return [{ bytes: body, label: "data that are no text", part: { of: "line", name: "data" } }];
  const text = readable(body);
  const more = text.length > LONGEST_TEXT ? MORE : "";
  const part = { of: "line", name: "text" };
  return [{ bytes: body, label: `text: ${text.slice(0, LONGEST_TEXT)}${more}`, part }];
}

/** The parts of a token; a CR behind it stays with it. */
function tokenBytes(body: Buffer): LabelledBytes[] | undefined {
  const hasCr = body.at(-1) === 0x0d;
  const parts = tokenParts(hasCr ? body.subarray(0, -1) : body);
  return parts === undefined || !hasCr
    ? parts
    : [...parts, { bytes: body.subarray(-1), label: "CR", part: { of: "line", name: "cr" } }];
}

/** The first and the last line of a frame (P9.1). */
function frameBytes(body: Buffer): LabelledBytes[] | undefined {
  const header = frameHeaderOf(body);
  if (header !== undefined)
    return [
      {
        bytes: body,
        label: `frame: from ${header.address} (so they say), team ${header.team}`,
        part: { of: "frame", name: "header" },
      },
    ];
  return isFrameEnd(body)
    ? [{ bytes: body, label: "frame: its end", part: { of: "frame", name: "end" } }]
    : undefined;
}

/** Labels what a token has held: a JSON object; and inside of a body that is signed, its own members. */
export function plaintextBytes(plaintext: Buffer): LabelledBytes[] {
  return objectBytes(plaintext) ?? textBytes(plaintext);
}

/** Labels a datagram's data: a token, or whatever they are. Together, the ranges are the data. */
export function datagramBytes(data: Buffer): LabelledBytes[] {
  return tokenParts(data) ?? objectBytes(data) ?? textBytes(data);
}

/** The labelled members of a JSON object without blanks between them; undefined if the bytes hold none. */
function objectBytes(body: Buffer): LabelledBytes[] | undefined {
  const object = jsonOf(body);
  if (object === undefined) return undefined;
  const type = typeof object.type === "string" ? object.type : "";
  const ranges: LabelledBytes[] = [];
  for (const [name, value] of Object.entries(object)) {
    const written = writtenAs(value);
    if (written === undefined) return undefined;
    const text = `${ranges.length === 0 ? "{" : ","}${JSON.stringify(name)}:${written}`;
    const isDrawn = name === "id" && typeof value === "string";
    const known = isDrawn
      ? "id: drawn by the writer, of all messages the only one"
      : MEANINGS.get(`${type}.${name}`);
    const label = known ?? readable(Buffer.from(name)).slice(0, LONGEST_TEXT);
    ranges.push({ bytes: Buffer.from(text), label, part: { of: type, name } });
  }
  if (ranges.length === 0) return undefined;
  const part = { of: "line", name: "end-of-object" };
  ranges.push({ bytes: Buffer.from("}"), label: "the end of the object", part });
  const whole = Buffer.concat(ranges.map(({ bytes }) => bytes));
  return whole.equals(body) ? ranges : undefined;
}

/** Undefined if the value is nested too deeply to be written. Anybody may have sent it. */
function writtenAs(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
