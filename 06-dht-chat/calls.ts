// Finding somebody's record in the table, and calling them at its addresses (P10.4, P10.5).

import { type Bytes, isEqual } from "./bytes.ts";
import { peerIdOf } from "./identity.ts";
import type { Network } from "./network.ts";
import type { Pipe } from "./pipe.ts";
import { checkRecord, type PeerRecord, recordKey } from "./record.ts";

/** Whom we look for: an id, and the key that is pinned, where there is one. */
export interface Wanted {
  /** 15 digits. */
  readonly id: string;
  /** 32 bytes. */
  readonly key?: Bytes | undefined;
}

/** Nobody's pipe: the table has no record of them that counts, or none of its addresses answers. */
export class CallError extends Error {
  override readonly name = "CallError";
  readonly reason: "not-found" | "not-reached";

  constructor(reason: "not-found" | "not-reached") {
    super(reason);
    this.reason = reason;
  }
}

/**
 * The record of somebody, checked once more by ourselves (P10.4). Of a contact only a record of the pinned key counts.
 * @param now in milliseconds since 1970
 * @param count is told what was refused
 * @returns undefined if there is none that counts: they are offline (P10.12)
 */
export async function findRecord(
  network: Network,
  wanted: Wanted,
  now: () => number,
  count: (what: string) => void,
): Promise<PeerRecord | undefined> {
  const key = recordKey(wanted.id);
  const value = await network.find(key);
  if (value === undefined) return undefined;
  const checked = await checkRecord(key, value, now());
  if (!("record" in checked)) {
    count(`records refused: ${checked.refused}`);
    return undefined;
  }
  if (wanted.key !== undefined && !isEqual(wanted.key, checked.record.key)) {
    count("records refused: another key");
    return undefined;
  }
  return checked.record;
}

/**
 * Finds somebody and opens a chat stream to them. If no address of their record answers, the newest record is looked up
 * once more: they may have gone to other relays meanwhile.
 * @throws CallError if they cannot be found, or not be reached
 */
export async function callWanted(
  network: Network,
  wanted: Wanted,
  now: () => number,
  count: (what: string) => void,
  signal: AbortSignal,
): Promise<Pipe> {
  const record = await findRecord(network, wanted, now, count);
  if (!record) throw new CallError("not-found");
  const pipe = await callRecord(network, record, signal);
  if (pipe) return pipe;
  const newest = await findRecord(network, wanted, now, count);
  if (!newest || newest.seq <= record.seq || signal.aborted) throw new CallError("not-reached");
  const second = await callRecord(network, newest, signal);
  if (!second) throw new CallError("not-reached");
  return second;
}

async function callRecord(
  network: Network,
  record: PeerRecord,
  signal: AbortSignal,
): Promise<Pipe | undefined> {
  try {
    return await network.call(peerIdOf(record.key), record.addresses, signal);
  } catch {
    return undefined;
  }
}
