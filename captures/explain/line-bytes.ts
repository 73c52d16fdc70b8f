// Splits a line of the protocol into labelled ranges of bytes: the members of a JSON object, or plain text. Pure.

import { isUtf8 } from "node:buffer";
import { jsonOf } from "./protocols.ts";
import { MORE, readable } from "./readable.ts";

/** A range of bytes, and its meaning. */
export interface LabelledBytes {
  bytes: Buffer;
  /** Text that is safe to show. */
  label: string;
}

const LINE_FEED = 0x0a;

/** The longest text that a label repeats, in characters. */
const LONGEST_TEXT = 200;

/** The meaning of each member in the lines of P2 to P6, by type and name. `*` stands for any type. */
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
]);

/** @param line with its LF if it has one */
export function lineBytes(line: Buffer): LabelledBytes[] {
  const end = line.at(-1) === LINE_FEED ? line.length - 1 : line.length;
  const body = line.subarray(0, end);
  const ranges = objectBytes(body) ?? textBytes(body);
  if (end < line.length) ranges.push({ bytes: line.subarray(end), label: "LF: the end of the line" });
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
  if (!isUtf8(body)) return [{ bytes: body, label: "data that are no text" }];
  const text = readable(body);
  const more = text.length > LONGEST_TEXT ? MORE : "";
  return [{ bytes: body, label: `text: ${text.slice(0, LONGEST_TEXT)}${more}` }];
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
    const label = MEANINGS.get(`${type}.${name}`) ?? readable(Buffer.from(name)).slice(0, LONGEST_TEXT);
    ranges.push({ bytes: Buffer.from(text), label });
  }
  if (ranges.length === 0) return undefined;
  ranges.push({ bytes: Buffer.from("}"), label: "the end of the object" });
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
