// Which datagrams are beacons that count (P8.6), and what checking them may cost (P8.10). Pure: the clock is an argument.

import { parseAddress } from "./addresses.ts";
import {
  BEACON_LABEL,
  BEACON_MAX_BYTES,
  type Beacon,
  type BeaconContent,
  openBeacon,
  parseBeacon,
} from "./beacons.ts";
import { fingerprintOf, hasKeyForm, isSignedBy, parsePublicKey } from "./identity.ts";
import { SignatureBudget } from "./signature-budget.ts";

/** Why a datagram was dropped, in the order of the checks (P8.6). */
export const DROP_REASONS = [
  "size",
  "token",
  "time",
  "shape",
  "own",
  "repeated",
  "old",
  "ended",
  "key",
  "rate",
  "signature",
  "address",
  "team",
  "full",
] as const;

export type DropReason = (typeof DROP_REASONS)[number];

export type Judgement =
  /** isNewSession: nothing was known of its key, or it says a later session than before (P8.8). */
  | { kind: "accepted"; beacon: Beacon; isNewSession: boolean }
  /**
   * note: what the user should hear about it.
   * repeated: the fingerprint, if it is the same token as the last one, that has come by another way.
   */
  | { kind: "dropped"; reason: DropReason; note?: string; repeated?: string };

export interface BeaconGateOptions {
  team: string;
  teamKey: Buffer;
  /** One's own fingerprint. */
  ownFingerprint: string;
  isPinned(fingerprint: string): boolean;
  /** Says if the directory has a place for this key, which is heard from this host. */
  hasPlace(fingerprint: string, host: string, nowMs: number): boolean;
}

/** So many seconds may a token's time be off, before or after our own. */
const TIME_TOLERANCE = 30;
/**
 * How long the sessions of a key are kept that is not known any more, in milliseconds. By then every token of theirs
 * is too old to be taken: one may be 30 s ahead, and counts until it is 30 s old.
 */
const MEMORY_MS = 61_000;
/** So many addresses of a key are kept apart. */
const ADDRESSES_KEPT = 8;
/** A clock that is off is spoken of once in so many milliseconds for each source, and for so many sources. */
const NOTE_EVERY_MS = 60_000;
const NOTED_SOURCES = 64;

/** The last session that was heard of a key. */
interface LastHeard {
  session: number;
  /** It has said goodbye. */
  hasEnded: boolean;
  /** The last seq of the session, from each address. A peer sends from all its addresses, and one may be slower. */
  seqs: Map<string, number>;
  /** The greatest seq of addresses that are not kept any more. */
  floor: number;
  /** Since when the directory does not know the key. */
  unknownSinceMs: number | undefined;
}

export class BeaconGate {
  readonly #options: BeaconGateOptions;
  readonly #budget = new SignatureBudget();
  readonly #heard = new Map<string, LastHeard>();
  readonly #dropped = Object.fromEntries(DROP_REASONS.map((reason) => [reason, 0])) as Record<
    DropReason,
    number
  >;
  #accepted = 0;
  /** When it was last said that the clock of a source is off. */
  readonly #notedMs = new Map<string, number>();

  constructor(options: BeaconGateOptions) {
    this.#options = options;
  }

