// Puts IP fragments together (RFC 791 section 3.2, RFC 8200 section 4.5). What never becomes whole is dropped: after a
// time, or when too much waits. Pure: the clock is that of the capture.

import type { Carried, IpPacket } from "./ip.ts";
import { WaitingBytes } from "./placed-bytes.ts";

/** How long fragments wait for the others, in nanoseconds of the capture's clock: 60 s, as RFC 8200 says. */
const PATIENCE = 60_000_000_000n;

/** How much may wait, in bytes, with what each fragment costs us beside its own: the oldest are dropped first. */
const MOST_WAITING = 4 * 2 ** 20;
const COST_OF_FRAGMENT = 256;

/** What was sent as one, as far as it has arrived. */
interface Incomplete {
  /** When the first fragment came. */
  time: bigint;
  waiting: WaitingBytes;
  /** How long the whole is; known with the last fragment. */
  length: number | undefined;
  /** IPv6: what the whole begins with, which the first fragment says. */
  protocol: number;
  cost: number;
}

export class FragmentStore {
  /** In the order in which their first fragments came. */
  readonly #incomplete = new Map<string, Incomplete>();
  #cost = 0;

  /**
   * @param ip the fragment
   * @param packet its number in the capture
   * @returns the whole, if this fragment was the last one missing
   */
  add(ip: IpPacket, packet: number, time: bigint): { protocol: number; payload: Carried } | undefined {
    const { fragment, payload } = ip;
    if (fragment === undefined) return undefined;
    this.#dropOld(time);
    const key = `${ip.source} ${ip.destination} ${fragment.identification} ${isIpv4(ip) ? ip.protocol : ""}`;
    const whole = this.#incomplete.get(key) ?? this.#begin(key, time);
    if (fragment.offset === 0) whole.protocol = ip.protocol;
    if (!fragment.more) whole.length ??= fragment.offset + payload.length;
    const cost = payload.end - payload.start + COST_OF_FRAGMENT;
    whole.cost += cost;
    this.#cost += cost;
    whole.waiting.add({
      start: fragment.offset,
      end: fragment.offset + payload.length,
      bytes: payload.bytes.subarray(payload.start, payload.end),
      packet,
      time,
    });
    if (whole.length === undefined || whole.waiting.covered < whole.length) return undefined;
    this.#drop(key, whole);
    return { protocol: whole.protocol, payload: join(whole.waiting, whole.length) };
  }

  #begin(key: string, time: bigint): Incomplete {
    const whole = { time, waiting: new WaitingBytes(), length: undefined, protocol: 0, cost: 0 };
    this.#incomplete.set(key, whole);
    return whole;
  }

  #dropOld(now: bigint): void {
    for (const [key, whole] of this.#incomplete) {
      if (now - whole.time <= PATIENCE && this.#cost <= MOST_WAITING) return;
      this.#drop(key, whole);
    }
  }

  #drop(key: string, whole: Incomplete): void {
    this.#incomplete.delete(key);
    this.#cost -= whole.cost;
  }
}

function isIpv4(ip: IpPacket): boolean {
  return !ip.source.includes(":");
}

/** The bytes up to the first that the capture has not got. */
function join(waiting: WaitingBytes, length: number): Carried {
  const parts: Buffer[] = [];
  let end = 0;
  for (let next = waiting.take(); next?.start === end; next = waiting.take()) {
    parts.push(next.bytes);
    end += next.bytes.length;
  }
  const bytes = Buffer.concat(parts).subarray(0, length);
  return { bytes, start: 0, end: bytes.length, length };
}
