// Peers of stage 05 that talk to each other in memory: real conversations and histories, joined by sessions that can be
// cut at any moment, between any two objects. Nothing happens by itself: a test moves everything, step by step.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Conversations } from "../../05-lan-chat/conversations.ts";
import { type History, openHistory } from "../../05-lan-chat/history.ts";
import type { Identity } from "../../05-lan-chat/identity.ts";
import type { JsonObject } from "../../05-lan-chat/messages.ts";
import type { Session } from "../../05-lan-chat/sessions.ts";
import type { TrustedKey } from "../../05-lan-chat/trust.ts";
import { knownIdentity } from "./known-identities.ts";

/** Where a peer is made to crash: just before something is shown, or just before something is sent. */
export class Crash extends Error {}

/** One end of a session in memory. */
class JoinedSession implements Session {
  readonly fingerprint: string;
  readonly key: Identity;
  readonly name: string;
  readonly address = "127.0.0.1:5000";
  readonly role;
  isOpen = true;
  /** What was sent and has not arrived. */
  readonly underway: JsonObject[] = [];
  readonly #beforeSend: () => void;

  constructor(peer: LanPeer, role: "initiator" | "responder", beforeSend: () => void) {
    this.fingerprint = peer.identity.fingerprint;
    this.key = peer.identity;
    this.name = peer.name;
    this.role = role;
    this.#beforeSend = beforeSend;
  }

  send(object: Readonly<Record<string, unknown>>): boolean {
    if (!this.isOpen) return false;
    this.#beforeSend();
    // As on the wire: what arrives is another object, of the same text.
    this.underway.push(JSON.parse(JSON.stringify(object)));
    return true;
  }

  end(): void {
    this.isOpen = false;
  }

  async drained(): Promise<void> {}
}

/** A program on a data folder, which can crash and be started again. */
export class LanPeer {
  readonly name: string;
  readonly identity: Identity;
  readonly dir: string;
  /** All events, over all starts. */
  readonly shown: string[] = [];
  readonly notes: string[] = [];
  /** The sessions by the other's fingerprint. */
  readonly sessions = new Map<string, JoinedSession>();
  /** What the program does when it turns to the next event. */
  later: (() => void)[] = [];
  /** After how many more events or objects it crashes; never, if undefined. */
  crashAfter: number | undefined;
  history: History;
  conversations: Conversations;
  readonly #mesh: LanMesh;

  constructor(mesh: LanMesh, name: string) {
    this.#mesh = mesh;
    this.name = name;
    this.identity = knownIdentity(name);
    this.dir = mkdtempSync(join(tmpdir(), "lan-peer-"));
    this.history = openHistory(this.dir);
    this.conversations = this.#makeConversations();
  }

  #makeConversations(): Conversations {
    return new Conversations({
      history: this.history,
      identity: this.identity,
      name: this.name,
      dir: this.dir,
      shown: (fingerprint) => this.#mesh.named(fingerprint),
      sessionOf: (fingerprint) => this.sessions.get(fingerprint),
      activePeers: () => this.#mesh.activeFor(this),
      reach: async (fingerprint) => {
        const other = this.#mesh.find(fingerprint);
        if (other !== undefined && this.#mesh.canReach(this, other)) this.#mesh.connect(this, other);
        return this.sessions.get(fingerprint);
      },
      trusted: (fingerprint) => this.#mesh.trusted(fingerprint),
      show: (event) => {
        this.#countDown();
        this.shown.push(event);
      },
      note: (line) => this.notes.push(line),
      now: () => this.#mesh.now + this.#mesh.clockIsAhead,
      elapsed: () => this.#mesh.now,
      later: (work) => this.later.push(work),
    });
  }

  /** Crashes here, if it is the moment. */
  #countDown(): void {
    if (this.crashAfter === undefined) return;
    this.crashAfter -= 1;
    if (this.crashAfter < 0) throw new Crash();
  }

  newSession(to: LanPeer, role: "initiator" | "responder"): JoinedSession {
    const session = new JoinedSession(to, role, () => this.#countDown());
    this.sessions.set(to.identity.fingerprint, session);
    return session;
  }

  /** Runs what the program does; if it crashes, it is started again. @returns false if it has crashed */
  do(work: (conversations: Conversations) => void): boolean {
    try {
      work(this.conversations);
      return true;
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      this.restart();
      return false;
    }
  }

  /** Does what was left for later. */
  turn(): boolean {
    return this.do(() => {
      for (const work of this.later.splice(0)) work();
    });
  }

  /** Ends without a word, as kill -9 does, and starts again. */
  restart(): void {
    this.crashAfter = undefined;
    this.later = [];
    for (const fingerprint of this.sessions.keys()) this.#mesh.cut(this, this.#mesh.find(fingerprint));
    this.sessions.clear();
    this.later = [];
    this.history.close();
    this.history = openHistory(this.dir);
    this.conversations = this.#makeConversations();
    void this.conversations.start();
  }

  async close(): Promise<void> {
    await this.conversations.close();
    this.history.close();
    rmSync(this.dir, { recursive: true });
  }
}

