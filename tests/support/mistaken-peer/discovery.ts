// How the peer for trying the checks finds others: beacons out, and the gate for beacons in (P8.4 to P8.10).

import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import {
  fingerprintOf,
  isSigned,
  openToken,
  readKey,
  sealToken,
  secondsNow,
  sign,
} from "../../../checks/engine/lan-cryptography.ts";
import { wrongly } from "./mistakes.ts";
import type { Store } from "./store.ts";

const GROUP = "239.255.54.45";
const SHARED = 54_545;
export const NAME = /^[A-Za-z0-9_-]{1,32}$/;
export const ADDRESS =
  /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d):[1-9]\d{0,4}$/;
const REASONS = [
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

type Reason = (typeof REASONS)[number];

export interface Known {
  fingerprint: string;
  der: string;
  name: string;
  addresses: Map<string, number>;
  heard: number;
  heardShared: number;
  since: Date;
  isSilent: boolean;
}

interface Last {
  session: number;
  seqs: Map<string, number>;
  ended: number;
}

interface Options {
  name: string;
  team: string;
  teamKey: Buffer;
  host: string;
  port: number;
  peers: string[];
  beacon: number;
  inactive: number;
  isQuiet: boolean;
  store: Store;
  udp: Socket;
}

export interface DiscoveryEvents {
  found(known: Known): void;
  left(known: Known, isSilent: boolean): void;
  forgotten(known: Known): void;
  again(known: Known): void;
  hasSession(fingerprint: string): boolean;
}

export function isName(name: unknown): name is string {
  return typeof name === "string" && NAME.test(name) && !["you", "all"].includes(name.toLowerCase());
}

export function isAddress(address: unknown): address is string {
  return (
    typeof address === "string" &&
    ADDRESS.test(address) &&
    Number(address.slice(address.lastIndexOf(":") + 1)) <= 65_535
  );
}

export class Discovery {
  readonly known = new Map<string, Known>();
  readonly counts = new Map<Reason, number>(REASONS.map((reason) => [reason, 0]));
  readonly #options: Options;
  readonly #events: DiscoveryEvents;
  readonly #last = new Map<string, Last>();
  readonly #answered = new Map<string, number>();
  readonly #noted = new Map<string, number>();
  readonly #session: number;
  #shared: Socket | undefined;
  #checked: number[] = [];
  #seq = 0;
  #timers: NodeJS.Timeout[] = [];
  #isOver = false;

  constructor(options: Options, events: DiscoveryEvents) {
    this.#options = options;
    this.#events = events;
    const { state } = options.store;
    this.#session = Math.max(Date.now(), state.session + 1);
    state.session = this.#session;
    options.store.save();
    options.udp.on("message", (bytes, { address }) => this.#judge(bytes, address, false));
  }

  get #beat(): number {
    return this.#options.beacon * 1000;
  }

  async start(): Promise<void> {
    if (this.#options.isQuiet) return;
    const shared = createSocket({ type: "udp4", reuseAddr: true });
    this.#shared = shared;
    shared.on("error", () => {});
    shared.bind(SHARED, "0.0.0.0");
    await once(shared, "listening");
    shared.addMembership(GROUP, this.#options.host);
    shared.on("message", (bytes, { address }) => {
      this.#judge(bytes, address, true);
    });
    const { udp, host } = this.#options;
    udp.setBroadcast(true);
    udp.setMulticastInterface(host);
    udp.setMulticastTTL(1);
    const beat = (): void => {
      this.#everywhere();
      const factor = wrongly("same-pause") ? 1 : 0.9 + Math.random() * 0.2;
      this.#timers.push(setTimeout(beat, this.#beat * factor));
      if (this.#timers.length > 10) this.#timers.splice(0, 5);
    };
    if (wrongly("first-beacon-late")) this.#timers.push(setTimeout(beat, this.#beat));
    else beat();
    this.#timers.push(setInterval(() => this.#tick(), Math.min(100, this.#beat / 4)));
  }

  #token(type: "beacon" | "bye", noted = true): string {
    if (noted) this.#seq += 1;
    const { name, team, teamKey, host, port, store } = this.#options;
    const body = JSON.stringify({
      type,
      name,
      team,
      address: `${host}:${port}`,
      session: this.#session,
      seq: this.#seq,
      key: store.key.der.toString("base64"),
    });
    const signature = sign(
      store.key.privateKey,
      wrongly("signs-as-letter") ? "letter" : "beacon",
      body,
      wrongly("longest-salt") ? { saltLength: 222 } : {},
    );
    return sealToken(teamKey, JSON.stringify({ body, signature }));
  }

  #send(token: string, host: string, port: number): void {
    if (!this.#isOver) this.#options.udp.send(token, port, host, () => {});
  }

  #everywhere(type: "beacon" | "bye" = "beacon"): void {
    const token = this.#token(type);
    this.#send(token, GROUP, SHARED);
    this.#send(token, "127.255.255.255", SHARED);
    for (const peer of this.#options.peers) this.#send(token, ...split(peer));
    for (const { heardShared, addresses } of this.known.values())
      if (Date.now() - heardShared > 3 * this.#beat || type === "bye")
        for (const address of addresses.keys())
          if (!this.#options.peers.includes(address)) this.#send(token, ...split(address));
  }

  #tick(): void {
    const now = Date.now();
    for (const known of [...this.known.values()]) {
      const has = this.#events.hasSession(known.fingerprint);
      if (has) known.heard = Math.max(known.heard, now - 3 * this.#beat + 1);
      const silent = now - known.heard;
      if (silent > 3 * this.#beat && !known.isSilent && !wrongly("never-silent")) {
        known.isSilent = true;
        known.since = new Date();
        this.#events.left(known, true);
      }
      if (silent > this.#options.inactive * 1000 && !has) {
        this.known.delete(known.fingerprint);
        this.#events.forgotten(known);
      }
    }
  }

  #judge(bytes: Buffer, source: string, isShared: boolean): void {
    const reason = this.#reasonOf(bytes, source, isShared);
    if (reason === undefined) return;
    const counted = wrongly("counts-all-as-token") ? "token" : reason;
    this.counts.set(counted, (this.counts.get(counted) ?? 0) + 1);
  }

  #reasonOf(bytes: Buffer, source: string, isShared: boolean): Reason | undefined {
    if (bytes.length > 1472) return "size";
    const { teamKey, store } = this.#options;
    const token = bytes.toString("latin1");
    const opened = openToken(teamKey, token);
    if (typeof opened === "string") return "token";
    const age = secondsNow() - Number(opened.seconds);
    const most = wrongly("time-60") ? 60 : 30;
    const isOff = Math.abs(age) > most;
    if (isOff && !wrongly("time-late")) {
      this.#note(source, age);
      return "time";
    }
    let body: Record<string, unknown>;
    let text: unknown;
    let signature: unknown;
    try {
      const outside = JSON.parse(opened.plaintext.toString());
      ({ body: text, signature } = outside);
      body = JSON.parse(String(text));
    } catch {
      return isOff ? "time" : "shape";
    }
    if (!this.#hasShape(body, signature, opened.seconds)) return "shape";
    if (isOff) return "time";
    const der = Buffer.from(String(body.key), "base64");
    const fingerprint = fingerprintOf(der);
    const { session, seq, address, type } = body as {
      session: number;
      seq: number;
      address: string;
      type: string;
    };
    if (fingerprint === store.key.fingerprint) return "own";
    const last = this.#last.get(fingerprint);
    if (last !== undefined && !wrongly("takes-replays")) {
      const seqHere = last.seqs.get(address);
      if (session < last.session) return "old";
      if (session === last.session && seqHere !== undefined && seq === seqHere) return "repeated";
      if (session === last.session && seqHere !== undefined && seq < seqHere) return "old";
      if (session === last.session && seq > (seqHere ?? 0) + 1 && wrongly("no-gaps")) return "old";
      if (session <= last.ended && !wrongly("bye-is-nothing")) return "ended";
    }
    const key = readKey(body.key);
    if (typeof key === "string") return "key";
    if (!this.#mayCheck()) return "rate";
    const isRight = isSigned(key.key, "beacon", String(text), signature);
    const isHere = address.slice(0, address.lastIndexOf(":")) === source;
    if (wrongly("address-first") && !isHere) return "address";
    if (!isRight) return "signature";
    if (!isHere) return "address";
    if (body.team !== this.#options.team && !wrongly("any-team")) return "team";
    const pinned = store.state.pins.some((pin) => pin.fingerprint === fingerprint);
    const unpinned = [...this.known.values()].filter(
      (one) => !store.state.pins.some((pin) => pin.fingerprint === one.fingerprint),
    );
    if (!this.known.has(fingerprint) && !pinned && unpinned.length >= 256) return "full";
    const isNew = last === undefined || session > last.session || !this.known.has(fingerprint);
    this.#remember(fingerprint, session, seq, address, type);
    this.#accept(fingerprint, body, isNew, isShared);
    return undefined;
  }

  #hasShape(body: Record<string, unknown>, signature: unknown, seconds: bigint): boolean {
    const { type, name, team, address, session, seq, key } = body;
    const isCount = (value: unknown, least: number): boolean =>
      typeof value === "number" && Number.isSafeInteger(value) && value >= least;
    const isBase64 = (value: unknown): boolean =>
      typeof value === "string" && Buffer.from(value, "base64").toString("base64") === value;
    return (
      (type === "beacon" || type === "bye") &&
      isName(name) &&
      typeof team === "string" &&
      NAME.test(team) &&
      isAddress(address) &&
      isCount(session, 0) &&
      isCount(seq, 1) &&
      Number(session) <= (Number(seconds) + 30) * 1000 + 999 &&
      isBase64(key) &&
      key !== "" &&
      isBase64(signature)
    );
  }

  #mayCheck(): boolean {
    const now = Date.now();
    this.#checked = this.#checked.filter((time) => now - time < 1000);
    if (this.#checked.length >= 150) return false;
    this.#checked.push(now);
    return true;
  }

  #note(source: string, age: number): void {
    const now = Date.now();
    if (now - (this.#noted.get(source) ?? 0) < 60_000) return;
    this.#noted.set(source, now);
    const off = age > 0 ? `${age} s old` : `${-age} s ahead`;
    console.error(`a beacon from ${source} is ${off}: is a clock wrong?`);
  }

  #remember(fingerprint: string, session: number, seq: number, address: string, type: string): void {
    let last = this.#last.get(fingerprint);
    if (last === undefined || session > last.session)
      last = { session, seqs: new Map(), ended: last?.ended ?? -1 };
    last.seqs.set(address, seq);
    if (type === "bye") last.ended = session;
    this.#last.set(fingerprint, last);
  }

  #accept(fingerprint: string, body: Record<string, unknown>, isNew: boolean, isShared: boolean): void {
    const now = Date.now();
    const before = this.known.get(fingerprint);
    if (body.type === "bye") {
      this.known.delete(fingerprint);
      if (before !== undefined) this.#events.left(before, false);
      return;
    }
    const known: Known = before ?? {
      fingerprint,
      der: String(body.key),
      name: String(body.name),
      addresses: new Map(),
      heard: now,
      heardShared: isShared ? now : 0,
      since: new Date(),
      isSilent: false,
    };
    known.name = String(body.name);
    if (wrongly("one-address"))
      known.addresses = before ? known.addresses : new Map([[String(body.address), now]]);
    else known.addresses.set(String(body.address), now);
    known.heard = now;
    if (isShared) known.heardShared = now;
    this.known.set(fingerprint, known);
    if (before === undefined || before.isSilent) {
      known.isSilent = false;
      known.since = new Date();
      this.#events.found(known);
    } else if (isNew) this.#events.again(known);
    if (isNew || wrongly("answers-each")) this.#answer(fingerprint, String(body.address));
  }

  #answer(fingerprint: string, address: string): void {
    const now = Date.now();
    if (now - (this.#answered.get(fingerprint) ?? 0) < 1000) return;
    this.#answered.set(fingerprint, now);
    if (!this.#options.isQuiet) this.#send(this.#token("beacon"), ...split(address));
  }

  addressesOf(fingerprint: string): string[] {
    const known = this.known.get(fingerprint);
    return [...(known?.addresses ?? [])]
      .sort(([, one], [, other]) => other - one)
      .map(([address]) => address);
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    if (this.#options.isQuiet) return;
    if (!wrongly("no-goodbye")) this.#everywhere("bye");
    await new Promise((resolve) => setTimeout(resolve, 20));
    this.#isOver = true;
    this.#shared?.close();
  }
}

export function split(address: string): [string, number] {
  const at = address.lastIndexOf(":");
  return [address.slice(0, at), Number(address.slice(at + 1))];
}
