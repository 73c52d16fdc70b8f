// The record at /u/ID: where somebody can be reached now, signed (P10.3), and what every node and reader checks (P10.4).

import { type Bytes, concat, fromBase64, toBase64, toUtf8 } from "./bytes.ts";
import { isCircuitAddress } from "./circuit-addresses.ts";
import { SIGNATURE_BYTES } from "./cryptography.ts";
import { type Identity, idOf, isId, isPublicKey, isSignedBy, peerIdOf, sign } from "./identity.ts";
import { isInteger, parseObject, parseObjectBytes } from "./json.ts";

/** What a record says. */
export interface PeerRecord {
  readonly id: string;
  /** Ed25519 public key, 32 bytes. */
  readonly key: Bytes;
  /** The later one counts: milliseconds since 1970. */
  readonly seq: number;
  /** From then on it says nothing: milliseconds since 1970. */
  readonly expires: number;
  readonly addresses: readonly string[];
  /** The bytes that were signed, as text. */
  readonly body: string;
}

/** Why a record is refused: the first reason, in this order. */
export type RecordRefusal = "size" | "form" | "id" | "expired" | "signature";

/** What comes of checking a record. */
export type RecordVerdict = { record: PeerRecord } | { refused: RecordRefusal };

/** The largest record, in bytes. */
export const MAX_RECORD_BYTES = 4096;

/** How long a record says something unless told otherwise, in milliseconds. */
export const RECORD_LIFETIME = 60 * 60 * 1000;

/** No record may say something longer than so many milliseconds from now. */
export const MAX_RECORD_LIFETIME = 24 * 60 * 60 * 1000;

/** A seq that is further ahead would stand above all that its owner publishes later. In milliseconds. */
export const MAX_SEQ_AHEAD = 10 * 60 * 1000;

const MAX_ADDRESSES = 8;
const SIGNATURE_LABEL = toUtf8("p2p-chat 06 record\0");

/** The key of somebody's record in the table. */
export function recordKey(id: string): string {
  return `/u/${id}`;
}

/**
 * A record, signed.
 * @param parts seq: greater than the last one published or seen; both times in milliseconds since 1970;
 *   addresses: 1 to 8, of the form of P10.3, to the identity's own peer id
 * @throws RangeError for parts that no reader would take
 */
export async function makeRecord(parts: {
  identity: Identity;
  seq: number;
  expires: number;
  addresses: readonly string[];
}): Promise<Bytes> {
  const { identity, seq, expires, addresses } = parts;
  const key = toBase64(identity.publicKey);
  const body = JSON.stringify({ id: identity.id, key, seq, expires, addrs: addresses });
  if (parseBody(body) === undefined)
    throw new RangeError(
      "a record needs 1 to 8 circuit addresses of its own peer, and times that are integers",
    );
  const signature = toBase64(await sign(identity, concat(SIGNATURE_LABEL, toUtf8(body))));
  // The longest addresses, eight of them, stay below MAX_RECORD_BYTES.
  return toUtf8(JSON.stringify({ body, signature }));
}

// BEGIN SOLUTION 06-record
/**
 * What every node checks before it stores a record, and every reader before they use it (P10.4).
 * @param key where it stands in the table: /u/ID
 * @param now milliseconds since 1970
 */
export async function checkRecord(key: string, value: Bytes, now: number): Promise<RecordVerdict> {
  if (value.length > MAX_RECORD_BYTES) return { refused: "size" };
  const id = key.startsWith("/u/") ? key.slice("/u/".length) : "";
  const signed = parseRecord(value);
  if (!isId(id) || signed === undefined) return { refused: "form" };
  const { record, signature } = signed;
  if (record.seq > now + MAX_SEQ_AHEAD) return { refused: "form" };
  if (record.id !== id || (await idOf(record.key)) !== id) return { refused: "id" };
  if (record.expires <= now || record.expires > now + MAX_RECORD_LIFETIME) return { refused: "expired" };
  if (!(await isSignedBy(record.key, concat(SIGNATURE_LABEL, toUtf8(record.body)), signature)))
    return { refused: "signature" };
  return { record };
}

/** Whether one record counts more than another: by seq; if these are equal, by the bytes of the body. */
function isAfter(one: PeerRecord, other: PeerRecord): boolean {
  if (one.seq !== other.seq) return one.seq > other.seq;
  const body = toUtf8(one.body);
  const otherBody = toUtf8(other.body);
  const at = body.findIndex((byte, index) => byte !== otherBody[index]);
  // Where the bodies begin to differ, or the other one has ended.
  return at !== -1 && (body[at] ?? 0) > (otherBody[at] ?? -1);
}
// END SOLUTION 06-record

/**
 * Of several records, all of which `checkRecord` takes: the one that counts. The greatest seq wins; of equal ones, the
 * bytewise greater body, so that all nodes choose the same.
 * @returns its index; 0 if there is none to choose
 */
export function selectRecord(values: readonly Bytes[]): number {
  let best = 0;
  let bestRecord: PeerRecord | undefined;
  for (const [index, value] of values.entries()) {
    const record = parseRecord(value)?.record;
    if (record === undefined || (bestRecord !== undefined && !isAfter(record, bestRecord))) continue;
    best = index;
    bestRecord = record;
  }
  return best;
}

function parseRecord(value: Bytes): { record: PeerRecord; signature: Bytes } | undefined {
  if (value.length > MAX_RECORD_BYTES) return undefined;
  const { body, signature } = parseObjectBytes(value) ?? {};
  const signatureBytes = fromBase64(signature);
  // A lone surrogate has no bytes in UTF-8: such a body is not what was signed.
  if (typeof body !== "string" || !body.isWellFormed()) return undefined;
  if (signatureBytes?.length !== SIGNATURE_BYTES) return undefined;
  const record = parseBody(body);
  return record === undefined ? undefined : { record, signature: signatureBytes };
}

function parseBody(body: string): PeerRecord | undefined {
  const { id, key, seq, expires, addrs } = parseObject(body) ?? {};
  const keyBytes = fromBase64(key);
  if (!isId(id) || keyBytes === undefined || !isPublicKey(keyBytes)) return undefined;
  if (!isInteger(seq, 0) || !isInteger(expires, 0)) return undefined;
  if (!Array.isArray(addrs) || addrs.length < 1 || addrs.length > MAX_ADDRESSES) return undefined;
  const peerId = peerIdOf(keyBytes);
  if (!addrs.every((address: unknown): address is string => isCircuitAddress(address, peerId)))
    return undefined;
  return { id, key: keyBytes, seq, expires, addresses: addrs, body };
}