/** Some peers, and who can reach whom. */
export class LanMesh {
  readonly peers: LanPeer[] = [];
  now = 1_764_360_000_000;
  /** By how much the clocks that users can set were set forward. */
  clockIsAhead = 0;
  /** Pairs of names that cannot reach each other, as `alice bob`. */
  readonly apart = new Set<string>();
  /** Names that are switched off. */
  readonly away = new Set<string>();
  /** What is kept of keys, where it is not that they are pinned. */
  readonly standings = new Map<string, Partial<TrustedKey>>();

  constructor(...names: string[]) {
    for (const name of names) this.peers.push(new LanPeer(this, name));
  }

  /** @throws Error if there is no such peer */
  get(name: string): LanPeer {
    const peer = this.peers.find((one) => one.name === name);
    if (peer === undefined) throw new Error(`no peer ${name}`);
    return peer;
  }

  find(fingerprint: string): LanPeer | undefined {
    return this.peers.find(({ identity }) => identity.fingerprint === fingerprint);
  }

  named(fingerprint: string): string {
    return this.find(fingerprint)?.name ?? `?#${fingerprint.slice(0, 4)}`;
  }

  trusted(fingerprint: string): TrustedKey | undefined {
    const peer = this.find(fingerprint);
    if (peer === undefined) return undefined;
    const { name, identity } = peer;
    const usual = {
      name,
      fingerprint,
      der: identity.der,
      isVerified: false,
      isPinned: true,
      standing: "usual",
    } as const;
    return { ...usual, ...this.standings.get(name) };
  }

  canReach(one: LanPeer, other: LanPeer): boolean {
    if (this.away.has(one.name) || this.away.has(other.name)) return false;
    return !this.apart.has(`${one.name} ${other.name}`) && !this.apart.has(`${other.name} ${one.name}`);
  }

  activeFor(peer: LanPeer): string[] {
    return this.peers
      .filter((other) => other !== peer && this.canReach(peer, other))
      .map(({ identity }) => identity.fingerprint);
  }

  /** Opens a session, unless there is one. */
  connect(one: LanPeer, other: LanPeer): void {
    if (one.sessions.get(other.identity.fingerprint)?.isOpen) return;
    const sessions = [one.newSession(other, "initiator"), other.newSession(one, "responder")] as const;
    one.do((conversations) => conversations.opened(sessions[0]));
    other.do((conversations) => {
      if (sessions[1].isOpen) conversations.opened(sessions[1]);
    });
  }

  /** Ends a session without a goodbye: what is under way is lost. */
  cut(one: LanPeer, other: LanPeer | undefined): void {
    if (other === undefined) return;
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const) {
      const session = from.sessions.get(to.identity.fingerprint);
      if (session === undefined) continue;
      session.isOpen = false;
      session.underway.length = 0;
      from.sessions.delete(to.identity.fingerprint);
      from.do((conversations) => conversations.closed(session));
    }
  }

  /** Lets up to `count` objects arrive, in their order, in one piece. @returns how many there were */
  arrive(from: LanPeer, to: LanPeer, count = Number.POSITIVE_INFINITY): number {
    const session = from.sessions.get(to.identity.fingerprint);
    const objects = session?.underway.splice(0, Math.min(count, session.underway.length)) ?? [];
    for (const object of objects) {
      const back = to.sessions.get(from.identity.fingerprint);
      if (back === undefined) break;
      to.do((conversations) => {
        if (!conversations.received(back, object)) throw new Error(`refused: ${JSON.stringify(object)}`);
      });
    }
    return objects.length;
  }

  /** Everybody does what there is to do, and everything under way arrives. @returns how much that was */
  #round(): number {
    let moved = 0;
    for (const from of this.peers) {
      moved += from.later.length;
      from.turn();
      for (const to of this.peers) moved += this.arrive(from, to);
    }
    return moved;
  }

  /** Goes on until nothing is under way and nothing is left to do, where no file is read or written. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 5; ) {
      quiet = this.#round() > 0 ? 0 : quiet + 1;
      await new Promise(setImmediate);
    }
  }

  /** Goes on until something is so. @throws Error if it is not so within half a minute */
  async until(isSo: () => boolean): Promise<void> {
    const deadline = Date.now() + 30_000;
    while (!isSo()) {
      if (Date.now() > deadline) throw new Error(`waited in vain: ${isSo}`);
      this.#round();
      await new Promise(setImmediate);
    }
  }

  async close(): Promise<void> {
    for (const peer of this.peers) await peer.close();
  }
}
