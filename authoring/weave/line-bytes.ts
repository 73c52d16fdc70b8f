// Splits a line of the protocol into labelled ranges of bytes: the members of a JSON object, or plain text. Pure.

import { readable } from "../../captures/explain/readable.ts";
import type { LabelledBytes } from "./labelled-bytes.ts";

const LINE_FEED = 0x0a;

/** The meaning of each member in the lines of P2 to P6, by type and name. `*` stands for any type. */
const MEANINGS: ReadonlyMap<string, string> = new Map([
  ["hello.type", "type: the first line of each side"],
  ["hello.stage", "stage: the two must be of the same one"],
  ["hello.from", "from: who speaks"],
  ["hello.to", "to: whom they take the other for"],
  ["key.type", "type: half of a Diffie-Hellman exchange"],
  ["key.group", "group: which prime p and generator g"],
  ["key.publicKey", "publicKey: g to the power of a secret, modulo p, in hexadecimal digits"],
  ["sealed.type", "type: a line that is encrypted and authenticated"],
  ["sealed.seq", "seq: its number in this direction, from 0, in clear"],
  ["sealed.iv", "iv: 16 random bytes, fresh for every line"],
  ["sealed.ciphertext", "ciphertext: the line itself, encrypted with AES-256-CBC"],
  ["sealed.tag", "tag: 32 bytes that nobody can compute without the MAC key"],
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
  else ranges.push({ bytes: Buffer.alloc(0), label: "(no LF: the line goes on in another packet)" });
  return ranges.filter(({ bytes, label }) => bytes.length > 0 || label !== "");
}

function textBytes(body: Buffer): LabelledBytes[] {
  return body.length === 0 ? [] : [{ bytes: body, label: `text: ${readable(body)}` }];
}

/** The labelled members of a JSON object without blanks between them; undefined if the bytes hold none. */
function objectBytes(body: Buffer): LabelledBytes[] | undefined {
  const object = parse(body.toString());
  if (object === undefined) return undefined;
  const entries = Object.entries(object);
  const ranges: LabelledBytes[] = [];
  for (const [index, [name, value]] of entries.entries()) {
    const text = `${index === 0 ? "{" : ","}${JSON.stringify(name)}:${JSON.stringify(value)}`;
    const meaning = MEANINGS.get(`${object.type}.${name}`) ?? name;
    ranges.push({ bytes: Buffer.from(text), label: meaning });
  }
  ranges.push({ bytes: Buffer.from("}"), label: "the end of the object" });
  const written = Buffer.concat(ranges.map(({ bytes }) => bytes));
  return written.equals(body) ? ranges : undefined;
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
