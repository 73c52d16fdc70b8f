// One line of a chat as stages 02, 03 and 04 put it on the wire, and what can be measured of it without a key. Pure.

import { toHex } from "../bytes.ts";
import { BLOCK_BYTES } from "./aes-modes.ts";
import { KEY_BYTES } from "./crib.ts";

type Bytes = Uint8Array<ArrayBuffer>;

export type StageName = "02" | "03" | "04";

/** The keys of a chat: of the toy cipher (P5.1), of AES and of the tag (P6.3). */
export interface ChatKeys {
  toy: Bytes;
  aes: CryptoKey;
  tag: CryptoKey;
}

/** A line on the wire. */
export interface WireLine {
  /** The whole line. */
  json: string;
  /** The bytes that stand for the text: the line itself, or its ciphertext. */
  bytes: Bytes;
}

/** What a chat says: a message with its number (P3). */
export function messageLine(id: number, text: string): string {
  return JSON.stringify({ type: "message", id, text });
}

/** Fresh keys, that nobody sees. */
export async function drawChatKeys(): Promise<ChatKeys> {
  return importChatKeys(
    crypto.getRandomValues(new Uint8Array(KEY_BYTES)),
    crypto.getRandomValues(new Uint8Array(64)),
  );
}

/** @param sealing 64 bytes: the first half for the tag, the second for AES (RFC 7518, section 5.2.2.1) */
export async function importChatKeys(toy: Bytes, sealing: Bytes): Promise<ChatKeys> {
  const hmac = { name: "HMAC", hash: "SHA-512" };
  return {
    toy,
    aes: await crypto.subtle.importKey("raw", sealing.slice(32), "AES-CBC", false, ["encrypt"]),
    tag: await crypto.subtle.importKey("raw", sealing.slice(0, 32), hmac, false, ["sign"]),
  };
}

/**
 * Puts a line on the wire, as a stage does.
 * @param sequenceNumber counts the lines of stage 04, from 0
 * @param iv for stage 04: 16 bytes, fresh for every line
 */
export async function onTheWire(
  stage: StageName,
  line: string,
  keys: ChatKeys,
  sequenceNumber: number,
  iv: Bytes = crypto.getRandomValues(new Uint8Array(BLOCK_BYTES)),
): Promise<WireLine> {
  const text = new TextEncoder().encode(line);
  if (stage === "02") return { json: line, bytes: text };
  if (stage === "03") {
    const bytes = text.map((byte, i) => byte ^ (keys.toy[i % KEY_BYTES] ?? 0));
    return { json: JSON.stringify({ type: "xored", ciphertext: toHex(bytes) }), bytes };
  }
  const bytes = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-CBC", iv }, keys.aes, text));
  const tag = await tagOf(keys.tag, sequenceNumber, iv, bytes);
  const sealed = {
    type: "sealed",
    seq: sequenceNumber,
    iv: toHex(iv),
    ciphertext: toHex(bytes),
    tag: toHex(tag),
  };
  return { json: JSON.stringify(sealed), bytes };
}

/** HMAC-SHA-512 over the number, the IV, the ciphertext and the number's length in bits; the first half (RFC 7518, section 5.2.2.1). */
async function tagOf(key: CryptoKey, sequenceNumber: number, iv: Bytes, ciphertext: Bytes): Promise<Bytes> {
  const [number, length] = [eightBytes(sequenceNumber), eightBytes(64)];
  const text = Uint8Array.from([...number, ...iv, ...ciphertext, ...length]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, text)).subarray(0, 32);
}

function eightBytes(integer: number): Bytes {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(integer));
  return bytes;
}

// What can be measured, as npm run show -- --stats does.

/** The share of bytes that are printable ASCII, tab, LF or CR: from 0 to 1, and 0 for no bytes. */
export function printableShare(bytes: Bytes): number {
  const printable = bytes.filter(
    (byte) => (byte >= 0x20 && byte <= 0x7e) || [0x09, 0x0a, 0x0d].includes(byte),
  );
  return bytes.length === 0 ? 0 : printable.length / bytes.length;
}

/** The entropy of the byte values (Shannon 1948, section 6), in bits per byte. n bytes have at most log2(n). */
export function entropy(bytes: Bytes): number {
  const counts = new Map<number, number>();
  for (const byte of bytes) counts.set(byte, (counts.get(byte) ?? 0) + 1);
  const shares = [...counts.values()].map((count) => count / bytes.length);
  return Math.max(0, -shares.reduce((sum, share) => sum + share * Math.log2(share), 0)); // Makes 0 of -0.
}

/** For each place of two lines, whether the same byte stands there. */
export function samePlaces(one: Bytes, other: Bytes): boolean[] {
  return Array.from(one, (byte, i) => byte === other[i]);
}