  /** How many datagrams were dropped for each reason, for /stats. */
  get dropped(): Readonly<Record<DropReason, number>> {
    return { ...this.#dropped };
  }

  /** How many were accepted. */
  get accepted(): number {
    return this.#accepted;
  }

  /**
   * Checks a datagram in the order of P8.6: what costs least comes first, and a signature is checked only if nothing
   * else speaks against the datagram. What is dropped changes nothing but its counter.
   * @param sourceHost the IP address that the datagram came from
   * @param nowMs milliseconds since 1970
   */
  judge(datagram: Buffer, sourceHost: string, nowMs: number): Judgement {
    const judgement = this.#check(datagram, sourceHost, nowMs);
    if (judgement.kind === "accepted") this.#accepted++;
    else this.#dropped[judgement.reason]++;
    return judgement;
  }

  // BEGIN SOLUTION 05-beacon
  #check(datagram: Buffer, sourceHost: string, nowMs: number): Judgement {
    const { team, teamKey, ownFingerprint, isPinned, hasPlace } = this.#options;
    if (datagram.length > BEACON_MAX_BYTES) return dropped("size");
    const token = openBeacon(datagram, teamKey);
    if (token === undefined) return dropped("token");
    const age = Math.floor(nowMs / 1000) - token.seconds;
    if (Math.abs(age) > TIME_TOLERANCE) return this.#wrongTime(age, sourceHost, nowMs);
    const claim = parseBeacon(token.plaintext, token.seconds);
    if (claim === undefined) return dropped("shape");
    const { content } = claim;
    const fingerprint = fingerprintOf(claim.key);
    if (fingerprint === ownFingerprint) return dropped("own");
    const last = this.#heard.get(fingerprint);
    const reason = last === undefined ? undefined : whyNotLater(content, last);
    if (reason === "repeated") return { kind: "dropped", reason, repeated: fingerprint };
    if (reason !== undefined) return dropped(reason);
    if (!hasKeyForm(claim.key)) return dropped("key");
    if (!this.#budget.take(sourceHost, isPinned(fingerprint), nowMs)) return dropped("rate");
    const key = parsePublicKey(claim.key);
    if (key === undefined) return dropped("key");
    if (!isSignedBy(key, BEACON_LABEL, Buffer.from(claim.body), claim.signature)) return dropped("signature");
    if (parseAddress(content.address)?.host !== sourceHost) return dropped("address");
    if (content.team !== team) return dropped("team");
    // A goodbye needs no place: nobody is remembered for it.
    if (content.type === "beacon" && !hasPlace(fingerprint, sourceHost, nowMs)) return dropped("full");
    const isNewSession = last === undefined || content.session > last.session;
    this.#remember(fingerprint, content, isNewSession ? undefined : last);
    return { kind: "accepted", beacon: { ...content, key }, isNewSession };
  }
  // END SOLUTION 05-beacon

  /** @param last what was heard of this session before; undefined if nothing was */
  #remember(fingerprint: string, { type, address, session, seq }: BeaconContent, last?: LastHeard): void {
    const heard = last ?? {
      session,
      hasEnded: false,
      seqs: new Map<string, number>(),
      floor: 0,
      unknownSinceMs: undefined,
    };
    heard.seqs.delete(address); // The one heard last stands last.
    heard.seqs.set(address, seq);
    for (const [oldest, itsSeq] of heard.seqs) {
      if (heard.seqs.size <= ADDRESSES_KEPT) break;
      heard.seqs.delete(oldest);
      heard.floor = Math.max(heard.floor, itsSeq);
    }
    if (type === "bye") heard.hasEnded = true;
    heard.unknownSinceMs = undefined;
    this.#heard.set(fingerprint, heard);
  }

  #wrongTime(age: number, sourceHost: string, nowMs: number): Judgement {
    const said = this.#notedMs.get(sourceHost);
    if (said !== undefined && Math.abs(nowMs - said) < NOTE_EVERY_MS) return dropped("time");
    for (const [source, time] of this.#notedMs)
      if (Math.abs(nowMs - time) >= NOTE_EVERY_MS) this.#notedMs.delete(source);
    if (this.#notedMs.size >= NOTED_SOURCES) return dropped("time");
    this.#notedMs.set(sourceHost, nowMs);
    const seconds = BigInt(Math.abs(age)); // In digits, however many.
    const off = age > 0 ? `${seconds} s old` : `${seconds} s ahead`;
    const note = `a beacon from ${sourceHost} is ${off}: is a clock wrong?`;
    return { kind: "dropped", reason: "time", note };
  }

  /** Forgets, 61 s later, the sessions of keys that are not known any more (P8.6). To be called every second or so. */
  tick(isKnown: (fingerprint: string) => boolean, nowMs: number): void {
    for (const [fingerprint, heard] of this.#heard) {
      if (isKnown(fingerprint)) heard.unknownSinceMs = undefined;
      else heard.unknownSinceMs ??= nowMs;
      const { unknownSinceMs } = heard;
      if (unknownSinceMs !== undefined && nowMs - unknownSinceMs > MEMORY_MS) this.#heard.delete(fingerprint);
    }
  }
}

function dropped(reason: DropReason): Judgement {
  return { kind: "dropped", reason };
}

/** Why a beacon is not later than what was heard of its key before; undefined if it is (P8.6). */
function whyNotLater({ address, session, seq }: BeaconContent, last: LastHeard): DropReason | undefined {
  if (session > last.session) return undefined;
  if (session < last.session) return "old";
  const lastSeq = last.seqs.get(address);
  if (seq === lastSeq) return "repeated";
  if (lastSeq === undefined ? seq <= last.floor : seq < lastSeq) return "old";
  return last.hasEnded ? "ended" : undefined;
}
