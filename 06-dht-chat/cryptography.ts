// What WebCrypto offers, in Node.js and in browsers, as functions of bytes: hashes, HKDF, AES-GCM, X25519, Ed25519.

import { type Bytes, concat, fromHex } from "./bytes.ts";

const subtle = globalThis.crypto.subtle;

/** A key of WebCrypto: browsers and Node.js declare its type in different places. */
type CryptoKey = Awaited<ReturnType<typeof globalThis.crypto.subtle.importKey>>;

/** Length of a key, a seed, a share and a hash, in bytes. */
export const KEY_BYTES = 32;

/** Length of an Ed25519 signature, in bytes (RFC 8032 section 5.1.6). */
export const SIGNATURE_BYTES = 64;

/** Length of an AES-GCM nonce, in bytes (NIST SP 800-38D section 5.2.1.1). */
export const NONCE_BYTES = 12;

/** Length of an AES-GCM tag, in bytes. It stands behind the ciphertext. */
export const TAG_BYTES = 16;

/** What stands before the 32 bytes of a private key in PKCS#8 (RFC 8410 section 7); only the kind of key differs. */
const PKCS8_ED25519 = "302e020100300506032b657004220420";
const PKCS8_X25519 = "302e020100300506032b656e04220420";

/** Bytes that nobody can guess. @param length at most 65,536 */
export function randomBytes(length: number): Bytes {
  return globalThis.crypto.getRandomValues(new Uint8Array(length));
}

/** SHA-256 of the parts, one after the other: 32 bytes. */
export async function sha256(...parts: readonly Uint8Array[]): Promise<Bytes> {
  return new Uint8Array(await subtle.digest("SHA-256", concat(...parts)));
}

/** A secret that keys are made from by HKDF. Its bytes cannot be had back. */
export function hkdfSecret(secret: Bytes): Promise<CryptoKey> {
  return subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
}

/** HKDF-SHA256 (RFC 5869). @returns `length` bytes, 32 unless told */
export async function hkdf(secret: CryptoKey, salt: Bytes, info: Bytes, length = KEY_BYTES): Promise<Bytes> {
  return new Uint8Array(
    await subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt, info }, secret, 8 * length),
  );
}

/** A key for AES-256-GCM. @param key 32 bytes */
export function aesGcmKey(key: Bytes): Promise<CryptoKey> {
  return subtle.importKey("raw", key, "AES-GCM", false, ["encrypt", "decrypt"]);
}

/** AES-256-GCM. @param nonce 12 bytes, never twice under one key @returns the ciphertext, and the tag behind it */
export async function aesGcmSeal(
  key: CryptoKey,
  nonce: Bytes,
  plaintext: Bytes,
  additionalData: Bytes = new Uint8Array(),
): Promise<Bytes> {
  return new Uint8Array(
    await subtle.encrypt({ name: "AES-GCM", iv: nonce, additionalData, tagLength: 128 }, key, plaintext),
  );
}

/** The way back. @returns undefined if key, nonce, additional data, ciphertext and tag do not belong together */
export async function aesGcmOpen(
  key: CryptoKey,
  nonce: Bytes,
  sealed: Bytes,
  additionalData: Bytes = new Uint8Array(),
): Promise<Bytes | undefined> {
  if (sealed.length < TAG_BYTES) return undefined;
  try {
    return new Uint8Array(
      await subtle.decrypt({ name: "AES-GCM", iv: nonce, additionalData, tagLength: 128 }, key, sealed),
    );
  } catch {
    return undefined;
  }
}

/** A private X25519 key and what the other side gets of it: the public key, 32 bytes (RFC 7748). */
export interface Share {
  readonly privateKey: CryptoKey;
  readonly share: Bytes;
}

/** A fresh one, for one stream. The private key never leaves WebCrypto. */
export async function makeShare(): Promise<Share> {
  const pair = await subtle.generateKey("X25519", false, ["deriveBits"]);
  if (!("publicKey" in pair)) throw new TypeError("WebCrypto made one X25519 key where two were due");
  return {
    privateKey: pair.privateKey,
    share: new Uint8Array(await subtle.exportKey("raw", pair.publicKey)),
  };
}

/** A private X25519 key of known bytes, for known answers. @param bytes 32 */
export function x25519PrivateKey(bytes: Bytes): Promise<CryptoKey> {
  return subtle.importKey("pkcs8", pkcs8(PKCS8_X25519, bytes), "X25519", false, ["deriveBits"]);
}

/**
 * The secret that both sides get, 32 bytes (RFC 7748 section 6.1).
 * @returns undefined for a share that is not 32 bytes, and if the secret is all zeros: then anybody knows it
 */
export async function agree(privateKey: CryptoKey, share: Bytes): Promise<Bytes | undefined> {
  if (share.length !== KEY_BYTES) return undefined;
  try {
    const publicKey = await subtle.importKey("raw", share, "X25519", false, []);
    const secret = new Uint8Array(
      await subtle.deriveBits({ name: "X25519", public: publicKey }, privateKey, 8 * KEY_BYTES),
    );
    return secret.every((byte) => byte === 0) ? undefined : secret;
  } catch {
    // Most implementations refuse such a share themselves.
    return undefined;
  }
}

/** The private Ed25519 key of a seed of 32 bytes (RFC 8032 section 5.1.5). */
export function ed25519PrivateKey(seed: Bytes): Promise<CryptoKey> {
  return subtle.importKey("pkcs8", pkcs8(PKCS8_ED25519, seed), "Ed25519", false, ["sign"]);
}

/** The public key of a seed: 32 bytes. */
export async function ed25519PublicKey(seed: Bytes): Promise<Bytes> {
  const privateKey = await subtle.importKey("pkcs8", pkcs8(PKCS8_ED25519, seed), "Ed25519", true, ["sign"]);
  const { x = "" } = await subtle.exportKey("jwk", privateKey);
  const text = atob(x.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** An Ed25519 signature: 64 bytes. */
export async function ed25519Sign(privateKey: CryptoKey, message: Bytes): Promise<Bytes> {
  return new Uint8Array(await subtle.sign("Ed25519", privateKey, message));
}

/** Whether WebCrypto takes the signature for one of this key over this message. */
export async function ed25519Verify(publicKey: Bytes, message: Bytes, signature: Bytes): Promise<boolean> {
  try {
    const key = await subtle.importKey("raw", publicKey, "Ed25519", false, ["verify"]);
    return await subtle.verify("Ed25519", key, signature, message);
  } catch {
    // Some implementations do not import 32 bytes that are no point of the curve.
    return false;
  }
}

function pkcs8(prefix: string, privateKey: Bytes): Bytes {
  if (privateKey.length !== KEY_BYTES)
    throw new RangeError(`a private key of ${privateKey.length} bytes: it must have ${KEY_BYTES}`);
  return concat(fromHex(prefix) ?? new Uint8Array(), privateKey);
}
