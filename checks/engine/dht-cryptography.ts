// What stage 06 is made of (P10), computed by the checker itself with node:crypto: ids, cards, signed records, keys of
// streams. Nothing here comes from the stage. Pure.

import { createHash, createPrivateKey, createPublicKey, hkdfSync, type KeyObject, sign } from "node:crypto";

/** Somebody whom the checker plays. */
export interface DhtIdentity {
  /** 15 digits. */
  readonly id: string;
  /** Ed25519, 32 bytes. */
  readonly publicKey: Buffer;
  readonly privateKey: KeyObject;
  /** libp2p's name of the key, in base 58. */
  readonly peerId: string;
}

/** What stands before the 32 bytes of an Ed25519 seed in PKCS#8 (RFC 8410 section 7). */
const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");

/** What stands before the key in a peer id: a multihash "identity" of 36 bytes, in it an Ed25519 key in protobuf. */
const PEER_ID = Buffer.from("002408011220", "hex");

const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** @param seed 32 bytes */
export function identityOf(seed: Buffer): DhtIdentity {
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: "der", type: "pkcs8" });
  const { x = "" } = createPublicKey(privateKey).export({ format: "jwk" });
  const publicKey = Buffer.from(x, "base64url");
  return { id: idOf(publicKey), publicKey, privateKey, peerId: peerIdOf(publicKey) };
}

/** P10.1. */
export function idOf(publicKey: Buffer): string {
  const number = sha256("p2p-chat 06 id", publicKey).readBigUInt64BE(0);
  return (number % 10n ** 15n).toString().padStart(15, "0");
}

export function peerIdOf(publicKey: Buffer): string {
  let number = BigInt(`0x${Buffer.concat([PEER_ID, publicKey]).toString("hex")}`);
  let text = "";
  for (; number > 0n; number /= 58n) text = BASE58.charAt(Number(number % 58n)) + text;
  // A zero byte in front is a 1 in front.
  return `1${text}`;
}

/** The code of a card: the secret and its check bytes in Crockford's base32 (P10.2). */
export function cardCode(id: string, secret: Buffer, check: Buffer = checkBytesOf(id, secret)): string {
  return toCrockford(Buffer.concat([secret, check]));
}

/** The three check bytes of a card (P10.2). */
export function checkBytesOf(id: string, secret: Buffer): Buffer {
  return sha256("p2p-chat 06 card", id, secret).subarray(0, 3);
}

/** @param bytes whose bits are a multiple of 5 */
export function toCrockford(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return bits.replace(/.{5}/g, (five) => CROCKFORD.charAt(Number.parseInt(five, 2)));
}

/** What is signed over the body of a record (P10.3). */
export const RECORD_LABEL = "p2p-chat 06 record\0";

/** A record as it stands in the table. @param signer whose signature it has. @param signed what they have signed */
export function signedRecord(
  body: string,
  signer: DhtIdentity,
  signed: string | Buffer = `${RECORD_LABEL}${body}`,
): Buffer {
  const signature = sign(null, Buffer.from(signed), signer.privateKey).toString("base64");
  return Buffer.from(JSON.stringify({ body, signature }));
}

/** A hello with its length before it, as P10.6 has it in the salt. */
export function withLength(hello: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(hello.length);
  return Buffer.concat([length, hello]);
}

/** A key of 32 bytes by HKDF-SHA256 (RFC 5869). */
export function hkdfKey(secret: Buffer, salt: Buffer, info: string): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, salt, info, 32));
}

export function sha256(...parts: readonly (string | Buffer)[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}
