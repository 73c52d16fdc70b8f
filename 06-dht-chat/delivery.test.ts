// Outbox and inbox together, over two stores, a clock by hand, and a connection that is cut after any frame (P10.8).

import { expect } from "chai";
import fc from "fast-check";
import type { Content } from "./contents.ts";
import { Inbox } from "./inbox.ts";
import { Outbox, type OutboxWork } from "./outbox.ts";
import { type OwnMessage, StoreError, type TheirMessage } from "./store.ts";
import { MemoryStore } from "./testing/memory-store.ts";

const ALICE = "a".repeat(64);
const BOB = "b".repeat(64);
const FAULT = new StoreError("drawn fault");

/** Alice writes to Bob. Their pages may crash, the connection may be lost, and any step of either store may fail. */
class Scene {
  now = 1_000_000;
  aliceStore = new MemoryStore();
  bobStore = new MemoryStore();
  outbox = new Outbox(this.now);
  inbox = this.#openInbox();
  isConnected = false;
  /** Frames under way. */
  toBob: Content[] = [];
  toAlice: Content[] = [];
  /** What Alice wrote, in its order: what her store has taken. */
  readonly written: string[] = [];
  /** Messages that were dropped at some time, or sent again. */
  readonly dropped = new Set<string>();
  /** What Bob has seen since his page was loaded the last time. */
  shown: string[] = [];
  /** What was noted as shown in an earlier life of his page. */
  notedBefore = new Set<string>();
  hasBobFailed = false;

  #openInbox(): Inbox {
    return new Inbox(this.bobStore, ALICE, (message: TheirMessage) => {
      expect(this.shown, "shown twice").to.not.include(message.id);
      expect([...this.notedBefore], "shown again after it was noted").to.not.include(message.id);
      this.shown.push(message.id);
      return true;
    });
  }

  async write(): Promise<void> {
    const id = String(this.written.length + 1).padStart(32, "0");
    try {
      const message = await this.aliceStore.addOwnMessage({ chat: BOB, id, text: `text ${id}` }, this.now);
      this.written.push(id);
      await this.#do(this.outbox.add(message, this.now));
    } catch (error) {
      expect(error).to.equal(FAULT);
      // The number stays free, and with it the id: nothing was stored.
    }
  }

  async connect(): Promise<void> {
    if (this.isConnected) return;
    this.isConnected = true;
    await this.#do(this.outbox.connected(this.now));
  }

  async cut(): Promise<void> {
    this.isConnected = false;
    this.toBob = [];
    this.toAlice = [];
    await this.#do(this.outbox.disconnected(this.now));
  }

  async passToBob(): Promise<void> {
    const content = this.toBob.shift();
    if (content?.type !== "message") return;
    try {
      this.toAlice.push(await this.inbox.receive(content, this.now));
    } catch (error) {
      expect(error).to.equal(FAULT);
      this.hasBobFailed = true;
    }
  }

  async passToAlice(): Promise<void> {
    const content = this.toAlice.shift();
    if (content?.type === "ack") await this.#do(this.outbox.acknowledged(content.id, this.now));
  }

  async pass(milliseconds: number): Promise<void> {
    this.now += milliseconds;
    await this.#do(this.outbox.look(this.now));
  }

  async crashAlice(): Promise<void> {
    await this.cut();
    this.aliceStore = this.aliceStore.reopened();
    const { sending } = await this.aliceStore.load();
    this.outbox = new Outbox(this.now, sending);
    await this.#do(this.outbox.look(this.now));
  }

  async crashBob(): Promise<void> {
    await this.cut();
    this.bobStore = this.bobStore.reopened();
    const entries = await this.bobStore.entriesOf(ALICE, 10_000);
    this.notedBefore = new Set(
      entries.flatMap((entry) => (entry.kind === "their" && entry.isNoted ? [entry.id] : [])),
    );
    this.shown = [];
    this.inbox = this.#openInbox();
    const { notNoted } = await this.bobStore.load();
    await this.inbox.restore(notNoted);
    expect(this.shown).to.deep.equal(notNoted.map(({ id }) => id));
  }

  async again(which: number): Promise<void> {
    const id = this.written[which % Math.max(this.written.length, 1)];
    if (id === undefined) return;
    try {
      const message = await this.aliceStore.setDelivery(BOB, id, "sending", this.now);
      if (message === undefined) return;
      this.dropped.add(id);
      await this.#do(this.outbox.add(message, this.now));
    } catch (error) {
      expect(error).to.equal(FAULT);
    }
  }

  /** The operation of a store that comes after so many others fails, once. */
  fail(who: "alice" | "bob", operations: number): void {
    let left = operations;
    const store = who === "alice" ? this.aliceStore : this.bobStore;
    store.fault = () => {
      if (left-- === 0) throw FAULT;
    };
  }

  /** No more faults: both pages start again, and all that is under way arrives. */
  async finish(): Promise<void> {
    await this.crashAlice();
    await this.crashBob();
    await this.connect();
    await this.passAll();
    await this.pass(30_000);
  }

  async passAll(): Promise<void> {
    while (this.toBob.length > 0 || this.toAlice.length > 0) {
      await this.passToBob();
      await this.passToAlice();
    }
  }

  async own(): Promise<OwnMessage[]> {
    const entries = await this.aliceStore.entriesOf(BOB, 10_000);
    return entries.filter((entry) => entry.kind === "own");
  }

  async theirs(): Promise<TheirMessage[]> {
    const entries = await this.bobStore.entriesOf(ALICE, 10_000);
    return entries.filter((entry) => entry.kind === "their");
  }

  /** What must be so in the end, whatever happened. */
  async judge(): Promise<void> {
    const own = await this.own();
    expect(
      own.map(({ id }) => id),
      "nothing that was written is lost",
    ).to.deep.equal(this.written);
    const theirs = await this.theirs();
    expect(new Set(theirs.map(({ id }) => id)).size, "nothing is there twice").to.equal(theirs.length);
    for (const { id, text, state } of own) {
      expect(state).to.be.oneOf(["delivered", "dropped"]);
      const received = theirs.find((message) => message.id === id);
      if (state === "delivered") expect(received, "delivered").to.deep.include({ text, isNoted: true });
    }
    const inOrder = theirs.map(({ id }) => id).filter((id) => !this.dropped.has(id));
    if (!this.hasBobFailed) expect(inOrder, "the order is kept").to.deep.equal([...inOrder].sort());
  }

  async #do(work: OutboxWork): Promise<void> {
    for (const id of work.drop) {
      this.dropped.add(id);
      await this.#store(id, "dropped");
    }
    for (const id of work.deliver) await this.#store(id, "delivered");
    if (!this.isConnected) expect(work.send).to.deep.equal([]);
    this.toBob.push(...work.send);
  }

  async #store(id: string, state: "delivered" | "dropped"): Promise<void> {
    try {
      await this.aliceStore.setDelivery(BOB, id, state, this.now);
    } catch (error) {
      expect(error).to.equal(FAULT);
    }
  }
}

