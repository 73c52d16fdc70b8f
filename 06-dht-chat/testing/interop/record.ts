// The signed record of somebody's addresses at /u/ID (P10.3, P10.4).

import { base64Of, idOf, isSignedBy, objectOf, type Person, peerIdOf } from "./person.ts";

export interface FoundRecord {
  id: string;
  key: Buffer;
  seq: number;
  addresses: string[];
  body: string;
}

const MOST_BYTES = 4096;
const DAY = 86_400_000;
const MOST_AHEAD = 600_000;
const PREFIX = "p2p-chat 06 record\0";
const PEER = "[1-9A-HJ-NP-Za-km-z]+";
const ADDRESS = new RegExp(
  `^/(?:ip4|ip6|dns)/[^/]+/tcp/[0-9]{1,5}/wss?/p2p/${PEER}/p2p-circuit/p2p/(${PEER})$`,
);

/** A record of `person`. Whatever `changes` names replaces what would stand in the body. */
export function makeRecord(person: Person, addrs: string[], changes: object = {}): Buffer {
  const seq = Date.now();
  const fields = { id: person.id, key: person.key.toString("base64"), seq, expires: seq + DAY / 24, addrs };
  const body = JSON.stringify({ ...fields, ...changes });
  const signature = person.sign(Buffer.from(PREFIX + body)).toString("base64");
  return Buffer.from(JSON.stringify({ body, signature }));
}

/** The record, if a reader may believe it. */
export function readRecord(tableKey: string, value: Uint8Array, now = Date.now()): FoundRecord | undefined {
  if (value.length > MOST_BYTES) return undefined;
  const outer = objectOf(value);
  const signature = base64Of(outer?.signature, 64);
  const body = outer?.body;
  if (typeof body !== "string" || signature === undefined) return undefined;
  const fields = objectOf(body);
  const key = base64Of(fields?.key, 32);
  if (fields === undefined || key === undefined) return undefined;
  const { id, seq, expires, addrs } = fields;
  if (typeof id !== "string" || id !== idOf(key) || tableKey !== `/u/${id}`) return undefined;
  if (!isTime(seq) || seq > now + MOST_AHEAD) return undefined;
  if (!isTime(expires) || expires <= now || expires > now + DAY) return undefined;
  if (!Array.isArray(addrs) || addrs.length < 1 || addrs.length > 8) return undefined;
  const addresses = addrs.map(String);
  const isOwn = (address: unknown): boolean =>
    typeof address === "string" && ADDRESS.exec(address)?.[1] === peerIdOf(key);
  if (!addrs.every(isOwn)) return undefined;
  if (!isSignedBy(key, Buffer.from(PREFIX + body), signature)) return undefined;
  return { id, key, seq, addresses, body };
}

/** The index of the best of several valid records: the greatest seq, of equals the bytewise greater body. */
export function bestRecord(tableKey: string, values: readonly Uint8Array[], now = Date.now()): number {
  let best = -1;
  let found: FoundRecord | undefined;
  for (const [index, value] of values.entries()) {
    const record = readRecord(tableKey, value, now);
    if (record === undefined) continue;
    const isLater = found === undefined || record.seq > found.seq;
    const isGreater =
      record.seq === found?.seq && Buffer.compare(Buffer.from(record.body), Buffer.from(found.body)) > 0;
    if (!isLater && !isGreater) continue;
    best = index;
    found = record;
  }
  return best;
}

function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
