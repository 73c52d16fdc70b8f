// The keys, tokens and signatures of the peers that the checker plays in stage 05, written from the protocol (P8, P9)
// and the RFCs. It shares no code with the stages, so that a mistake there is not repeated here.

import {
  constants,
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  generatePrime,
  hkdfSync,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
  scrypt,
  sign as signBytes,
  verify as verifyBytes,
} from "node:crypto";
import { promisify } from "node:util";
import { power } from "./cryptography.ts";

/** Sizes in bytes. */
const HALF_KEY = 16;
const IV = 16;
const MAC = 32;
/** The bytes of a token in front of its ciphertext: version, time and IV. */
const HEAD = 1 + 8 + IV;

/** The time in whole seconds, as tokens carry it. */
export function secondsNow(): number {
  return Math.floor(Date.now() / 1000);
}

/** The team key (P8.3). */
export async function teamKeyOf(passphrase: string, team: string): Promise<Buffer> {
  const derive = promisify<string, string, number, object, Buffer>(scrypt);
  const cost = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };
  return derive(passphrase.normalize("NFC"), `p2p-mesh 05 ${team}`, 32, cost);
}

/** Base64url with padding, as tokens have it. */
function tokenText(bytes: Buffer): string {
  return bytes.toString("base64").replaceAll("+", "-").replaceAll("/", "_");
}

export interface TokenParts {
  version?: number;
  seconds?: number | bigint;
  iv?: Buffer;
  /** Default: of PKCS#7. */
  padding?: Buffer;
}

/** A token with a right MAC (P8.4). Its other parts may be wrong. */
export function sealToken(key: Buffer, plaintext: string | Buffer, parts: TokenParts = {}): string {
  const { version = 0x80, seconds = secondsNow(), iv = randomBytes(IV) } = parts;
  const text = Buffer.from(plaintext);
  const missing = IV - (text.length % IV);
  const padded = Buffer.concat([text, parts.padding ?? Buffer.alloc(missing, missing)]);
  const cipher = createCipheriv("aes-128-cbc", key.subarray(HALF_KEY), iv).setAutoPadding(false);
  return tokenOf(key, version, seconds, iv, Buffer.concat([cipher.update(padded), cipher.final()]));
}

/** The same for a ciphertext that may be anything. */
export function tokenOf(
  key: Buffer,
  version: number,
  seconds: number | bigint,
  iv: Buffer,
  ciphertext: Buffer,
): string {
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(BigInt(seconds));
  const body = Buffer.concat([Buffer.of(version), time, iv, ciphertext]);
  const mac = createHmac("sha256", key.subarray(0, HALF_KEY)).update(body).digest();
  return tokenText(Buffer.concat([body, mac]));
}

export interface OpenedToken {
  seconds: bigint;
  iv: Buffer;
  plaintext: Buffer;
}

/** Opens a token. @returns why it is none, if it is not written as P8.4 says, or not under this key */
export function openToken(key: Buffer, token: string): OpenedToken | string {
  const bytes = Buffer.from(token, "base64url");
  if (tokenText(bytes) !== token) return "it is no base64url with padding";
  if (bytes.length < HEAD + IV + MAC || (bytes.length - HEAD - MAC) % IV !== 0)
    return `it has ${bytes.length} bytes`;
  if (bytes[0] !== 0x80) return `its version is 0x${bytes[0]?.toString(16)}`;
  const body = bytes.subarray(0, -MAC);
  const mac = createHmac("sha256", key.subarray(0, HALF_KEY)).update(body).digest();
  if (!mac.equals(bytes.subarray(-MAC))) return "its MAC is not under this key";
  const iv = body.subarray(9, HEAD);
  const decipher = createDecipheriv("aes-128-cbc", key.subarray(HALF_KEY), iv);
  try {
    const plaintext = Buffer.concat([decipher.update(body.subarray(HEAD)), decipher.final()]);
    return { seconds: body.readBigUInt64BE(1), iv, plaintext };
  } catch {
    return "its padding is wrong";
  }
}

/** An RSA key of a peer. */
export interface LanKey {
  privateKey: KeyObject;
  publicKey: KeyObject;
  /** The SubjectPublicKeyInfo. */
  der: Buffer;
  /** The SHA-256 of it (P8.2). */
  fingerprint: string;
}

export function lanKeyOf(privateKey: KeyObject): LanKey {
  const publicKey = createPublicKey(privateKey);
  const der = publicKey.export({ type: "spki", format: "der" });
  return { privateKey, publicKey, der, fingerprint: fingerprintOf(der) };
}

export function fingerprintOf(der: Buffer): string {
  return createHash("sha256").update(der).digest("base64url");
}

/** The first bytes of a key's SubjectPublicKeyInfo, and the last (P8.2). */
const KEY_BEGIN = Buffer.from("30820122300d06092a864886f70d01010105000382010f003082010a0282010100", "hex");
const KEY_END = Buffer.from("0203010001", "hex");
const KEY_BYTES = 294;

/** Reads the SubjectPublicKeyInfo of a key. @returns why it is none, unless it is one (P8.2) */
export function readKey(base64: unknown): { der: Buffer; key: KeyObject } | string {
  if (typeof base64 !== "string") return "it is no text";
  const der = Buffer.from(base64, "base64");
  if (der.toString("base64") !== base64) return "it is no padded base64";
  if (der.length !== KEY_BYTES) return `it has ${der.length} bytes, and not ${KEY_BYTES}`;
  if (!der.subarray(0, KEY_BEGIN.length).equals(KEY_BEGIN)) return "its first bytes are others";
  if (((der[KEY_BEGIN.length] ?? 0) & 0x80) === 0) return "the top bit of its modulus is not set";
  if (!der.subarray(-KEY_END.length).equals(KEY_END)) return "its exponent is not 65537";
  return { der, key: createPublicKey({ key: der, type: "spki", format: "der" }) };
}

