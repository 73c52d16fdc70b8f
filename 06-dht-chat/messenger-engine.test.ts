// Three messengers over the real engine, nodes and pages in one process: what the simulated network cannot show.

import { expect } from "chai";
import { withStage06 } from "../tests/support/tools.ts";
import { Messenger } from "./messenger.ts";
import { recordKey } from "./record.ts";
import { FakeDirect } from "./testing/fake-direct.ts";
import type { LocalNode } from "./testing/local-nodes.ts";
import { MemoryStore } from "./testing/memory-store.ts";

withStage06("messengers over the engine of stage 06", () => {
  let local: typeof import("./testing/local-nodes.ts");
  let engine: typeof import("./engine.ts");
  let nodes: LocalNode[] = [];
  const open: Messenger[] = [];

  before(async () => {
    local = await import("./testing/local-nodes.ts");
    engine = await import("./engine.ts");
  });

  beforeEach(async () => {
    nodes = await local.startLocalNodes(3);
  });

  afterEach(async () => {
    await Promise.all(open.splice(0).map((messenger) => messenger.stop()));
    await Promise.all(nodes.map((node) => node.stop()));
  });

  async function start(store = new MemoryStore(), direct?: FakeDirect): Promise<Messenger> {
    const messenger = await Messenger.start({
      store,
      network: (events, { seed }) =>
        engine.startEnginePage({ identity: seed, nodes: nodes.map(({ address }) => address), events }),
      ...(direct ? { makeAttempt: direct.make } : {}),
    });
    open.push(messenger);
    return messenger;
  }

  function contact(one: Messenger, other: Messenger) {
    return one.view.contacts.find(({ id }) => id === other.view.own.id);
  }

  function chat(one: Messenger, other: Messenger): string {
    return contact(one, other)?.contact ?? "";
  }

  async function introduce(one: Messenger, other: Messenger): Promise<void> {
    await local.until(
      () => one.view.own.isPublished && other.view.own.isPublished,
      "both are published",
      30_000,
    );
    await one.showCard();
    expect(await other.enterCard(one.view.card?.text ?? "")).to.have.property("contact");
    const isThere = (user: Messenger, whom: Messenger) =>
      /relayed|direct/.test(contact(user, whom)?.state ?? "");
    await local.until(() => isThere(one, other) && isThere(other, one), "both are connected", 30_000);
  }

  function heard(one: Messenger, other: Messenger): (string | undefined)[] {
    return (contact(one, other)?.entries ?? []).filter(({ from }) => from === "them").map(({ text }) => text);
  }

  it("P10.2 P10.5 P10.8 a card, texts both ways, and a file, by number alone", async () => {
    const [alice, bob] = [await start(), await start()];
    await introduce(alice, bob);
    await alice.say(chat(alice, bob), "hello bob");
    await bob.say(chat(bob, alice), "hello alice");
    await local.until(
      () => heard(alice, bob).length === 1 && heard(bob, alice).length === 1,
      "both have heard",
    );
    const bytes = Uint8Array.from({ length: 5_000_001 }, (_, index) => (index * 7 + (index >> 8)) & 0xff);
    await alice.offer(chat(alice, bob), new Blob([bytes]), "file.bin");
    const fileOf = (user: Messenger, whom: Messenger) =>
      contact(user, whom)?.entries.find(({ file }) => file);
    await local.until(() => fileOf(bob, alice)?.file?.state === "offered", "it is offered");
    await bob.accept(chat(bob, alice), fileOf(bob, alice)?.entry ?? "");
    await local.until(
      () => fileOf(bob, alice)?.file?.state === "done" && fileOf(alice, bob)?.file?.state === "done",
      "it is done",
      60_000,
    );
    const arrived = new Uint8Array(
      (await fileOf(bob, alice)?.file?.blob?.arrayBuffer()) ?? new ArrayBuffer(0),
    );
    expect(Buffer.from(arrived).equals(bytes)).equal(true);
    const { record, relays } = alice.view.underneath;
    expect(record?.key).equal(recordKey(alice.view.own.id));
    expect(record?.storedBy).greaterThan(0);
    expect(relays.filter(({ state }) => state === "reserved")).to.have.lengthOf.least(2);
  });

  it("P10.5 P10.8 the relay in use dies amid texts: all arrive, exactly once and in their order", async () => {
    const [alice, bob] = [await start(), await start()];
    await introduce(alice, bob);
    const texts = Array.from({ length: 60 }, (_, index) => String(index));
    const dies = nodes[1];
    for (const [index, text] of texts.entries()) {
      if (index === 20) void dies?.stop();
      if (index === 40) await nodes[2]?.stop();
      await alice.say(chat(alice, bob), text);
    }
    const states = (): string[] => contact(alice, bob)?.entries.map(({ state }) => state) ?? [];
    await local.until(
      () => states().length === 60 && !states().includes("sending"),
      "none is on its way",
      60_000,
    );
    expect(new Set(states())).deep.equal(new Set(["delivered"]));
    expect(heard(bob, alice)).deep.equal(texts);
  });

  it("P10.5 P10.8 a relay that passes every handshake, and then nothing more, is not used again: all texts arrive by another one", async () => {
    // The first node is the first relay of both, and the first address of their records.
    const [first] = nodes.splice(0, 1);
    await first?.stop();
    nodes.unshift(
      await local.startLocalNode(
        nodes.map(({ address }) => address),
        { joined: local.stallAfter(20_000) },
      ),
    );
    const [alice, bob] = [await start(), await start()];
    await introduce(alice, bob);
    const texts = Array.from({ length: 10 }, (_, index) => String(index).repeat(4000));
    for (const text of texts) {
      await alice.say(chat(alice, bob), text);
      await bob.say(chat(bob, alice), text);
    }
    const states = (): string[] =>
      [contact(alice, bob), contact(bob, alice)].flatMap(
        (who) => who?.entries.map(({ state }) => state) ?? [],
      );
    await local.until(() => !states().includes("sending"), "none is on its way", 60_000);
    expect(new Set(states())).deep.equal(new Set(["delivered", "received"]));
    expect(heard(bob, alice)).deep.equal(texts);
    expect(heard(alice, bob)).deep.equal(texts);
  });

  it("P10.6 P10.8 a page that is closed and opened again is met again, and its contacts hear each text once", async () => {
    const [alice, bob] = [await start(), await start()];
    await introduce(alice, bob);
    await bob.say(chat(bob, alice), "before");
    await local.until(() => heard(alice, bob).length === 1, "alice hears it");
    const carolsStore = new MemoryStore();
    const carol = await start(carolsStore);
    await introduce(alice, carol);
    await carol.stop();
    await local.until(() => contact(alice, carol)?.state !== "relayed", "carol is away");
    const again = await start(carolsStore.reopened());
    await local.until(() => contact(alice, again)?.state === "relayed", "carol is back", 40_000);
    await alice.say(chat(alice, again), "welcome back");
    await local.until(() => heard(again, alice).length === 1, "carol hears it");
  });

  it("P10.10 P10.11 a group of three passes texts, direct paths or not, and a removed member hears nothing more", async () => {
    const direct = new FakeDirect();
    const [alice, bob] = [await start(new MemoryStore(), direct), await start(new MemoryStore(), direct)];
    const carol = await start();
    await introduce(alice, bob);
    await introduce(alice, carol);
    await local.until(() => contact(alice, bob)?.state === "direct", "they are direct");
    await alice.makeGroup("three", [chat(alice, bob), chat(alice, carol)]);
    const groupOf = (user: Messenger) => user.view.groups[0];
    await local.until(() => [alice, bob, carol].every((user) => groupOf(user) !== undefined), "all have it");
    const texts = (user: Messenger) => groupOf(user)?.entries.map(({ text }) => text) ?? [];
    const name = groupOf(alice)?.group ?? "";
    // Nobody acknowledges what is said in a group: it is said until it is heard, as people do.
    let round = 0;
    await local.until(
      async () => {
        round += 1;
        if (round % 50 === 1) await bob.sayInGroup(name, `round ${round}`);
        return texts(carol).length > 0 && texts(alice).length > 0;
      },
      "alice and carol hear bob",
      60_000,
    );
    await alice.removeMember(name, carol.view.own.id);
    await local.until(() => groupOf(carol)?.isRemoved === true && groupOf(bob)?.version === 2, "both know");
    const before = texts(carol).length;
    round = 0;
    await local.until(
      async () => {
        round += 1;
        if (round % 50 === 1) await alice.sayInGroup(name, `after ${round}`);
        return texts(bob).some((text) => text?.startsWith("after"));
      },
      "bob hears alice",
      60_000,
    );
    expect(texts(carol)).to.have.lengthOf(before);
  });
});
