// Who one is: an Ed25519 key, the 15 digits that find it, and the peer id that libp2p makes of it (P10.1).

import { fromBase58, toBase58 } from "./base58.ts";
import { type Bytes, concat, fromHex, isEqual, toHex, toUtf8 } from "./bytes.ts";
import {
  ed25519PrivateKey,
  ed25519PublicKey,
  ed25519Sign,
  ed25519Verify,
  KEY_BYTES,
  randomBytes,
  SIGNATURE_BYTES,
  sha256,
} from "./cryptography.ts";

/** Somebody who holds the private key. */
export interface Identity {
  /** 15 digits. They find; they do not prove. */
  readonly id: string;
  /** Ed25519, 32 bytes. */
  readonly publicKey: Bytes;
  /** The same key, as libp2p writes it. */
  readonly peerId: string;
  /** What the private key is made from, 32 bytes. Never shown, never sent. */
  readonly seed: Bytes;
}

const ID_LABEL = toUtf8("p2p-chat 06 id");
const ID_COUNT = 10n ** 15n;

/** What stands before the key in a peer id: multihash "identity" of 36 bytes, protobuf of an Ed25519 key of 32 bytes. */
const PEER_ID_PREFIX = Uint8Array.from([0x00, 0x24, 0x08, 0x01, 0x12, 0x20]);

/** The longest text of 38 bytes in base 58. */
const LONGEST_PEER_ID = 53;

/** The curve's prime, 2^255 - 19, as bytes of a point are compared with it. */
const PRIME = 2n ** 255n - 19n;

/** The y of the points whose order is 1, 2, 4 or 8, of which RFC 8032 knows five. */
const SMALL_ORDER_Y = new Set<bigint>([
  0n,
  1n,
  PRIME - 1n,
  littleEndian(fromHex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")),
  littleEndian(fromHex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")),
]);

/** One signing key for each identity: to import it costs as much as to sign. */
const signingKeys = new WeakMap<Identity, ReturnType<typeof ed25519PrivateKey>>();

/** A new identity, of a seed that nobody can guess. */
export function makeIdentity(): Promise<Identity> {
  return identityFromSeed(randomBytes(KEY_BYTES));
}

/**
 * The identity of a seed that was kept.
 * @param seed 32 bytes
 * @throws RangeError for another length
 */
export async function identityFromSeed(seed: Bytes): Promise<Identity> {
  const publicKey = await ed25519PublicKey(seed);
  return { id: await idOf(publicKey), publicKey, peerId: peerIdOf(publicKey), seed };
}

/** The id of a key: the first 8 bytes of SHA-256(label, key), big-endian, modulo 10^15, in 15 digits. */
export async function idOf(publicKey: Bytes): Promise<string> {
  const hash = await sha256(ID_LABEL, publicKey);
  const number = new DataView(hash.buffer).getBigUint64(0);
  return (number % ID_COUNT).toString().padStart(15, "0");
}

/** Whether the value is 15 ASCII digits. */
export function isId(value: unknown): value is string {
  return typeof value === "string" && /^[0-9]{15}$/.test(value);
}

/**
 * Whether bytes can be somebody's key: 32, with a y below the curve's prime (RFC 8032 section 5.1.3), and not of small
 * order. Anybody can sign for a point of small order, so that who has one could deny all that they said.
 */
export function isPublicKey(bytes: Bytes): boolean {
  if (bytes.length !== KEY_BYTES) return false;
  // The highest bit is the sign of x.
  const y = littleEndian(bytes) & (2n ** 255n - 1n);
  return y < PRIME && !SMALL_ORDER_Y.has(y);
}

/** The peer id of a key (libp2p's specification "Peer Ids and Keys"). */
export function peerIdOf(publicKey: Bytes): string {
  return toBase58(concat(PEER_ID_PREFIX, publicKey));
}

/** The key in a peer id. @returns undefined unless it is the peer id of an Ed25519 key, in its one spelling */
export function publicKeyOfPeerId(peerId: string): Bytes | undefined {
  const bytes = fromBase58(peerId, LONGEST_PEER_ID);
  if (bytes?.length !== PEER_ID_PREFIX.length + KEY_BYTES) return undefined;
  if (!isEqual(bytes.subarray(0, PEER_ID_PREFIX.length), PEER_ID_PREFIX)) return undefined;
  return bytes.slice(PEER_ID_PREFIX.length);
}

/** An Ed25519 signature, 64 bytes. */
export async function sign(identity: Identity, message: Bytes): Promise<Bytes> {
  const known = signingKeys.get(identity) ?? ed25519PrivateKey(identity.seed);
  signingKeys.set(identity, known);
  return ed25519Sign(await known, message);
}

/** Whether the key signed the message (RFC 8032 section 5.1.7). Never for a key that `isPublicKey` refuses. */
export async function isSignedBy(publicKey: Bytes, message: Bytes, signature: Bytes): Promise<boolean> {
  if (!isPublicKey(publicKey) || signature.length !== SIGNATURE_BYTES) return false;
  return ed25519Verify(publicKey, message, signature);
}

function littleEndian(bytes: Bytes = new Uint8Array()): bigint {
  return BigInt(`0x${toHex(bytes.toReversed())}`);
}
