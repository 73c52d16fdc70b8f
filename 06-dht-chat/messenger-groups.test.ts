// Three messengers and a group: who hears what, and who does not any more.

import { expect } from "chai";
import { concat, toBase64, toHex, toUtf8 } from "./bytes.ts";
import { encodeContent } from "./contents.ts";
import { type GroupCard, groupCardObject, parseGroupCard, sealGroupMessage, topicOf } from "./group.ts";
import { type Identity, identityFromSeed, makeIdentity } from "./identity.ts";
import { Scene, type User } from "./testing/messengers.ts";

describe("a messenger: groups", () => {
  let scene: Scene;

  beforeEach(async () => {
    scene = await Scene.make();
  });

  afterEach(() => scene.end());

  /** Alice, who made a group with Bob and Carol; these two do not have each other as contacts. */
  async function group(): Promise<[User, User, User]> {
    const [alice, bob] = await scene.friends();
    const carol = await scene.user();
    await scene.introduce(alice, carol);
    expect(await alice.messenger.makeGroup("holidays", [alice.chat(bob), alice.chat(carol)])).equal(
      undefined,
    );
    await scene.until(() => [alice, bob, carol].every(({ groups }) => groups.length === 1), "all have it");
    return [alice, bob, carol];
  }

  function texts(user: User): (string | undefined)[] {
    return user.groups[0]?.entries.map(({ text }) => text) ?? [];
  }

  function name(user: User): string {
    return user.groups[0]?.group ?? "";
  }

  async function identityOf(user: User): Promise<Identity> {
    const { seed } = await user.store.load();
    if (!seed) throw new Error("no identity");
    return identityFromSeed(seed);
  }

  async function cardOf(user: User): Promise<GroupCard> {
    const [stored] = (await user.store.load()).groups;
    const card = await parseGroupCard(JSON.parse(stored?.cards.at(-1)?.card ?? "{}"));
    if (!card) throw new Error("no card");
    return card;
  }

  function pageOf(user: User): { peerId: string } {
    const page = [...scene.world.pages.values()].find(({ id }) => id === user.id);
    if (!page) throw new Error("no page");
    return page;
  }

  /** Says bytes under the topic of the group, as any page could that is connected. */
  async function shout(user: User, message: Uint8Array<ArrayBuffer>): Promise<void> {
    const page = scene.world.pages.get(pageOf(user).peerId);
    await page?.say(await topicOf((await cardOf(user)).key), message);
  }

  it("P10.11 what a member says all hear, also two who do not know each other; its maker is shown", async () => {
    const [alice, bob, carol] = await group();
    await scene.pass(6000);
    await alice.messenger.sayInGroup(name(alice), "who comes?");
    await bob.messenger.sayInGroup(name(bob), "I do");
    await carol.messenger.sayInGroup(name(carol), "and I");
    await scene.until(
      () => [alice, bob, carol].every((user) => texts(user).length === 3),
      "all have heard all",
    );
    for (const user of [alice, bob, carol]) {
      expect(texts(user)).deep.equal(["who comes?", "I do", "and I"]);
      expect(user.groups[0]?.maker).equal(alice.id);
      expect(user.groups[0]?.isMine).equal(user === alice);
    }
    expect(carol.groups[0]?.entries.map(({ from, state }) => [from, state])).deep.equal([
      [alice.id, "received"],
      [bob.id, "received"],
      ["me", "sent"],
    ]);
    expect(bob.groups[0]?.members.map(({ id }) => id)).deep.equal([alice.id, bob.id, carol.id]);
    expect(bob.groups[0]?.unread).equal(2);
    bob.messenger.seen(name(bob));
    await scene.until(() => bob.groups[0]?.unread === 0, "it is read");
  });

  it("P10.11 members connect with each other: what two say passes also while the maker is away", async () => {
    const [alice, bob, carol] = await group();
    await scene.pass(6000);
    await alice.close();
    await bob.messenger.sayInGroup(name(bob), "without alice");
    await scene.until(() => texts(carol).includes("without alice"), "carol hears it");
  });

  it("P10.11 who is removed is told, hears nothing more, and keeps what was said before", async () => {
    const [alice, bob, carol] = await group();
    await scene.pass(6000);
    await alice.messenger.sayInGroup(name(alice), "before");
    await scene.until(() => texts(carol).length === 1 && texts(bob).length === 1, "both have heard");
    const old = await cardOf(carol);
    expect(await alice.messenger.removeMember(name(alice), carol.id)).equal(undefined);
    await scene.until(() => bob.groups[0]?.version === 2 && carol.groups[0]?.isRemoved === true, "both know");
    await alice.messenger.sayInGroup(name(alice), "after");
    await scene.until(() => texts(bob).length === 2, "bob hears");
    expect(texts(carol)).deep.equal(["before"]);
    const now = await cardOf(alice);
    expect(toHex(now.key)).not.equal(toHex(old.key));
    expect(await topicOf(now.key)).not.equal(await topicOf(old.key));
    expect(now.members.map(({ id }) => id)).deep.equal([alice.id, bob.id]);
    expect(toHex((await cardOf(carol)).key)).not.equal(toHex(now.key));
    expect(await carol.messenger.sayInGroup(name(carol), "hello?")).to.have.property("problem");
    // What carol says under the old topic nobody hears.
    const identity = await identityOf(carol);
    const message = await sealGroupMessage({
      card: old,
      identity,
      seq: scene.clock.now() + 1,
      text: "still here",
    });
    await scene.world.pages.get(pageOf(carol).peerId)?.say(await topicOf(old.key), message);
    await scene.pass(1000);
    expect(texts(bob)).deep.equal(["before", "after"]);
    const bobsPage = scene.world.pages.get(pageOf(bob).peerId);
    expect([...(bobsPage?.topics ?? [])]).deep.equal([await topicOf(now.key)]);
    // What was under way when the group left its topic comes late.
    bobsPage?.events.group(await topicOf(old.key), message, pageOf(carol).peerId);
    await scene.pass(1000);
    const stored = await bob.store.entriesOf(name(bob), 100);
    expect(stored).to.have.lengthOf(2);
    expect(texts(bob)).deep.equal(["before", "after"]);
  });

  it("P10.11 who was away when they were removed, or added, is told as soon as they are there", async () => {
    const [alice, bob] = await scene.friends();
    const carol = await scene.user();
    await scene.introduce(alice, carol);
    const { store } = carol;
    const carols = alice.chat(carol);
    const carolsId = carol.id;
    await carol.close();
    await alice.messenger.makeGroup("late", [alice.chat(bob), carols]);
    const back = await scene.user(store.reopened());
    await scene.until(() => back.groups.length === 1, "carol has it");
    const second = back.store;
    await back.close();
    await alice.messenger.removeMember(name(alice), carolsId);
    const again = await scene.user(second.reopened());
    await scene.until(() => again.groups[0]?.isRemoved === true, "carol is told");
  });

  it("P10.11 only who made it removes somebody, and a card of somebody else for the same group is refused", async () => {
    const [alice, bob, carol] = await group();
    expect(await bob.messenger.removeMember(name(bob), carol.id)).to.have.property("problem");
    // Bob and Carol become contacts, and Bob's page sends a card of his own making.
    await scene.introduce(bob, carol);
    const card = await cardOf(bob);
    const forged = { ...card, version: card.version + 1, name: "mine now" };
    const bobsId = bob.id;
    const program = await bob.becomeProgram(carol);
    await program.send(encodeContent({ type: "group", card: groupCardObject(forged) }));
    await scene.pass(1000);
    expect(carol.groups.map((group) => group.name)).deep.equal(["holidays"]);
    expect(carol.messenger.view.underneath.counts["cards of groups refused"]).greaterThan(0);
    await alice.messenger.removeMember(name(alice), bobsId);
    await scene.until(() => carol.groups[0]?.version === 2, "the maker's card is taken");
  });

  it("P10.11 a first card counts only if its sender and we are in it", async () => {
    const [alice, bob] = await scene.friends();
    const [one, other] = [await identityOf(alice), await identityOf(bob)];
    const stranger = await makeIdentity();
    const member = ({ id, publicKey }: Identity) => ({ id, key: publicKey });
    const key = new Uint8Array(32).fill(1);
    const cards = [
      {
        group: "00".repeat(16),
        version: 1,
        name: "without bob",
        key,
        members: [member(one), member(stranger)],
      },
      {
        group: "01".repeat(16),
        version: 1,
        name: "without alice",
        key,
        members: [member(other), member(stranger)],
      },
    ];
    const program = await alice.becomeProgram(bob);
    for (const card of [...cards.map(groupCardObject), {}, { group: "x" }])
      await program.send(encodeContent({ type: "group", card }));
    await scene.until(
      () => bob.messenger.view.underneath.counts["cards of groups refused"] === 4,
      "all are refused",
    );
    expect(bob.groups).deep.equal([]);
  });

  it("P10.11 a group shows its maker, also when a later card leaves them out, and after a new start", async () => {
    const [alice, bob] = await group();
    const card = await cardOf(alice);
    const [id, hers] = [alice.id, bob.chat(alice)];
    await bob.messenger.rename(hers, "Alice");
    const without = { ...card, version: 2, members: card.members.filter((member) => member.id !== id) };
    const program = await alice.becomeProgram(bob);
    await program.send(encodeContent({ type: "group", card: groupCardObject(without) }));
    await scene.until(() => bob.groups[0]?.version === 2, "bob takes the card");
    const shows = { maker: id, makerName: "Alice", isMine: false, isRemoved: false };
    expect(bob.groups[0]).to.include(shows);
    await bob.reload();
    expect(bob.groups[0]).to.include(shows);
    await bob.messenger.forget(hers);
    expect(bob.groups, "it is still hers").deep.equal([]);
  });

  it("P10.11 who leaves a group forgets it and hears nothing more, and no later card of its maker brings it back", async () => {
    const [alice, bob, carol] = await group();
    await scene.pass(6000);
    await bob.messenger.sayInGroup(name(bob), "before");
    await scene.until(() => texts(carol).length === 1 && texts(alice).length === 1, "all have heard");
    const [old, left] = [await cardOf(carol), name(carol)];
    const carolsPage = () => scene.world.pages.get(pageOf(carol).peerId);
    const carolsIdentity = await identityOf(carol);
    expect(await carol.messenger.leaveGroup(left)).equal(undefined);
    expect(carol.groups).deep.equal([]);
    expect([...(carolsPage()?.topics ?? [])]).deep.equal([]);
    const { groups, seen } = await carol.store.load();
    expect([groups, seen]).deep.equal([[], []]);
    expect(await carol.store.entriesOf(left, 10)).deep.equal([]);
    await bob.messenger.sayInGroup(name(bob), "after");
    await scene.until(() => texts(alice).length === 2, "alice hears");
    // What is still under way comes late; and her page does not say anything there.
    const late = await sealGroupMessage({
      card: old,
      identity: carolsIdentity,
      seq: scene.clock.now() + 1,
      text: "late",
    });
    carolsPage()?.events.group(await topicOf(old.key), late, pageOf(bob).peerId);
    expect(await carol.messenger.sayInGroup(left, "hello?")).equal(undefined);
    await scene.pass(1000);
    expect(await carol.store.entriesOf(left, 10)).deep.equal([]);
    // The others see her as a member: nobody told them. Then the maker's card of a later version comes, with her in it.
    expect(alice.groups[0]?.members).to.have.lengthOf(3);
    await alice.messenger.removeMember(name(alice), bob.id);
    const passedOver = () => carol.messenger.view.underneath.counts["cards of groups that you left"] ?? 0;
    await scene.until(() => passedOver() > 0, "the card is passed over");
    expect(carol.groups).deep.equal([]);
    await carol.reload();
    await scene.until(() => passedOver() > 0, "after a new start, too");
    expect([carol.groups, [...(carolsPage()?.topics ?? [])]]).deep.equal([[], []]);
    // A new group is another one.
    await alice.messenger.makeGroup("again", [alice.chat(carol)]);
    await scene.until(() => carol.groups[0]?.name === "again", "carol is asked anew");
  });

  it("P10.11 the maker who leaves ends nothing for the others", async () => {
    const [alice, bob, carol] = await group();
    await scene.pass(6000);
    expect(await alice.messenger.leaveGroup(name(alice))).equal(undefined);
    expect(await alice.messenger.leaveGroup("unknown")).equal(undefined);
    await bob.messenger.sayInGroup(name(bob), "without its maker");
    await scene.until(() => texts(carol).includes("without its maker"), "carol hears it");
    expect(bob.groups[0]?.maker).equal(alice.id);
    await alice.reload();
    await scene.pass(10_000);
    expect(alice.groups).deep.equal([]);
    expect(bob.groups[0]).to.include({ isRemoved: false, version: 1 });
  });

  it("P10.11 who forgets a contact leaves the groups that they made, and stays in the others", async () => {
    const [alice, bob, carol] = await group();
    await bob.messenger.makeGroup("of bob", [bob.chat(alice)]);
    await scene.until(() => alice.groups.length === 2, "alice is in both");
    const topics = () => [...(scene.world.pages.get(pageOf(bob).peerId)?.topics ?? [])];
    expect(topics()).to.have.lengthOf(2);
    const [others] = (await bob.store.load()).groups.filter(({ maker }) => maker === bob.chat(alice));
    // What her page has sent until it reads the goodbye is still received: a card of a new group among it.
    const card = {
      ...(await cardOf(bob)),
      group: "0e".repeat(16),
      key: new Uint8Array(32).fill(7),
      name: "too late",
    };
    const alices = bob.chat(alice);
    const program = await alice.becomeProgram(bob);
    await bob.messenger.forget(alices);
    await program.send(encodeContent({ type: "group", card: groupCardObject(card) }));
    await scene.until(
      () => bob.messenger.view.underneath.counts["cards of groups refused"] === 1,
      "it is refused",
    );
    await scene.pass(1000);
    expect(bob.groups.map((one) => one.name)).deep.equal(["of bob"]);
    expect(topics()).to.have.lengthOf(1);
    expect(await bob.store.entriesOf(others?.group ?? "", 10)).deep.equal([]);
    await bob.reload();
    expect(bob.groups.map((one) => one.name)).deep.equal(["of bob"]);
    expect(carol.groups).to.have.lengthOf(1);
  });

  it("P10.11 if leaving cannot be stored, the group stays and the page says why", async () => {
    const [, bob] = await group();
    bob.store.fault = ({ name: operation }) => {
      if (operation === "groups.delete") throw new Error("full");
    };
    expect(await bob.messenger.leaveGroup(name(bob))).to.have.property("problem");
    await bob.messenger.forget(bob.messenger.view.contacts[0]?.contact ?? "");
    expect([bob.groups.length, bob.messenger.view.contacts.length]).deep.equal([1, 1]);
    bob.store.fault = () => {};
    await bob.messenger.sayInGroup(name(bob), "still in it");
    expect(texts(bob)).deep.equal(["still in it"]);
  });

  it("P10.11 a card with the key of another group is refused: its maker could silence that one", async () => {
    const [alice, bob, carol] = await group();
    await scene.introduce(bob, carol);
    const card = await cardOf(bob);
    const stolen = { ...card, group: "0f".repeat(16), name: "the same key" };
    const program = await bob.becomeProgram(carol);
    await program.send(encodeContent({ type: "group", card: groupCardObject(stolen) }));
    await scene.until(
      () => carol.messenger.view.underneath.counts["cards of groups refused"] === 1,
      "it is refused",
    );
    await alice.messenger.sayInGroup(name(alice), "still heard");
    await scene.until(() => texts(carol).includes("still heard"), "carol hears");
    expect(carol.groups).to.have.lengthOf(1);
  });

  it("P10.11 a member cannot speak for another, and a stranger not at all: it is dropped and counted", async () => {
    const [alice, bob, carol] = await group();
    await scene.pass(6000);
    const card = await cardOf(bob);
    const bobsIdentity = await identityOf(bob);
    const carolsIdentity = await identityOf(carol);
    // Bob signs, and says that it is Carol.
    const asCarol = { ...bobsIdentity, id: carolsIdentity.id, publicKey: carolsIdentity.publicKey };
    const seq = scene.clock.now() + 1;
    await shout(bob, await sealGroupMessage({ card, identity: asCarol, seq, text: "I am carol" }));
    await shout(
      bob,
      await sealGroupMessage({ card, identity: await makeIdentity(), seq, text: "a stranger" }),
    );
    await shout(bob, concat(toUtf8("nonsense"), new Uint8Array(100)));
    await scene.until(
      () => alice.groups[0]?.dropped === 3 && carol.groups[0]?.dropped === 3,
      "all are counted",
    );
    expect(texts(alice)).deep.equal([]);
    await scene.pass(2000);
    expect((await alice.store.load()).groups[0]?.dropped).equal(3);
  });

  it("P10.11 a message that comes again is dropped, also after the page was opened anew", async () => {
    const [alice, bob] = await group();
    await scene.pass(6000);
    const identity = await identityOf(bob);
    const said = { card: await cardOf(bob), identity, seq: scene.clock.now() + 1, text: "once" };
    const messages = [await sealGroupMessage(said), await sealGroupMessage(said)] as const;
    await shout(bob, messages[0]);
    await scene.until(() => texts(alice).length === 1, "alice hears it");
    await shout(bob, messages[1]);
    await scene.until(() => alice.groups[0]?.dropped === 1, "it is dropped");
    await scene.pass(2000);
    await alice.reload();
    await scene.pass(10_000);
    await shout(bob, messages[0]);
    await scene.until(() => (alice.groups[0]?.dropped ?? 0) > 1, "it is dropped again");
    expect(texts(alice)).deep.equal(["once"]);
  });

  it("P10.11 the sequence is stored before it is sent, and greater than the last one if the clock is put back", async () => {
    const [alice, bob] = await group();
    await scene.pass(6000);
    for (const text of ["one", "two", "three"]) void alice.messenger.sayInGroup(name(alice), text);
    await scene.until(() => texts(bob).length === 3, "bob hears all");
    expect(texts(bob)).deep.equal(["one", "two", "three"]);
    alice.store.fault = ({ name: operation }) => {
      if (operation === "entries.put") throw new Error("full");
    };
    expect(await alice.messenger.sayInGroup(name(alice), "not stored")).to.have.property("problem");
    await scene.pass(1000);
    expect(texts(bob)).have.lengthOf(3);
  });

  it("P10.11 a group has 2 to 16 members and a name", async () => {
    const [alice, bob] = await scene.friends();
    expect(await alice.messenger.makeGroup("", [alice.chat(bob)])).to.have.property("problem");
    expect(await alice.messenger.makeGroup("x".repeat(257), [alice.chat(bob)])).to.have.property("problem");
    expect(await alice.messenger.makeGroup("alone", [])).to.have.property("problem");
    expect(await alice.messenger.makeGroup("nobody", ["unknown"])).to.have.property("problem");
    expect(alice.groups).deep.equal([]);
    const entered = await alice.messenger.makeGroup("<b>x\u202e</b>", [alice.chat(bob), alice.chat(bob)]);
    expect(entered).equal(undefined);
    expect(alice.groups[0]?.name).equal("<b>x\ufffd</b>");
    expect(alice.groups[0]?.members).to.have.lengthOf(2);
    expect(toBase64((await cardOf(alice)).key)).to.have.lengthOf(44);
  });
});
