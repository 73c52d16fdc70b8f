// A peer of stage 05 that the checker plays: it has a key, serves UDP and TCP on one port, sends beacons, calls and is
// called.

import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { HOST, type LanContext, type Members, parse } from "./lan-context.ts";
import {
  isSigned,
  type LanKey,
  openToken,
  readKey,
  sealToken,
  secondsNow,
  sign,
  type TokenParts,
} from "./lan-cryptography.ts";
import { type HandshakeOptions, PlayedSession } from "./lan-session.ts";
import type { PeerUnderTest } from "./launcher.ts";
import { Listener } from "./listener.ts";
import { quote } from "./readable-bytes.ts";

/** A session of a played peer. */
export type LanSession = PlayedSession<LanPeer>;

/** How many ports are tried until one is free for TCP and UDP. */
const ATTEMPTS = 20;

/** What a beacon is made of. Each part may be wrong. */
export interface BeaconParts extends TokenParts {
  /** Members of its body that are other than usual; undefined: left out. */
  body?: Members;
  /** The text of the body. */
  text?: string;
  signature?: string;
  /** The members of the token, body and signature. */
  outside?: Members;
  key?: Buffer;
}

/** A beacon of a program, as it came. */
export interface HeardBeacon {
  datagram: string;
  /** When it came, as a value of performance.now(). */
  at: number;
  /** The token's time. */
  seconds: number;
  iv: Buffer;
  body: Members;
  /** The body as it stands in the token. */
  text: string;
}

interface Datagram {
  bytes: Buffer;
  port: number;
  at: number;
}

export class LanPeer {
  readonly name: string;
  readonly lan: LanContext;
  readonly key: LanKey;
  readonly listener: Listener;
  /** The time of its start (P8.5). */
  session = Date.now();
  seq = 0;
  readonly #udp: UdpSocket;
  readonly #inbox: Datagram[] = [];
  #changed: (() => void)[] = [];

