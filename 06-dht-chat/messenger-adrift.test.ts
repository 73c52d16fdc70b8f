// Two messengers that are direct, and lose all relays: what is said goes on, and later over a new session (P10.10).

import { expect } from "chai";
import fc from "fast-check";
import { recordKey } from "./record.ts";
import { FakeDirect } from "./testing/fake-direct.ts";
import { Scene, type User } from "./testing/messengers.ts";

describe("a messenger: a direct path without its stream", () => {
  let scene: Scene;
  let direct: FakeDirect;
  let relays: string[];

  beforeEach(async () => {
    await begin();
  });

  afterEach(() => scene.end());

  async function begin(): Promise<void> {
    scene = await Scene.make();
    direct = new FakeDirect();
    scene.makeAttempt = () => direct.make;
    relays = [...scene.world.relays];
  }

  function stopAllRelays(): void {
    for (const relay of relays) scene.world.killRelay(relay);
  }

  /** The same relays are there again, and the pages find them. */
  function startRelays(): void {
    for (const relay of relays) scene.world.relays.add(relay);
    for (const page of scene.world.pages.values()) page.reserve();
  }

  function stateOf(one: User, other: User): string {
    return one.knows(other)?.state ?? "";
  }

  function areBoth(one: User, other: User, state: string): boolean {
    return stateOf(one, other) === state && stateOf(other, one) === state;
  }

  function peerIdOf(user: User): string {
    for (const [peerId, page] of scene.world.pages) if (page.id === user.id) return peerId;
    throw new Error("no page of theirs is open");
  }

  async function sayTo(one: User, other: User, ...texts: string[]): Promise<void> {
    for (const text of texts) await one.messenger.say(one.chat(other), text);
  }

  function isAllDelivered(one: User, other: User): boolean {
    return [...one.states(other), ...other.states(one)].every((state) => state === "delivered");
  }

  /** One offers bytes, and the other one wants them. @returns when it has begun */
  async function pass(one: User, other: User, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await one.messenger.offer(one.chat(other), new Blob([bytes]), "file");
    const offered = () => other.entries(one).find(({ file }) => file?.state === "offered");
    await scene.until(() => offered() !== undefined, "it is offered");
    await other.messenger.accept(other.chat(one), offered()?.entry ?? "");
  }

  async function expectFile(one: User, other: User, bytes: Uint8Array): Promise<void> {
    const files = other.entries(one).flatMap(({ file }) => file ?? []);
    expect(files.map(({ state }) => state)).deep.equal(["done"]);
    const arrived = (await files[0]?.blob?.arrayBuffer()) ?? new ArrayBuffer(0);
    expect(Buffer.from(arrived).equals(bytes)).equal(true);
  }

  it("P10.10 all relays are lost after going direct: texts and a file go on both ways, once, and the page says direct", async () => {
    const [alice, bob] = await scene.friendsWho("direct");
    await sayTo(alice, bob, "before");
    stopAllRelays();
    await sayTo(alice, bob, "1", "2", "3");
    await sayTo(bob, alice, "a", "b");
    const bytes = Uint8Array.from({ length: 1_000_000 }, (_, index) => (index * 7 + (index >> 8)) & 0xff);
    await pass(alice, bob, bytes);
    await scene.until(() => isAllDelivered(alice, bob), "all is delivered", 5000);
    // Far beyond all pauses and deadlines it is still so.
    await scene.pass(15 * 60_000);
    await sayTo(alice, bob, "late");
    await scene.until(() => isAllDelivered(alice, bob), "that too", 1000);
    expect(bob.heard(alice)).deep.equal(["before", "1", "2", "3", "late"]);
    expect(alice.heard(bob)).deep.equal(["a", "b"]);
    await expectFile(alice, bob, bytes);
    expect(areBoth(alice, bob, "direct")).equal(true);
    expect(direct.made).equal(2);
  });

  it("P10.10 P10.8 what was under way on the stream when it was lost goes direct, in its order and once", async () => {
    direct.isPossible = false;
    const [alice, bob] = await scene.friends();
    await scene.pass(25_000);
    direct.isPossible = true;
    // Bob is the initiator. His next offer arrives; what he says after it is still under way when they are direct.
    const pair = scene.world.routes.at(-1)?.pair;
    pair?.hold(0);
    await scene.until(() => direct.made === 3, "bob makes the next offer", 60_000);
    await sayTo(bob, alice, "1", "2");
    pair?.release(0, 1);
    await scene.until(() => stateOf(bob, alice) === "direct", "they are direct", 5000);
    await sayTo(bob, alice, "3");
    pair?.lanes[0].drop();
    stopAllRelays();
    await scene.until(() => isAllDelivered(alice, bob), "all is delivered", 5000);
    expect(alice.heard(bob)).deep.equal(["1", "2", "3"]);
    expect(areBoth(alice, bob, "direct")).equal(true);
  });

  it("P10.10 when relays are back a new session stands, the old path is ended, and the next attempt comes after 30 s", async () => {
    const [alice, bob] = await scene.friendsWho("direct");
    const frames = new Set<string>();
    let sent = 0;
    direct.alter = (message) => {
      frames.add(Buffer.from(message).toString("hex"));
      sent += 1;
      return message;
    };
    stopAllRelays();
    await sayTo(alice, bob, "adrift");
    await scene.until(() => isAllDelivered(alice, bob), "it is delivered");
    const sessions = scene.world.routes.length;
    startRelays();
    await scene.until(() => areBoth(alice, bob, "relayed"), "a new session stands", 20_000);
    const since = scene.clock.now();
    await sayTo(alice, bob, "by the relay");
    await sayTo(bob, alice, "so do I");
    await scene.until(() => isAllDelivered(alice, bob), "it is delivered");
    expect(scene.world.routes.length).within(sessions + 1, sessions + 2);
    expect(direct.open).equal(0);
    await scene.pass(since + 29_000 - scene.clock.now());
    expect(direct.made).equal(2);
    await scene.until(() => areBoth(alice, bob, "direct"), "direct again", 5000);
    await sayTo(alice, bob, "adrift");
    await scene.until(() => isAllDelivered(alice, bob), "it is delivered");
    expect(bob.heard(alice)).deep.equal(["adrift", "by the relay", "adrift"]);
    expect(alice.heard(bob)).deep.equal(["so do I"]);
    // Under one key and counter the two `ready` of this path would look like those of the one before.
    expect(frames.size).equal(sent);
    expect(direct.open).equal(2);
  });

  it("P10.10 P10.6 a path without a stream gives way to each new session, whoever's id is smaller", async () => {
    const [small, large] = [await scene.user(), await scene.user()].sort((one, other) =>
      one.id < other.id ? -1 : 1,
    ) as [User, User];
    // Who enters the card calls: the session that is lost was that of the smaller id. The next one will not be.
    await scene.introduce(large, small);
    await scene.until(() => areBoth(small, large, "direct"), "they are direct");
    stopAllRelays();
    await scene.pass(1000);
    scene.world.lies.set(recordKey(large.id), new Uint8Array(1));
    const before = scene.world.routes.length;
    startRelays();
    await scene.until(() => areBoth(small, large, "relayed"), "a new session stands", 20_000);
    await sayTo(small, large, "there you are");
    await scene.until(() => isAllDelivered(small, large), "it is delivered");
    expect(scene.world.routes.slice(before).map(({ pages }) => pages[0])).deep.equal([peerIdOf(large)]);
    expect(scene.world.routes.at(-1)?.isOver).equal(false);
  });

  it("P10.10 the messenger goes on calling, with growing pauses, and shows nothing of it", async () => {
    const [alice, bob] = await scene.friendsWho("direct");
    stopAllRelays();
    const seen = new Set<string>();
    alice.messenger.addEventListener("change", () => seen.add(stateOf(alice, bob)));
    await scene.pass(20 * 60_000);
    expect([...seen].filter((state) => state !== "direct")).deep.equal([]);
    expect(alice.knows(bob)?.problem).equal(undefined);
    // Nobody tells the pages that circuits can be opened again: they find out by trying.
    for (const relay of relays) scene.world.relays.add(relay);
    for (const page of scene.world.pages.values()) page.reserved = relays.slice(0, 2);
    await scene.until(() => stateOf(alice, bob) === "relayed", "a session", 7 * 60_000);
  });

  it("P10.10 when the channel closes, too, the contact is searched, then offline, and what is said is dropped", async () => {
    const [alice, bob] = await scene.friendsWho("direct");
    stopAllRelays();
    await scene.pass(60_000);
    direct.closeAll();
    await scene.until(() => areBoth(alice, bob, "searching"), "both search", 1000);
    await sayTo(alice, bob, "nobody hears this");
    await scene.until(() => alice.states(bob).join() === "dropped", "it is dropped", 11_000);
    await scene.until(() => areBoth(alice, bob, "offline"), "offline");
  });

  it("P10.10 a channel that owes an acknowledgement for 10 s is given up, without a stream as well", async () => {
    const [alice, bob] = await scene.friendsWho("direct");
    stopAllRelays();
    direct.isSevered = true;
    await sayTo(alice, bob, "hello?");
    await scene.pass(9500);
    expect(stateOf(alice, bob)).equal("direct");
    await scene.until(() => stateOf(alice, bob) === "searching", "alice searches", 1000);
    direct.isSevered = false;
    startRelays();
    await scene.until(() => alice.states(bob).join() === "delivered", "it is delivered over a new session");
    expect(bob.heard(alice)).deep.equal(["hello?"]);
  });

  it("P10.10 P10.6 a goodbye on the direct path ends it: the contact is offline", async () => {
    const [alice, bob] = await scene.friendsWho("direct");
    stopAllRelays();
    await scene.pass(5000);
    await sayTo(bob, alice, "good night");
    await bob.close();
    await scene.until(() => /searching|offline/.test(stateOf(alice, bob)), "bob is gone", 1000);
    expect(alice.heard(bob)).deep.equal(["good night"]);
    expect(direct.open).equal(0);
  });

  it("P10.10 the switch ends a path that has no stream", async () => {
    const [alice, bob] = await scene.friendsWho("direct");
    stopAllRelays();
    await scene.pass(1000);
    await alice.messenger.setDirect(false);
    await scene.until(
      () => [stateOf(alice, bob), stateOf(bob, alice)].every((state) => /searching|offline/.test(state)),
      "neither is direct",
      1000,
    );
    expect(direct.open).equal(0);
  });

  it("P10.10 P10.6 a bad record on the stream ends the direct path with it", async () => {
    let isBad = false;
    scene.world.faultsOf = () => ({
      alter: (_end, _index, frame) => [isBad ? frame.map((byte, at) => (at === 3 ? byte ^ 1 : byte)) : frame],
    });
    const [alice, bob] = await scene.friendsWho("direct");
    const [first] = scene.world.routes;
    scene.world.isOpen = false;
    isBad = true;
    // A relay changes what passes: here it makes up a frame.
    await first?.pair.ends[0].send(new Uint8Array(40));
    await scene.until(() => areBoth(alice, bob, "searching"), "both search", 1000);
    expect(direct.open).equal(0);
  });

  it("P10.10 a stream that owes for 10 s is given up alone, when there is a direct path", async () => {
    direct.isPossible = false;
    const [alice, bob] = await scene.friends();
    await scene.pass(25_000);
    direct.isPossible = true;
    const pair = scene.world.routes.at(-1)?.pair;
    pair?.hold(0);
    await scene.until(() => direct.made === 3, "bob makes the next offer", 60_000);
    await sayTo(bob, alice, "1");
    pair?.release(0, 1);
    await scene.until(() => stateOf(bob, alice) === "direct", "they are direct", 5000);
    scene.world.isOpen = false;
    await scene.until(() => bob.states(alice).join() === "delivered", "it goes direct", 12_000);
    expect(alice.heard(bob)).deep.equal(["1"]);
    expect(areBoth(alice, bob, "direct")).equal(true);
  });

  it("P10.10 P10.8 P10.9 relays that stop and come back at any step: each text once and in its order, the file whole", async () => {
    const bytes = Uint8Array.from({ length: 600_000 }, (_, index) => (index * 11 + (index >> 8)) & 0xff);
    const moment = fc.nat(60);
    const fault = fc.record({
      stopAt: moment,
      startAfter: moment,
      isHarsh: fc.boolean(),
      room: fc.integer({ min: 1, max: 16 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fault, { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        async (faults, closes) => {
          await scene.end();
          await begin();
          scene.world.faultsOf = () => faults[0] ?? {};
          const [alice, bob] = await scene.friendsWho("direct");
          // Relays stop and start when so many messages have passed by the direct path.
          const base = direct.arrived;
          let at = base;
          const due: { at: number; action: () => void }[] = [];
          for (const { stopAt, startAfter } of faults) {
            at += stopAt;
            due.push({ at, action: stopAllRelays });
            at += startAfter;
            due.push({ at, action: startRelays });
          }
          if (closes) due.push({ at: base + 20, action: () => direct.closeAll() });
          direct.alter = (message) => {
            for (const one of due.filter((other) => other.at <= direct.arrived)) {
              due.splice(due.indexOf(one), 1);
              one.action();
            }
            return message;
          };
          await alice.messenger.offer(alice.chat(bob), new Blob([bytes]), "file");
          const texts = Array.from({ length: 8 }, (_, index) => String(index));
          for (const text of texts) {
            await sayTo(alice, bob, text);
            await sayTo(bob, alice, text);
          }
          await scene.until(
            () => bob.entries(alice).some(({ file }) => file !== undefined) || due.length === 0,
            "on",
          );
          const offered = bob.entries(alice).find(({ file }) => file?.state === "offered");
          if (offered) await bob.messenger.accept(bob.chat(alice), offered.entry);
          await scene.pass(1000);
          for (const { action } of due.splice(0)) action();
          startRelays();
          const isOver = () =>
            [...alice.entries(bob), ...bob.entries(alice)].every(({ state, file }) =>
              file ? file.state === "done" : state !== "sending",
            );
          await scene.until(isOver, "all is over", 10 * 60_000);
          expect(isAllDelivered(alice, bob)).equal(true);
          expect(bob.heard(alice)).deep.equal(texts);
          expect(alice.heard(bob)).deep.equal(texts);
          await expectFile(alice, bob, bytes);
        },
      ),
      { numRuns: 30 },
    );
  });
});
