// Who somebody is (P8.2): an RSA key that stays. With it they sign (PSS), and others seal keys for them (OAEP).

import {
  constants,
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  sign as signBytes,
  verify as verifyBytes,
} from "node:crypto";
import { promisify } from "node:util";
import { encodeBase64Url } from "./base64.ts";

/** Somebody's public key. */
export interface PublicIdentity {
  /** The SubjectPublicKeyInfo: 294 bytes. */
  readonly der: Buffer;
  readonly key: KeyObject;
  /** SHA-256 of it, base64url without padding: 43 characters. */
  readonly fingerprint: string;
}

/** One's own key. */
export interface Identity extends PublicIdentity {
  readonly privateKey: KeyObject;
}

const MODULUS_BITS = 2048;
const PUBLIC_EXPONENT = 65537;
/** An RSA signature and a sealed key are as long as the modulus. */
const RSA_BYTES = MODULUS_BITS / 8;
const SALT_BYTES = 32;
const SEALED_KEY_BYTES = 32;

/** What stands in a SubjectPublicKeyInfo (RFC 5280, section 4.1; RFC 8017, appendix A.1.1) before and after the modulus. */
const BEFORE_MODULUS = Buffer.from(
  "30820122300d06092a864886f70d01010105000382010f003082010a0282010100",
  "hex",
);
const AFTER_MODULUS = Buffer.from("0203010001", "hex");
const DER_BYTES = BEFORE_MODULUS.length + RSA_BYTES + AFTER_MODULUS.length;

/**
 * Says if these bytes have the one form that a public key has (P8.2): 2,048 bits, e = 65537. One key with two spellings
 * would have two fingerprints, and be taken for two people.
 */
export function hasKeyForm(der: Buffer): boolean {
  return (
    der.length === DER_BYTES &&
    der.subarray(0, BEFORE_MODULUS.length).equals(BEFORE_MODULUS) &&
    der.subarray(BEFORE_MODULUS.length + RSA_BYTES).equals(AFTER_MODULUS) &&
    der.readUInt8(BEFORE_MODULUS.length) >= 0x80
  );
}

/** The public key in these bytes; undefined if they do not have its form. */
export function parsePublicKey(der: Buffer): PublicIdentity | undefined {
  if (!hasKeyForm(der)) return undefined;
  try {
    const key = createPublicKey({ key: der, format: "der", type: "spki" });
    return { der: Buffer.from(der), key, fingerprint: fingerprintOf(der) };
  } catch {
    return undefined;
  }
}

/** The fingerprint of a SubjectPublicKeyInfo, or of bytes that claim to be one. */
export function fingerprintOf(der: Buffer): string {
  return encodeBase64Url(createHash("sha256").update(der).digest());
}

/** 43 letters of base64url that 32 bytes can have: the last one has two bits that are always 0. */
export function isFingerprint(value: unknown): value is string {
  return typeof value === "string" && /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/.test(value);
}

/** Draws a new key. That takes between a tenth of a second and some seconds, during which other things go on. */
export async function makeIdentity(): Promise<Identity> {
  const options = { modulusLength: MODULUS_BITS, publicExponent: PUBLIC_EXPONENT };
  const { privateKey } = await promisify(generateKeyPair)("rsa", options);
  const identity = identityWith(privateKey);
  if (identity === undefined) throw new Error("the key that was drawn has another form than P8.2 says");
  return identity;
}

/** The private key as PKCS#8 in PEM: what stands in identity.pem. */
export function pemOf(identity: Identity): string {
  return identity.privateKey.export({ format: "pem", type: "pkcs8" }).toString();
}

/**
 * The key in a PEM text (PKCS#8). It is tried out once, because a damaged key can look right.
 * @returns undefined if it is no RSA key as P8.2 says, encrypted, or damaged
 */
export function identityOf(pem: string): Identity | undefined {
  if (!pem.startsWith("-----BEGIN PRIVATE KEY-----")) return undefined;
  try {
    const identity = identityWith(createPrivateKey({ key: pem, format: "pem" }));
    if (identity === undefined) return undefined;
    const probe = Buffer.from("does this key work?");
    return isSignedBy(identity, "probe", probe, sign(identity, "probe", probe)) ? identity : undefined;
  } catch {
    return undefined;
  }
}

function identityWith(privateKey: KeyObject): Identity | undefined {
  const der = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  const publicIdentity = parsePublicKey(der);
  return publicIdentity === undefined ? undefined : { ...publicIdentity, privateKey };
}

/**
 * Signs with RSA-PSS (RFC 8017, section 8.1), SHA-256 and a salt of 32 bytes: 256 bytes. The label says what the
 * signature is for, so that one made for a beacon proves nothing in a handshake.
 */
export function sign(identity: Identity, label: string, message: Buffer): Buffer {
  return signBytes("sha256", labelled(label, message), { key: identity.privateKey, ...PSS });
}

/** Says if this key has signed the message under this label. Any other bytes, of any length, are no signature. */
export function isSignedBy(
  identity: PublicIdentity,
  label: string,
  message: Buffer,
  signature: Buffer,
): boolean {
  if (signature.length !== RSA_BYTES) return false;
  return verifyBytes("sha256", labelled(label, message), { key: identity.key, ...PSS }, signature);
}

const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: SALT_BYTES };

function labelled(label: string, message: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${label}\0`, "ascii"), message]);
}

/** Encrypts a key of 32 bytes with RSA-OAEP (RFC 8017, section 7.1; SHA-256, MGF1 with SHA-256, no label): 256 bytes. */
export function sealKey(to: PublicIdentity, key: Buffer): Buffer {
  return publicEncrypt({ key: to.key, ...OAEP }, key);
}

/** The 32 bytes that were sealed for us; undefined if these bytes are anything else. */
export function openSealedKey(identity: Identity, sealed: Buffer): Buffer | undefined {
  if (sealed.length !== RSA_BYTES) return undefined;
  try {
    const key = privateDecrypt({ key: identity.privateKey, ...OAEP }, sealed);
    return key.length === SEALED_KEY_BYTES ? key : undefined;
  } catch {
    return undefined;
  }
}

const OAEP = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" };
