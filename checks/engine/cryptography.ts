// The arithmetic and the ciphers of the peers that the checker plays, written from the protocol (P4 to P6) and the
// RFCs. It shares no code with the stages, so that a mistake there is not repeated here.

import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  getDiffieHellman,
  hkdfSync,
  randomBytes,
} from "node:crypto";

/** A Diffie-Hellman group (P4.2). */
export interface Group {
  name: string;
  prime: bigint;
  generator: bigint;
  /** The length of the prime, of every public key and of every shared secret, in bytes. */
  bytes: number;
}

/** Group 14 of RFC 3526. Node.js knows its prime under the name modp14. */
export const MODP2048: Group = {
  name: "modp2048",
  prime: BigInt(`0x${getDiffieHellman("modp14").getPrime("hex")}`),
  generator: 2n,
  bytes: 256,
};

export const TOY: Group = { name: "toy", prime: 23n, generator: 5n, bytes: 1 };

/** Computes base^exponent mod modulus by repeated squaring. */
export function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

/** Encodes a number in big-endian order, as long as the prime (P4.1, P4.5). */
export function encode(value: bigint, group: Group): Buffer {
  return Buffer.from(value.toString(16).padStart(2 * group.bytes, "0"), "hex");
}

export function decode(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString("hex")}`);
}

export function randomPrivateKey(): bigint {
  return decode(randomBytes(32));
}

function sha256(...parts: (string | Buffer)[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** The safety number of two public keys (P4.6). */
export function safetyNumber(one: Buffer, other: Buffer): string {
  const [smaller = one, larger = other] = [one, other].sort(Buffer.compare);
  return safetyNumberInOrder(smaller, larger);
}

/** The number that comes out if the keys are taken in this order. */
export function safetyNumberInOrder(first: Buffer, second: Buffer): string {
  const digest = sha256("p2p-chat safety number", first, second);
  const groups = [0, 1, 2, 3, 4, 5].map((i) => digest.readUIntBE(5 * i, 5) % 100_000);
  return groups.map((group) => String(group).padStart(5, "0")).join(" ");
}

/** The key of the toy cipher (P5.1). */
export function xorKey(sharedSecret: Buffer): Buffer {
  return sha256(sharedSecret);
}

/** Encrypts or decrypts with the toy cipher (P5.1). */
export function xor(bytes: Buffer, key: Buffer): Buffer {
  return Buffer.from(bytes.map((byte, index) => byte ^ (key[index % key.length] ?? 0)));
}

export interface SessionKeys {
  initiator: Buffer;
  responder: Buffer;
  /** The SHA-256 of the transcript. */
  transcript: Buffer;
}

/**
 * Derives the keys of a chat (P6.1).
 * @param handshake the four lines in the order of the clause, without LF
 */
export function sessionKeys(sharedSecret: Buffer, handshake: readonly string[]): SessionKeys {
  const transcript = sha256(handshake.map((line) => `${line}\n`).join(""));
  const material = Buffer.from(
    hkdfSync("sha256", sharedSecret, transcript, "p2p-chat 04 A256CBC-HS512", 128),
  );
  return { initiator: material.subarray(0, 64), responder: material.subarray(64), transcript };
}

/** A sealed line (P6.2). */
export interface SealedLine {
  type: "sealed";
  seq: number;
  iv: string;
  ciphertext: string;
  tag: string;
}

/** The tag of RFC 7518 section 5.2.2.1: HMAC-SHA-512 of A, IV, E and the bit length of A, cut to 32 bytes. */
export function tagOf(key: Buffer, seq: number, iv: Buffer, ciphertext: Buffer): Buffer {
  const additional = Buffer.alloc(8);
  additional.writeBigUInt64BE(BigInt(seq));
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(64n);
  const mac = createHmac("sha512", key.subarray(0, 32));
  return mac
    .update(Buffer.concat([additional, iv, ciphertext, length]))
    .digest()
    .subarray(0, 32);
}

/** A line with this ciphertext and a valid tag. The ciphertext may be anything. */
export function tagged(key: Buffer, seq: number, iv: Buffer, ciphertext: Buffer): SealedLine {
  return {
    type: "sealed",
    seq,
    iv: iv.toString("hex"),
    ciphertext: ciphertext.toString("hex"),
    tag: tagOf(key, seq, iv, ciphertext).toString("hex"),
  };
}

/** AES-256-CBC on whole blocks. The caller adds the padding. */
export function encryptBlocks(key: Buffer, iv: Buffer, blocks: Buffer): Buffer {
  const cipher = createCipheriv("aes-256-cbc", key.subarray(32), iv).setAutoPadding(false);
  return Buffer.concat([cipher.update(blocks), cipher.final()]);
}

/** Seals a line with A256CBC-HS512 (P6.2). */
export function seal(key: Buffer, seq: number, plaintext: Buffer, iv = randomBytes(16)): SealedLine {
  const cipher = createCipheriv("aes-256-cbc", key.subarray(32), iv);
  return tagged(key, seq, iv, Buffer.concat([cipher.update(plaintext), cipher.final()]));
}

/** Verifies the tag, and decrypts. */
export function open(key: Buffer, line: SealedLine): Buffer {
  const iv = Buffer.from(line.iv, "hex");
  const ciphertext = Buffer.from(line.ciphertext, "hex");
  if (tagOf(key, line.seq, iv, ciphertext).toString("hex") !== line.tag) throw new Error("wrong tag");
  const decipher = createDecipheriv("aes-256-cbc", key.subarray(32), iv);
  return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
}
