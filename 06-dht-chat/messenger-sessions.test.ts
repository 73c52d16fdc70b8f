// Two messengers: sessions that cross, are cut at any frame, or are not with whom they should be.

import { expect } from "chai";
import { isEqual } from "./bytes.ts";
import { makeIdentity } from "./identity.ts";
import { makeRecord, recordKey } from "./record.ts";
import { Scene, type User } from "./testing/messengers.ts";

/** Frames of a session's beginning: two hellos and two `ready`. */
const OPENING_FRAMES = 4;

describe("a messenger: sessions", () => {
  let scene: Scene;

  beforeEach(async () => {
    scene = await Scene.make();
  });

  afterEach(() => scene.end());

  /** Both look for each other at the same moment. */
  async function cross(one: User, other: User): Promise<void> {
    await Promise.all([one.messenger.say(one.chat(other), "x"), other.messenger.say(other.chat(one), "y")]);
  }

  it("P10.6 of two streams that cross the one whose initiator's id is smaller stands, and nothing is lost", async () => {
    const [alice, bob] = await scene.friends();
    let crossings = 0;
    for (let round = 0; round < 5; round += 1) {
      scene.world.isOpen = false;
      scene.world.cutAll();
      await scene.until(() => alice.knows(bob)?.state !== "relayed", "they are apart");
      const before = scene.world.routes.length;
      scene.world.isOpen = true;
      await cross(alice, bob);
      await scene.until(
        () => [...alice.states(bob), ...bob.states(alice)].every((state) => state === "delivered"),
        "all",
      );
      await scene.pass(15_000);
      const smaller = alice.id < bob.id ? alice : bob;
      const routes = scene.world.routes.slice(before);
      const standing = routes.filter(({ isOver }) => !isOver);
      expect(standing).to.have.lengthOf(1);
      const crossed = routes.filter(
        ({ pair }) => pair.ends[0].sent.length >= 2 && pair.ends[1].sent.length >= 2,
      );
      if (crossed.length < 2) continue;
      crossings += 1;
      expect(standing[0]?.pages[0]).equal(peerOf(smaller));
    }
    expect(crossings).greaterThan(0);
    expect(alice.heard(bob)).deep.equal(["y", "y", "y", "y", "y"]);
    expect(bob.heard(alice)).deep.equal(["x", "x", "x", "x", "x"]);
    expect(scene.world.routes.filter(({ isOver }) => !isOver)).to.have.lengthOf(1);
  });

  it("P10.6 a page that starts anew is taken at once, also if the other one holds the lost stream for alive", async () => {
    const [alice, bob] = await scene.friends();
    // The stream is lost, and alice does not hear of it.
    for (const route of scene.world.routes) route.isSevered = true;
    await bob.crash();
    await scene.until(() => bob.knows(alice)?.state === "relayed", "bob is connected");
    await bob.messenger.say(bob.chat(alice), "I am back");
    await alice.messenger.say(alice.chat(bob), "welcome");
    await scene.until(
      () => alice.heard(bob).length === 1 && bob.heard(alice).length === 1,
      "both have heard",
    );
  });

  it("P10.6 a lost stream that is held for alive keeps nobody out, also if its initiator's id is smaller", async () => {
    const users = [await scene.user(), await scene.user()].sort((one, other) => (one.id < other.id ? -1 : 1));
    const [smaller, larger] = users;
    if (!smaller || !larger) throw new Error("two were opened");
    // Who enters the card calls: the stream's initiator has the smaller id.
    await scene.introduce(larger, smaller);
    for (const route of scene.world.routes) route.isSevered = true;
    await larger.crash();
    await scene.until(
      () => larger.heard(smaller).length === 0 && larger.knows(smaller)?.state === "relayed",
      "met",
    );
    await larger.messenger.say(larger.chat(smaller), "I am back");
    await scene.until(() => smaller.heard(larger).length === 1, "it is heard", 9000);
  });

  it("P10.4 P10.6 a record of another key under the contact's id is ignored: nobody is called", async () => {
    const [alice, bob] = await scene.friends();
    const mallory = await makeIdentity();
    await bob.close();
    await scene.until(() => alice.knows(bob)?.state !== "relayed", "bob is away");
    const relay = [...scene.world.relays][0] ?? "";
    const forged = await makeRecord({
      identity: mallory,
      seq: scene.clock.now() + 1000,
      expires: scene.clock.now() + 60_000,
      addresses: [`/ip4/127.0.0.1/tcp/8060/ws/p2p/${relay}/p2p-circuit/p2p/${mallory.peerId}`],
    });
    scene.world.lies.set(recordKey(bob.id), forged);
    const calls = scene.world.routes.length;
    await alice.messenger.say(alice.chat(bob), "secret");
    await scene.pass(12_000);
    expect(alice.states(bob)).deep.equal(["dropped"]);
    expect(scene.world.routes).to.have.lengthOf(calls);
    expect(alice.messenger.view.underneath.counts["records refused: id"]).greaterThan(0);
  });

  it("P10.5 P10.3 a relay dies: the record is published anew, and what is said arrives once", async () => {
    const [alice, bob] = await scene.friends();
    const before = alice.messenger.view.underneath.record;
    const used = scene.world.routes.at(-1)?.relay ?? "";
    await alice.messenger.say(alice.chat(bob), "before");
    scene.world.killRelay(used);
    await alice.messenger.say(alice.chat(bob), "after");
    await scene.until(() => alice.states(bob).join() === "delivered,delivered", "both are delivered");
    expect(bob.heard(alice)).deep.equal(["before", "after"]);
    const after = alice.messenger.view.underneath.record;
    expect(after?.seq).greaterThan(before?.seq ?? 0);
    expect(after?.body).not.to.include(used);
  });

  it("P10.5 all relays die: nobody is published, and the page says so", async () => {
    const [alice] = await scene.friends();
    expect(alice.messenger.view.own.isPublished).equal(true);
    for (const relay of [...scene.world.relays]) scene.world.killRelay(relay);
    await scene.until(
      () => /Nobody can find you/.test(alice.messenger.view.own.problem ?? ""),
      "the page says so",
    );
    await scene.pass(61 * 60_000);
    expect(alice.messenger.view.own.isPublished).equal(false);
  });

  for (let cut = 0; cut < 24; cut += 1)
    it(`P10.8 P10.6 cut after frame ${cut}: every message is delivered exactly once, in its order`, async () => {
      const [alice, bob] = await scene.friends();
      scene.world.isOpen = false;
      scene.world.cutAll();
      await scene.until(() => alice.knows(bob)?.state !== "relayed", "they are apart");
      const first = scene.world.routes.length;
      scene.world.faultsOf = (pipe) => (pipe - first < 2 ? { cutAfter: cut, isHarsh: cut % 2 === 0 } : {});
      scene.world.isOpen = true;
      const texts = ["1", "2", "3", "4", "5"];
      for (const text of texts) await alice.messenger.say(alice.chat(bob), text);
      for (const text of texts) await bob.messenger.say(bob.chat(alice), text);
      const all = [...texts, ...texts].map(() => "delivered").join();
      await scene.until(
        () => [...alice.states(bob), ...bob.states(alice)].join() === all,
        "all are delivered",
      );
      expect(bob.heard(alice)).deep.equal(texts);
      expect(alice.heard(bob)).deep.equal(texts);
    });

  it("P10.2 P10.6 cut at any frame of the first session, the card is used by one key and both become contacts", async () => {
    for (let cut = 0; cut <= OPENING_FRAMES + 1; cut += 1) {
      const [alice, bob] = [await scene.user(), await scene.user()];
      const first = scene.world.routes.length;
      scene.world.faultsOf = (pipe) => (pipe === first ? { cutAfter: cut, isHarsh: true } : {});
      await scene.introduce(alice, bob);
      const [ofAlice, ofBob] = [await alice.store.load(), await bob.store.load()];
      expect(ofAlice.contacts.map(({ id }) => id)).deep.equal([bob.id]);
      expect(ofBob.contacts.map(({ id }) => id)).deep.equal([alice.id]);
      expect(ofAlice.cards).deep.equal([]);
      await Promise.all([alice.close(), bob.close()]);
    }
  });

  it("P10.6 a stream whose bytes are changed is bad-record: nothing of it is shown, and all arrives over another one", async () => {
    const [alice, bob] = await scene.friends();
    scene.world.isOpen = false;
    scene.world.cutAll();
    await scene.until(() => alice.knows(bob)?.state !== "relayed", "they are apart");
    const first = scene.world.routes.length;
    scene.world.faultsOf = (pipe) =>
      pipe < first + 2
        ? {
            alter: (_, index, frame) => [
              index < 2 ? frame : frame.map((byte, at) => (at === 3 ? byte ^ 1 : byte)),
            ],
          }
        : {};
    scene.world.isOpen = true;
    await alice.messenger.say(alice.chat(bob), "unchanged");
    await scene.until(() => alice.states(bob).join() === "delivered", "it is delivered");
    expect(bob.heard(alice)).deep.equal(["unchanged"]);
  });

  it("P10.6 frames of strangers that are no hello leave nothing, however many come", async () => {
    const alice = await scene.user();
    const stranger = await makeIdentity();
    const relay = [...scene.world.relays].find((one) =>
      scene.world.pages.get(peerOf(alice))?.reserved.includes(one),
    );
    for (let index = 0; index < 40; index += 1) {
      const pipe = scene.world.open(stranger.peerId, peerOf(alice), relay ?? "");
      void pipe?.send(new Uint8Array(index * 100)).catch(() => undefined);
    }
    await scene.pass(11_000);
    expect(alice.messenger.view.contacts).deep.equal([]);
    const { counts } = alice.messenger.view.underneath;
    expect(counts["callers refused: too many at a time"]).equal(8);
    expect(counts["callers refused: bad-hello"]).greaterThan(0);
  });

  function peerOf(user: User): string {
    for (const [peerId, page] of scene.world.pages) if (page.id === user.id) return peerId;
    throw new Error("no page of theirs is open");
  }

  it("P10.6 the pinned key is the one that was there", async () => {
    const [alice, bob] = await scene.friends();
    const [contact] = (await alice.store.load()).contacts;
    const bobsKey = scene.world.pages.get(peerOf(bob))?.key;
    expect(contact?.key && bobsKey && isEqual(contact.key, bobsKey)).equal(true);
  });
});
