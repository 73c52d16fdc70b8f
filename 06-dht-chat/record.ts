// The record at /u/ID: where somebody can be reached now, signed (P10.3), and what every node and reader checks (P10.4).

import type { Bytes } from "./bytes.ts";
import type { Identity } from "./identity.ts";

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

export function makeRecord(_parts: {
  identity: Identity;
  seq: number;
  expires: number;
  addresses: readonly string[];
}): Promise<Bytes> {
  throw new Error("written next");
}

export function checkRecord(
  _key: string,
  _value: Bytes,
  _now: number,
): Promise<{ record: PeerRecord } | { refused: RecordRefusal }> {
  throw new Error("written next");
}

export function selectRecord(_values: readonly Bytes[]): number {
  throw new Error("written next");
}

/** The key of somebody's record in the table. */
export function recordKey(id: string): string {
  return `/u/${id}`;
}