describe("06 delivery (P10.8)", () => {
  it("P10.8 a connection that is cut after any frame loses nothing, shows nothing twice, and keeps the order", async () => {
    const MESSAGES = 5;
    for (const afterwards of ["nothing", "crashAlice", "crashBob"] as const)
      for (let frames = 0; frames <= 2 * MESSAGES; frames++)
        for (const acksFirst of [false, true]) {
          const scene = new Scene();
          await scene.connect();
          for (let count = 0; count < MESSAGES; count++) await scene.write();
          for (let passed = 0; passed < frames; passed++) {
            const isForAlice = scene.toAlice.length > 0 && (acksFirst || scene.toBob.length === 0);
            await (isForAlice ? scene.passToAlice() : scene.passToBob());
          }
          await scene.cut();
          if (afterwards !== "nothing") await scene[afterwards]();
          await scene.pass(29_999);
          await scene.connect();
          await scene.passAll();
          await scene.judge();
          expect((await scene.own()).map(({ state }) => state)).to.deep.equal(
            Array(MESSAGES).fill("delivered"),
          );
          expect((await scene.theirs()).map(({ id }) => id)).to.deep.equal(scene.written);
        }
  });

  it("P10.8 whatever fails, and whenever, a message is delivered or dropped, and shown once", async () => {
    const event = fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom("write", "passToBob", "passToBob", "passToAlice") },
      { weight: 3, arbitrary: fc.constantFrom("connect", "connect", "cut", "crashAlice", "crashBob") },
      { weight: 1, arbitrary: fc.record({ pass: fc.constantFrom(1, 9_999, 10_000, 20_000, 30_000) }) },
      { weight: 1, arbitrary: fc.record({ again: fc.nat(20) }) },
      { weight: 2, arbitrary: fc.record({ fail: fc.constantFrom("alice", "bob"), after: fc.nat(12) }) },
    );
    const run = async (events: readonly Drawn[]): Promise<void> => {
      const scene = new Scene();
      for (const drawn of events) await play(scene, drawn);
      await scene.finish();
      await scene.judge();
    };
    await fc.assert(
      fc.asyncProperty(fc.array(event as fc.Arbitrary<Drawn>, { maxLength: 80, size: "max" }), run),
      { numRuns: 300 },
    );
  });
});

type Drawn =
  | "write"
  | "passToBob"
  | "passToAlice"
  | "connect"
  | "cut"
  | "crashAlice"
  | "crashBob"
  | { pass: number }
  | { again: number }
  | { fail: "alice" | "bob"; after: number };

async function play(scene: Scene, drawn: Drawn): Promise<void> {
  if (typeof drawn === "string") return scene[drawn]();
  if ("pass" in drawn) return scene.pass(drawn.pass);
  if ("again" in drawn) return scene.again(drawn.again);
  scene.fail(drawn.fail, drawn.after);
}
