// Who somebody is (P10.1): an Ed25519 key, its id and its peer id. This folder is a second implementation of P10, written
// from the protocol's text alone: it uses libp2p and node:crypto, and nothing of the stage's own files.

import { createHash, createPrivateKey, createPublicKey, randomBytes, sign, verify } from "node:crypto";

export interface Person {
  /** 32 bytes. */
  seed: Buffer;
  /** The public key, 32 bytes. */
  key: Buffer;
  /** 15 digits. */
  id: string;
  peerId: string;
  sign(message: Buffer): Buffer;
}

/** What stands before 32 raw bytes in PKCS #8 and in SubjectPublicKeyInfo (RFC 8410). */
const PRIVATE_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");
const PUBLIC_PREFIX = Buffer.from("302a300506032b6570032100", "hex");
/** A peer id is an identity multihash (0x00, 36 bytes) of a protobuf: key type 1, and 32 bytes of key. */
const PEER_ID_PREFIX = Buffer.from("002408011220", "hex");
const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

export function sha256(...parts: (string | Uint8Array)[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

export function idOf(key: Buffer): string {
  const start = sha256("p2p-chat 06 id", key).readBigUInt64BE(0);
  return String(start % 1_000_000_000_000_000n).padStart(15, "0");
}

export function peerIdOf(key: Buffer): string {
  return base58(Buffer.concat([PEER_ID_PREFIX, key]));
}

export function makePerson(seed: Buffer = randomBytes(32)): Person {
  const privateKey = createPrivateKey({
    key: Buffer.concat([PRIVATE_PREFIX, seed]),
    format: "der",
    type: "pkcs8",
  });
  const key = createPublicKey(privateKey).export({ format: "der", type: "spki" }).subarray(-32);
  const peerId = peerIdOf(key);
  return { seed, key, id: idOf(key), peerId, sign: (message) => sign(null, message, privateKey) };
}

export function isSignedBy(key: Buffer, message: Buffer, signature: Buffer): boolean {
  const spki = Buffer.concat([PUBLIC_PREFIX, key]);
  return verify(null, message, createPublicKey({ key: spki, format: "der", type: "spki" }), signature);
}

/** Base64 in its one canonical spelling; undefined for any other, or another length. */
export function base64Of(value: unknown, size: number): Buffer | undefined {
  if (typeof value !== "string") return undefined;
  const bytes = Buffer.from(value, "base64");
  return bytes.length === size && bytes.toString("base64") === value ? bytes : undefined;
}

/** A JSON object; undefined if the bytes are anything else. */
export function objectOf(bytes: Uint8Array | string): Record<string, unknown> | undefined {
  try {
    const text = typeof bytes === "string" ? bytes : new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? Object.fromEntries(Object.entries(value)) : undefined;
  } catch {
    return undefined;
  }
}

function base58(bytes: Buffer): string {
  let number = BigInt(`0x${bytes.toString("hex")}`);
  let text = "";
  for (; number > 0n; number /= 58n) text = (BASE58[Number(number % 58n)] ?? "") + text;
  for (const byte of bytes) {
    if (byte !== 0) break;
    text = `1${text}`;
  }
  return text;
}