  private constructor(lan: LanContext, name: string, key: LanKey, listener: Listener, udp: UdpSocket) {
    this.lan = lan;
    this.name = name;
    this.key = key;
    this.listener = listener;
    this.#udp = udp;
    udp.on("message", (bytes, { port }) => {
      this.#inbox.push({ bytes, port, at: performance.now() });
      for (const resolve of this.#changed.splice(0)) resolve();
    });
    udp.on("error", () => {});
  }

  /** Takes a port for TCP and UDP. */
  static async start(lan: LanContext, name: string, key: LanKey): Promise<LanPeer> {
    for (let attempt = 1; ; attempt += 1) {
      // A program may call by itself, so what comes on such a call may stay unread.
      const listener = await Listener.start(name, lan.scene);
      lan.scene.afterwards(() => listener.close());
      const udp = createSocket("udp4");
      try {
        udp.bind(listener.port, HOST);
        await once(udp, "listening");
        lan.scene.afterwards(() => udp.close());
        return new LanPeer(lan, name, key, listener, udp);
      } catch (error) {
        udp.close();
        listener.close();
        if (attempt === ATTEMPTS) throw error;
      }
    }
  }

  get port(): number {
    return this.listener.port;
  }

  get address(): string {
    return `${HOST}:${this.port}`;
  }

  /** How another peer of the same name tells it apart (P8.10). */
  get suffixed(): string {
    return `${this.name}#${this.key.fingerprint.slice(0, 4)}`;
  }

  /** The same key on another port, as a machine with two addresses has it. It shares no counters. */
  async elsewhere(): Promise<LanPeer> {
    const other = await LanPeer.start(this.lan, this.name, this.key);
    other.session = this.session;
    return other;
  }

  /** Makes its next beacon. */
  beacon(parts: BeaconParts = {}): string {
    const { key = this.lan.teamKey, outside = {}, body = {}, signature, text, ...token } = parts;
    if (body.seq === undefined) this.seq += 1;
    const members: Members = {
      type: "beacon",
      name: this.name,
      team: this.lan.team,
      address: this.address,
      session: this.session,
      seq: this.seq,
      key: this.key.der.toString("base64"),
      ...body,
    };
    const written = text ?? JSON.stringify(members);
    const signed = signature ?? sign(this.key.privateKey, "beacon", written);
    return sealToken(key, JSON.stringify({ body: written, signature: signed, ...outside }), token);
  }

  /** Sends a datagram to a program. This is no step. */
  async emits({ port }: { port: number }, datagram: string | Buffer, host = HOST): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#udp.send(Buffer.from(datagram), port, host, () => resolve());
    });
  }

  /** Lets the socket send to broadcast addresses, or to groups on the loopback interface. */
  reachesAll(): void {
    this.#udp.setBroadcast(true);
    this.#udp.setMulticastInterface(HOST);
    this.#udp.setMulticastTTL(1);
  }

  /** Sends its next beacon to a program. */
  async beacons(to: { port: number; name?: string }, parts: BeaconParts = {}): Promise<void> {
    const whom = to.name === undefined ? "" : ` to ${to.name}`;
    const { type = "beacon", ...others } = parts.body ?? {};
    const but = Object.keys(others).length === 0 ? "" : ` with ${JSON.stringify(others)}`;
    const shown = `a ${type === "bye" ? "goodbye" : "beacon"}${but}`;
    this.lan.scene.transcript.lastSent = { text: shown, by: this.name };
    await this.lan.scene.step(`${this.name} sends ${shown}${whom}`, () => this.emits(to, this.beacon(parts)));
  }

  /** Sends beacons again and again, until the check is over or the returned function is called. */
  keepsBeaconing(to: { port: number }, pause: number, host?: string): () => void {
    const timer = setInterval(() => void this.emits(to, this.beacon(), host), pause);
    this.lan.scene.afterwards(() => clearInterval(timer));
    return () => clearInterval(timer);
  }

  /** Is found by a program, under its name, unless that is taken. */
  async isFoundBy(program: PeerUnderTest, shown = this.name): Promise<void> {
    await this.lan.scene.preparing(async () => {
      await this.beacons(program);
      await program.shows(`found: ${shown}`);
    });
  }

  /** Says goodbye to a program that shows this name. */
  async leaves(program: PeerUnderTest, shown = this.name): Promise<void> {
    await this.beacons(program, { body: { type: "bye" } });
    await program.shows(`left: ${shown}`);
  }

  /** Says goodbye, and answers no calls any more. */
  async goesAway(program: PeerUnderTest): Promise<void> {
    await this.leaves(program);
    this.listener.close();
  }

  /** Comes back with a later session, on another port. */
  async comesBack(program: PeerUnderTest): Promise<LanPeer> {
    const back = await this.elsewhere();
    back.session = Math.max(Date.now(), this.session + 1);
    await back.isFoundBy(program);
    return back;
  }

  /** Forgets the datagrams that have come. */
  forgetsHeard(): void {
    this.#inbox.length = 0;
  }

  /** How many datagrams of a program have come and are not read. */
  unheard({ port }: { port: number }): number {
    return this.#inbox.filter((one) => one.port === port).length;
  }

  /** Expects a beacon, or a goodbye, of a program, and checks its form and its signature (P8.5). */
  async hearsBeacon(
    program: PeerUnderTest,
    type: "beacon" | "bye" = "beacon",
    longest = this.lan.scene.timeout,
  ): Promise<HeardBeacon> {
    const what = `a ${type === "bye" ? "goodbye" : "beacon"} of ${program.name}`;
    return this.lan.scene.step(`${this.name} receives ${what}`, async () => {
      // Beacons that go on must not make us wait for ever for a goodbye.
      for (const until = performance.now() + longest; ; ) {
        const datagram = await this.#next(program, Math.max(0, until - performance.now()));
        if (datagram === undefined)
          return this.lan.scene.fails({
            expected: what,
            received: `none within ${longest / 1000} s`,
            came: program.hasEnded ? "ended" : "nothing",
            ...(await this.lan.scene.lastWords(program.hasEnded)),
          });
        this.lan.scene.observe();
        const heard = this.#read(datagram);
        if (typeof heard === "string")
          return this.lan.scene.fails({ expected: what, received: `a datagram that is none: ${heard}` });
        if (type === "beacon" || heard.body.type === "bye") return heard;
      }
    });
  }

  /** Expects that no datagram of a program comes for some time. */
  async hearsNothing(program: PeerUnderTest, milliseconds: number): Promise<void> {
    await this.lan.scene.step(
      `nothing comes from ${program.name} to ${this.name} for ${milliseconds / 1000} s`,
      async () => {
        await sleep(milliseconds);
        const [first] = this.#inbox.filter(({ port }) => port === program.port);
        if (first === undefined) return;
        const heard = this.#read(first);
        this.lan.scene.fails({
          expected: "no datagram",
          received: typeof heard === "string" ? `a datagram: ${heard}` : heard.text,
        });
      },
    );
  }

  async #next(program: PeerUnderTest, longest: number): Promise<Datagram | undefined> {
    const until = performance.now() + longest;
    for (;;) {
      const index = this.#inbox.findIndex(({ port }) => port === program.port);
      const [found] = index === -1 ? [] : this.#inbox.splice(index, 1);
      const left = until - performance.now();
      if (found !== undefined || left <= 0 || program.hasEnded) return found;
      const timer = new AbortController();
      await Promise.race([
        new Promise<void>((resolve) => this.#changed.push(resolve)),
        program.ended,
        sleep(left, undefined, { signal: timer.signal }).catch(() => {}),
      ]);
      timer.abort();
    }
  }

  /** Reads a beacon. @returns why it is none */
  #read({ bytes, at }: Datagram): HeardBeacon | string {
    return readBeacon(bytes, at, this.lan.teamKey);
  }

  /** Connects to a program, and says nothing yet. */
  async connects(program: PeerUnderTest): Promise<LanSession> {
    await this.lan.mayGreet(program);
    const connection = await this.lan.scene.connect({ port: program.port }, this.name);
    return new PlayedSession<LanPeer>(connection, this, program, "initiator");
  }

  /** Expects that a program connects. Nothing is read or said yet. */
  async isCalled(program: PeerUnderTest): Promise<LanSession> {
    return this.lan.scene.step(`${program.name} connects to ${this.name}`, async () => {
      const connection = await this.listener.next(this.lan.scene, program.name);
      return new PlayedSession<LanPeer>(connection, this, program, "responder");
    });
  }

  /** Calls a program, and proves its key. What the program shows is not read. */
  async calls(program: PeerUnderTest, options: HandshakeOptions = {}): Promise<LanSession> {
    return this.lan.scene.preparing(async () => {
      const session = await this.connects(program);
      await session.shakesHands(options);
      return session;
    });
  }

  /** Is called by a program, and proves its key. */
  async answers(program: PeerUnderTest, options: HandshakeOptions = {}): Promise<LanSession> {
    return this.lan.scene.preparing(async () => {
      const session = await this.isCalled(program);
      await session.shakesHands(options);
      return session;
    });
  }

  /** Calls a program that shows it as connected, under its name unless that is taken. */
  async opens(program: PeerUnderTest, shown = this.name): Promise<LanSession> {
    const session = await this.calls(program);
    await this.lan.scene.preparing(() => program.shows(`connected to ${shown}`));
    return session;
  }
}

