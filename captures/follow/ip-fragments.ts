// Joins IP fragments (RFC 791 section 3.2, RFC 8200 section 4.5). Incomplete packets are dropped after a time, or when
// too much waits. Pure: the time is that of the capture.

import type { Carried, IpPacket } from "./ip.ts";
import { WaitingBytes } from "./placed-bytes.ts";

/** How long fragments wait for the others, in nanoseconds of the capture's time: 60 s, as in RFC 8200. */
const PATIENCE = 60_000_000_000n;

/** How much may wait, in bytes, including what each fragment costs us in memory. The oldest are dropped first. */
const MOST_WAITING = 4 * 2 ** 20;
const COST_OF_FRAGMENT = 256;

/** A fragmented packet, as far as its fragments have arrived. */
interface Incomplete {
  /** The time of its first fragment. */
  time: bigint;
  waiting: WaitingBytes;
  /** The length of the whole payload, in bytes; unknown until the last fragment arrives. */
  length: number | undefined;
  /** What the payload holds. In IPv6, only the first fragment says so. */
  protocol: number;
  cost: number;
}

export class FragmentStore {
  /** Incomplete packets, in the order of their first fragments. */
  readonly #incomplete = new Map<string, Incomplete>();
  #cost = 0;

  /**
   * @param ip the fragment
   * @param packet the number of its packet in the capture
   * @returns the whole payload if this fragment completes it
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

/** The captured bytes, up to the first byte that is missing. */
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
