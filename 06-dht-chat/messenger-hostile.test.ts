// A messenger among hostile people: a contact who says too much, strangers who call, members of a group who shout.
// Whatever they do, memory is bounded, and those who mean well come through.

import { expect } from "chai";
import { type Content, encodeContent, MAX_SDP_BYTES } from "./contents.ts";
import { groupCardObject } from "./group.ts";
import { identityFromSeed, makeIdentity } from "./identity.ts";
import { recordKey } from "./record.ts";
import type { Session } from "./session.ts";
import { KEPT_GROUP_CARDS } from "./store.ts";
import { FakeDirect } from "./testing/fake-direct.ts";
import { Scene, type User } from "./testing/messengers.ts";

describe("a messenger among hostile people", () => {
  let scene: Scene;

  beforeEach(async () => {
    scene = await Scene.make();
  });

  afterEach(() => scene.end());

  function pageOf(user: User) {
    for (const page of scene.world.pages.values()) if (page.id === user.id) return page;
    throw new Error("no page of theirs is open");
  }

  /** A program in place of the first one's page, which reads whatever comes. */
  async function programOf(one: User, other: User): Promise<Session> {
    const program = await one.becomeProgram(other);
    void readAll(program);
    return program;
  }

  async function readAll(program: Session): Promise<void> {
    for await (const _ of program.contents) {
      // What a page answers is of no interest here.
    }
  }

  async function sayAll(program: Session, contents: Iterable<Content>): Promise<void> {
    for (const content of contents) await program.send(encodeContent(content));
  }

  function messageId(number: number): string {
    return number.toString(16).padStart(32, "0");
  }

  it("P10.10 who sends offers of direct paths without a pause makes no connections: one in ten seconds at most", async () => {
    const direct = new FakeDirect();
    const [alice, bob] = await scene.friends();
    scene.makeAttempt = () => direct.make;
    await bob.reload();
    const program = await programOf(alice, bob);
    const sdp = "x".repeat(MAX_SDP_BYTES);
    const offers = Array.from({ length: 500 }, (_, index) => ({ type: "rtc" as const, n: index + 1, sdp }));
    await sayAll(program, offers);
    await sayAll(program, [{ type: "message", id: messageId(1), text: "still here" }]);
    await scene.until(() => bob.heard(alice).length === 1, "bob reads on", 1000);
    expect(direct.made).within(1, 2);
    await scene.pass(10_000);
    await sayAll(program, [{ type: "rtc", n: 501, sdp }]);
    await scene.until(() => direct.made >= 2, "after a pause an offer is taken", 1000);
  });

  it("P10.6 strangers who call and say nothing do not keep contacts out", async () => {
    const [alice, bob] = await scene.friends();
    const { peerId, reserved } = pageOf(alice);
    // Alice cannot find bob: only his call can join them.
    scene.world.lies.set(recordKey(bob.id), new Uint8Array(1));
    const mine = [...scene.world.routes];
    for (let index = 0; index < 100; index += 1)
      scene.world.open((await makeIdentity()).peerId, peerId, reserved[0] ?? "");
    await scene.pass(0);
    for (const route of mine) route.cut();
    await bob.messenger.say(bob.chat(alice), "let me in");
    await scene.until(() => bob.states(alice).join() === "delivered", "he comes through", 5000);
  });

  it("P10.6 a contact whose sessions end at once is not called without pauses", async () => {
    const [alice, bob] = await scene.friends();
    const before = scene.world.routes.length;
    scene.world.faultsOf = () => ({ cutAfter: 4 });
    scene.world.cutAll();
    await scene.pass(60_000);
    // Both messengers are honest here: what they call is lost as soon as it is ready.
    expect(scene.world.routes.length - before).within(6, 40);
    scene.world.faultsOf = () => ({});
    await alice.messenger.say(alice.chat(bob), "hello");
    await scene.until(() => alice.states(bob).join() === "delivered", "it is delivered", 5000);
  });

  it("P10.11 messages of a group that come faster than they are opened are dropped, and counted", async () => {
    const [alice, bob] = await scene.friends();
    await alice.messenger.makeGroup("holidays", [alice.chat(bob)]);
    const [topic] = pageOf(alice).topics;
    for (let count = 0; count < 5000; count += 1)
      pageOf(alice).events.group(topic ?? "", new Uint8Array(16_384), "");
    expect(alice.groups[0]?.dropped, "so many do not wait").greaterThan(4000);
    await scene.until(() => alice.groups[0]?.dropped === 5000, "all are counted");
    await bob.messenger.sayInGroup(bob.groups[0]?.group ?? "", "is it quiet now?");
    await scene.until(() => alice.groups[0]?.entries.length === 1, "alice hears bob");
  });

  it("P10.9 P10.8 of thousands of offers and texts of a contact the last ones are on the page, and 16 offers are open", async () => {
    const [alice, bob] = await scene.friends();
    const program = await programOf(alice, bob);
    const sha256 = "00".repeat(32);
    await sayAll(
      program,
      Array.from({ length: 2000 }, (_, file) => ({
        type: "offer" as const,
        file,
        name: `${file}`,
        media: "",
        size: 1,
        sha256,
      })),
    );
    await sayAll(
      program,
      Array.from({ length: 2000 }, (_, index) => ({
        type: "message" as const,
        id: messageId(index),
        text: `${index}`,
      })),
    );
    await scene.until(() => bob.heard(alice).at(-1) === "1999", "bob has all", 5000);
    expect(bob.entries(alice)).to.have.lengthOf(500);
    const stored = await bob.store.load();
    expect(stored.openFiles).to.have.lengthOf(16);
    // They can be cancelled and offered again, but no more of them are open than that.
    await sayAll(
      program,
      Array.from({ length: 600 }, (_, number) => [
        { type: "cancel" as const, file: 5000 + number - 1 },
        { type: "offer" as const, file: 5000 + number, name: "", media: "", size: 1, sha256 },
      ]).flat(),
    );
    await sayAll(program, [{ type: "message", id: messageId(3000), text: "end" }]);
    await scene.until(() => bob.heard(alice).at(-1) === "end", "bob has all", 5000);
    expect((await bob.store.load()).openFiles.length).most(16);
    expect(bob.knows(alice)?.unread).equal(2001);
  });

  it("P10.8 P10.11 a page that looks at every change stores so a few times, however much comes", async () => {
    const [alice, bob] = await scene.friends();
    await alice.messenger.makeGroup("holidays", [alice.chat(bob)]);
    await scene.until(() => bob.groups.length === 1, "bob has the group");
    const group = bob.groups[0]?.group ?? "";
    await alice.messenger.say(alice.chat(bob), "look");
    await alice.messenger.sayInGroup(group, "look");
    await scene.until(() => bob.knows(alice)?.unread === 1 && bob.groups[0]?.unread === 1, "both are unread");
    let writes = 0;
    bob.store.fault = ({ name }) => {
      if (name === "contacts.put" || name === "groups.put") writes += 1;
    };
    for (let count = 0; count < 1000; count += 1)
      for (const chat of [bob.chat(alice), group]) bob.messenger.seen(chat);
    await scene.until(() => bob.knows(alice)?.unread === 0 && bob.groups[0]?.unread === 0, "none is unread");
    await scene.pass(0);
    expect(writes).within(2, 3);
    const stored = await bob.store.load();
    expect([stored.contacts[0]?.unread, stored.groups[0]?.unread]).deep.equal([0, 0]);
  });

  it("P10.11 of a thousand versions of a group with 16 members the last ones are kept, and one topic is listened to", async () => {
    const [alice, bob] = await scene.friends();
    const [one, other] = await Promise.all(
      [alice, bob].map(async (user) => identityFromSeed((await user.store.load()).seed ?? new Uint8Array(0))),
    );
    const others = await Promise.all(Array.from({ length: 14 }, () => makeIdentity()));
    const members = [one, other, ...others].flatMap((who) =>
      who ? [{ id: who.id, key: who.publicKey }] : [],
    );
    const program = await programOf(alice, bob);
    for (let version = 1; version <= 1000; version += 1) {
      const key = new Uint8Array(32).fill(version & 0xff);
      key[0] = version >> 8;
      const card = groupCardObject({ group: "ab".repeat(16), version, name: "g", key, members });
      await program.send(encodeContent({ type: "group", card }));
    }
    await scene.until(() => bob.groups[0]?.version === 1000, "the last one is there", 5000);
    expect((await bob.store.load()).groups[0]?.cards).to.have.lengthOf(KEPT_GROUP_CARDS);
    expect(pageOf(bob).topics.size).equal(1);
  });

  it("P10.11 P10.12 members whom nobody can find do not keep the messenger from looking for its contacts", async () => {
    const [alice, bob] = await scene.friends();
    const carol = await scene.user();
    await scene.introduce(carol, bob);
    await carol.close();
    const members = await Promise.all(Array.from({ length: 14 }, () => makeIdentity()));
    const identities = await Promise.all(
      [alice, bob].map(async (user) => identityFromSeed((await user.store.load()).seed ?? new Uint8Array(0))),
    );
    const page = pageOf(bob);
    const find = page.find.bind(page);
    const wanted: string[] = [];
    const carols = recordKey(carolId());
    page.find = async (key) => {
      wanted.push(key);
      // A search that finds nobody takes its time.
      if (members.some(({ id }) => recordKey(id) === key)) return new Promise<never>(() => {});
      return find(key);
    };
    const program = await programOf(alice, bob);
    const card = groupCardObject({
      group: "ab".repeat(16),
      version: 1,
      name: "g",
      key: new Uint8Array(32),
      members: [...identities, ...members].map(({ id, publicKey }) => ({ id, key: publicKey })),
    });
    await program.send(encodeContent({ type: "group", card }));
    await scene.pass(20 * 60_000);
    const before = wanted.filter((key) => key === carols).length;
    await scene.pass(20 * 60_000);
    expect(wanted.filter((key) => key === carols).length).greaterThan(before);

    function carolId(): string {
      const contact = bob.messenger.view.contacts.find(({ id }) => id !== alice.id);
      if (!contact) throw new Error("carol is no contact");
      return contact.id;
    }
  });
});