/** Reads a beacon of a program. @returns why it is none */
export function readBeacon(bytes: Buffer, at: number, teamKey: Buffer): HeardBeacon | string {
  const datagram = bytes.toString("latin1");
  if (bytes.length > 1472) return `it has ${bytes.length} bytes`;
  const opened = openToken(teamKey, datagram);
  if (typeof opened === "string") return `${opened} (${bytes.length} bytes)`;
  const outside = parse(opened.plaintext.toString());
  if (outside === undefined) return `its token holds no object: ${quote(opened.plaintext.toString())}`;
  const { body: text, signature } = outside;
  if (typeof text !== "string") return "its body is no text";
  const body = parse(text);
  if (body === undefined) return `its body is no object: ${quote(text)}`;
  const key = readKey(body.key);
  if (typeof key === "string") return `its key is none: ${key}`;
  if (!isSigned(key.key, "beacon", text, signature))
    return "its signature is not PSS over `p2p-mesh 05 beacon`, a NUL and the body with this key";
  return { datagram, at, seconds: Number(opened.seconds), iv: opened.iv, body, text };
}

/** Waits for the beginning of a second, so that a check of times in whole seconds has most of it left. */
export async function beginningOfSecond(): Promise<number> {
  await sleep(1000 - (Date.now() % 1000) + 2);
  return secondsNow();
}