const EXPONENT = 65_537n;
const PRIME_BITS = 1024;

function makePrime(): Promise<bigint> {
  return new Promise((resolve, reject) => {
    generatePrime(PRIME_BITS, { bigint: true }, (error, prime) => (error ? reject(error) : resolve(prime)));
  });
}

/**
 * Makes many keys fast: each is the product of two primes, and each pair of a few primes makes another one. Keys that
 * guard anything must not share a prime.
 */
export class KeySupply {
  readonly #primes: bigint[] = [];
  /** Makes primes one after the other, also if several keys are wanted at the same time. */
  #making: Promise<void> = Promise.resolve();
  /** The indexes of the two primes of the next key, the first one greater. */
  #first = 1;
  #second = 0;

  async next(): Promise<LanKey> {
    const [first, second] = [this.#first, this.#second];
    this.#second += 1;
    if (this.#second === this.#first) {
      this.#first += 1;
      this.#second = 0;
    }
    return keyOfPrimes(await this.#prime(first), await this.#prime(second), EXPONENT);
  }

  /** A key with another exponent, of the first two primes. */
  async withExponent(exponent: bigint): Promise<LanKey> {
    return keyOfPrimes(await this.#prime(1), await this.#prime(0), exponent);
  }

  async #prime(index: number): Promise<bigint> {
    this.#making = this.#making.then(async () => {
      while (this.#primes.length <= index) {
        const prime = await makePrime();
        if (prime % EXPONENT !== 1n && prime % 3n !== 1n) this.#primes.push(prime);
      }
    });
    await this.#making;
    return this.#primes[index] ?? 0n;
  }
}

/** One supply for all checks of a run: their teams keep them apart. */
export const KEYS = new KeySupply();

/** The key with these two primes (RFC 8017 section 3.2). */
function keyOfPrimes(one: bigint, other: bigint, e: bigint): LanKey {
  const [p, q] = one > other ? [one, other] : [other, one];
  const d = inverse(e, (p - 1n) * (q - 1n));
  const jwk = {
    kty: "RSA",
    n: digits(p * q),
    e: digits(e),
    d: digits(d),
    p: digits(p),
    q: digits(q),
    dp: digits(d % (p - 1n)),
    dq: digits(d % (q - 1n)),
    qi: digits(power(q, p - 2n, p)),
  };
  return lanKeyOf(createPrivateKey({ key: jwk, format: "jwk" }));
}

function digits(value: bigint): string {
  const hex = value.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex").toString("base64url");
}

/** The inverse of a number, by Euclid's extended algorithm. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [oldRest, rest] = [value % modulus, modulus];
  let [oldFactor, factor] = [1n, 0n];
  while (rest > 0n) {
    const quotient = oldRest / rest;
    [oldRest, rest] = [rest, oldRest - quotient * rest];
    [oldFactor, factor] = [factor, oldFactor - quotient * factor];
  }
  return ((oldFactor % modulus) + modulus) % modulus;
}

/** The bytes that are signed: a label, a NUL, and the message. */
function labelled(label: string, message: string | Buffer): Buffer {
  return Buffer.concat([Buffer.from(`p2p-mesh 05 ${label}\0`), Buffer.from(message)]);
}

const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };

/** Signs with RSA-PSS (P8.5). @param label what follows `p2p-mesh 05 ` */
export function sign(key: KeyObject, label: string, message: string | Buffer, options: object = {}): string {
  return signBytes("sha256", labelled(label, message), { key, ...PSS, ...options }).toString("base64");
}

/** Whether a signature is right, and in its one spelling. */
export function isSigned(
  key: KeyObject,
  label: string,
  message: string | Buffer,
  signature: unknown,
): boolean {
  if (typeof signature !== "string") return false;
  const bytes = Buffer.from(signature, "base64");
  if (bytes.toString("base64") !== signature) return false;
  return verifyBytes("sha256", labelled(label, message), { key, ...PSS }, bytes);
}

const OAEP = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" };

/** Seals a letter's key for its recipient (P9.8). */
export function sealKey(to: KeyObject, key: Buffer, options: object = {}): string {
  return publicEncrypt({ key: to, ...OAEP, ...options }, key).toString("base64");
}

/** @returns undefined if it was not sealed for this key */
export function openKey(key: KeyObject, sealed: string): Buffer | undefined {
  try {
    return privateDecrypt({ key, ...OAEP }, Buffer.from(sealed, "base64"));
  } catch {
    return undefined;
  }
}

export interface LanSessionKeys {
  salt: Buffer;
  initiator: Buffer;
  responder: Buffer;
}

/** The keys of a session (P9.3). @param hellos the tokens of the initiator's and the responder's hello */
export function lanSessionKeys(sharedSecret: Buffer, hellos: readonly string[]): LanSessionKeys {
  const salt = createHash("sha256")
    .update(hellos.map((token) => `${token}\n`).join(""), "latin1")
    .digest();
  const bytes = Buffer.from(hkdfSync("sha256", sharedSecret, salt, "p2p-mesh 05 fernet", 64));
  return { salt, initiator: bytes.subarray(0, 32), responder: bytes.subarray(32) };
}

/** The safety number of two keys that stay (P9.5). */
export function lanSafetyNumber(one: Buffer, other: Buffer): string {
  const sorted = [one, other].sort(Buffer.compare);
  const digest = createHash("sha256")
    .update(Buffer.concat([Buffer.from("p2p-mesh safety number"), ...sorted]))
    .digest();
  return [0, 1, 2, 3, 4, 5]
    .map((i) => String(digest.readUIntBE(5 * i, 5) % 100_000).padStart(5, "0"))
    .join(" ");
}
