// Two messengers: a card, texts, and what becomes of them.

import { expect } from "chai";
import { formatCard, makeCard } from "./card.ts";
import { decodeContent, encodeContent } from "./contents.ts";
import { Scene } from "./testing/messengers.ts";

const MINUTE = 60_000;

describe("a messenger: cards", () => {
  let scene: Scene;

  beforeEach(async () => {
    scene = await Scene.make();
  });

  afterEach(() => scene.end());

  it("P10.2 one card serves both directions: both become contacts, to be compared on the spot", async () => {
    const [alice, bob] = await scene.friends();
    expect(alice.knows(bob)?.isNew).equal(true);
    expect(bob.knows(alice)?.isNew).equal(true);
    expect(bob.knows(alice)?.id).equal(alice.id);
    expect(alice.messenger.view.card).equal(undefined);
    await alice.messenger.compared(alice.chat(bob));
    expect(alice.knows(bob)?.isNew).equal(false);
    await alice.messenger.say(alice.chat(bob), "hello bob");
    await bob.messenger.say(bob.chat(alice), "hello alice");
    await scene.until(
      () => [alice.states(bob), bob.states(alice)].join() === "delivered,delivered",
      "delivered",
    );
    expect(bob.heard(alice)).deep.equal(["hello bob"]);
    expect(alice.heard(bob)).deep.equal(["hello alice"]);
  });

  it("P10.2 what is no card, or a card of one's own, is refused with a sentence", async () => {
    const alice = await scene.user();
    await alice.messenger.showCard();
    for (const text of ["", "hello", alice.card, `${alice.card}0`, "x".repeat(100_000)]) {
      const outcome = await alice.messenger.enterCard(text);
      expect(outcome).to.have.property("problem").that.is.a("string");
    }
    expect(alice.messenger.view.contacts).deep.equal([]);
  });

  it("P10.2 a card expires after 15 minutes, and works until then, also when it is hidden", async () => {
    const [alice, bob, carol] = [await scene.user(), await scene.user(), await scene.user()];
    await alice.messenger.showCard();
    const { card } = alice;
    alice.messenger.hideCard();
    expect(alice.messenger.view.card).equal(undefined);
    await scene.pass(14 * MINUTE);
    await bob.messenger.enterCard(card);
    await scene.until(() => bob.knows(alice)?.state === "relayed", "bob is connected");
    await alice.messenger.showCard();
    const second = alice.card;
    await scene.pass(15 * MINUTE);
    expect(alice.messenger.view.card).equal(undefined);
    await carol.messenger.enterCard(second);
    await scene.until(() => /expired/.test(carol.knows(alice)?.problem ?? ""), "carol is told");
    expect(alice.knows(carol)).equal(undefined);
  });

  it("P10.6 a card that another key has used is refused, and both pages say so", async () => {
    const [alice, bob, mallory] = [await scene.user(), await scene.user(), await scene.user()];
    await alice.messenger.showCard();
    const { card } = alice;
    await bob.messenger.enterCard(card);
    await scene.until(() => bob.knows(alice)?.state === "relayed", "bob is connected");
    await mallory.messenger.enterCard(card);
    await scene.until(() => /used this card/.test(mallory.knows(alice)?.problem ?? ""), "mallory is told");
    await scene.until(() => /tried to use/.test(alice.knows(bob)?.problem ?? ""), "alice is told");
    expect(alice.messenger.view.contacts).to.have.lengthOf(1);
    expect(mallory.knows(alice)?.state).equal("offline");
  });

  it("P10.6 who was refused so does not try that card again, not even after a reload; a new card takes its place", async () => {
    const [alice, bob, carol] = [await scene.user(), await scene.user(), await scene.user()];
    await alice.messenger.showCard();
    const { card } = alice;
    await bob.messenger.enterCard(card);
    await scene.until(() => bob.knows(alice)?.state === "relayed", "bob is connected");
    await carol.messenger.enterCard(card);
    await scene.until(() => /used this card/.test(carol.knows(alice)?.problem ?? ""), "carol is told");
    const { length } = scene.world.routes;
    await carol.messenger.say(carol.chat(alice), "are you there?");
    await carol.reload();
    await carol.messenger.enterCard(card);
    await scene.pass(15 * 60_000);
    const { peerId = "" } = [...scene.world.pages.values()].find(({ id }) => id === carol.id) ?? {};
    expect(scene.world.routes.slice(length).filter(({ pages }) => pages.includes(peerId))).deep.equal([]);
    expect(carol.knows(alice)?.problem).match(/used this card/);
    await alice.messenger.showCard();
    await carol.messenger.enterCard(alice.card);
    expect(carol.knows(alice)?.problem).equal(undefined);
    await scene.until(() => /relayed|direct/.test(carol.knows(alice)?.state ?? ""), "carol is connected");
    expect(carol.messenger.view.contacts).to.have.lengthOf(1);
    expect(carol.entries(alice).map(({ text }) => text)).deep.equal(["are you there?"]);
    await carol.messenger.say(carol.chat(alice), "hello");
    await scene.until(() => alice.heard(carol).join() === "hello", "alice hears it");
  });

  it("P10.6 P10.2 that warning stays, whatever comes, until its user says that they have compared the numbers", async () => {
    const [alice, bob, mallory] = [await scene.user(), await scene.user(), await scene.user()];
    await alice.messenger.showCard();
    const { card } = alice;
    await bob.messenger.enterCard(card);
    await scene.until(() => bob.knows(alice)?.state === "relayed", "bob is connected");
    await alice.messenger.compared(alice.chat(bob));
    expect(alice.knows(bob)?.isNew).equal(false);
    await mallory.messenger.enterCard(card);
    await scene.until(() => /tried to use/.test(alice.knows(bob)?.problem ?? ""), "alice is told");
    expect(alice.knows(bob)?.isNew, "the page asks for it once more").equal(true);
    scene.world.cutAll();
    await alice.messenger.say(alice.chat(bob), "hello");
    await scene.until(() => alice.states(bob).join() === "delivered", "a new session");
    expect(alice.knows(bob)?.problem).match(/tried to use/);
    await alice.messenger.compared(alice.chat(bob));
    expect(alice.knows(bob)?.problem).equal(undefined);
    expect(alice.knows(bob)?.isNew).equal(false);
  });

  it("P10.2 a card that was drawn by nobody is answered unknown-card, and its user is told", async () => {
    const [alice, bob] = [await scene.user(), await scene.user()];
    await bob.messenger.enterCard(await formatCard(makeCard(alice.id)));
    await scene.until(() => /does not know your card/.test(bob.knows(alice)?.problem ?? ""), "bob is told");
    expect(alice.messenger.view.contacts).deep.equal([]);
  });

  it("P10.6 a contact met over two cards keeps both secrets, and stays one contact", async () => {
    const [alice, bob] = await scene.friends();
    await bob.messenger.showCard();
    await alice.messenger.enterCard(bob.card);
    await scene.until(() => alice.messenger.view.contacts.length === 1, "it is one contact");
    await scene.until(() => bob.messenger.view.card === undefined, "the second card is used");
    const [contact] = (await alice.store.load()).contacts;
    expect(contact?.secrets).to.have.lengthOf(2);
    await alice.messenger.say(alice.chat(bob), "still you");
    await scene.until(() => bob.heard(alice).length === 1, "bob hears alice");
    expect(bob.messenger.view.contacts).to.have.lengthOf(1);
  });

  it("P10.6 who knows only one of two cards any more is met by that one", async () => {
    const [alice, bob] = await scene.friends();
    const before = bob.store.reopened();
    await bob.messenger.showCard();
    await alice.messenger.enterCard(bob.card);
    await scene.until(() => bob.messenger.view.card === undefined, "the second card is used");
    await bob.close();
    // What bob stores is as it was before the second card: alice tries that one first.
    const back = await scene.user(before);
    scene.world.isOpen = false;
    scene.world.cutAll();
    await scene.until(() => alice.knows(back)?.state !== "relayed", "they are apart");
    scene.world.faultsOf = () => ({});
    scene.world.isOpen = true;
    await alice.messenger.say(alice.chat(back), "by the first card");
    await scene.until(() => alice.states(back).join() === "delivered", "they meet");
  });

  it("P10.2 a card entered while its owner is away is used when they are there, within 15 minutes", async () => {
    const alice = await scene.user();
    const bob = await scene.user();
    await alice.messenger.showCard();
    const { card, store } = alice;
    await alice.close();
    await bob.messenger.enterCard(card);
    await scene.pass(2 * MINUTE);
    const back = await scene.user(store.reopened());
    await scene.until(() => back.knows(bob)?.state === "relayed", "they meet", 10 * MINUTE);
  });

  it("P10.2 a contact has the name that its user gave, without the characters that would change the page", async () => {
    const [alice, bob] = await scene.friends();
    expect(alice.knows(bob)?.name).equal(bob.id);
    await alice.messenger.rename(alice.chat(bob), `  <b>Bob</b>\u202e${"x".repeat(100)}`);
    expect(alice.knows(bob)?.name).equal(`<b>Bob</b>\ufffd${"x".repeat(53)}`);
    await alice.messenger.rename(alice.chat(bob), "");
    expect(alice.knows(bob)?.name).equal(bob.id);
  });

  it("P10.2 a contact that is forgotten is gone, and cannot call any more", async () => {
    const [alice, bob] = await scene.friends();
    await alice.messenger.forget(alice.chat(bob));
    expect(alice.messenger.view.contacts).deep.equal([]);
    await scene.until(() => /does not know/.test(bob.knows(alice)?.problem ?? ""), "bob is told");
    expect((await alice.store.load()).contacts).deep.equal([]);
  });
});

describe("a messenger: texts", () => {
  let scene: Scene;

  beforeEach(async () => {
    scene = await Scene.make();
  });

  afterEach(() => scene.end());

  it("P10.10 a way that never acknowledges one text is given up after 10 s, although it acknowledges all others", async () => {
    const [alice, bob] = await scene.friends();
    const bobs = alice.chat(bob);
    const program = await bob.becomeProgram(alice);
    const began = scene.clock.now();
    let isOver = false;
    const reading = (async () => {
      for await (const bytes of program.contents) {
        const content = decodeContent(bytes);
        if (content?.type !== "message" || content.text === "never") continue;
        await program.send(encodeContent({ type: "ack", id: content.id }));
      }
      isOver = true;
    })();
    await alice.messenger.say(bobs, "never");
    for (let count = 1; count <= 4; count += 1) {
      await scene.pass(2000);
      await alice.messenger.say(bobs, `text ${count}`);
    }
    await scene.pass(1900);
    const states = alice.messenger.view.contacts[0]?.entries.map(({ state }) => state);
    expect([isOver, states]).deep.equal([false, ["sending", ...Array(4).fill("delivered")]]);
    await scene.until(() => isOver, "the stream is given up", 1000);
    await reading;
    expect(scene.clock.now() - began).to.be.at.least(10_000);
  });

  it("P10.8 a message to somebody who is away is dropped after 10 s, and is not delivered later by itself", async () => {
    const [alice, bob] = await scene.friends();
    const store = bob.store.reopened();
    await bob.close();
    await scene.pass(2 * MINUTE);
    await alice.messenger.say(alice.chat(bob), "are you there?");
    await scene.pass(9000);
    expect(alice.states(bob)).deep.equal(["sending"]);
    await scene.pass(1500);
    expect(alice.states(bob)).deep.equal(["dropped"]);
    const back = await scene.user(store);
    await scene.until(() => alice.knows(back)?.state === "relayed", "bob is back");
    await scene.pass(MINUTE);
    expect(back.heard(alice)).deep.equal([]);
    const [entry] = alice.entries(back);
    await alice.messenger.again(alice.chat(back), entry?.entry ?? "");
    await scene.until(
      () => alice.states(back).join() === "delivered",
      "it is delivered when its user says so",
    );
    expect(back.heard(alice)).deep.equal(["are you there?"]);
  });

  it("P10.12 P10.2 both are online, or nothing is delivered: a record that has expired means offline", async () => {
    const [alice, bob] = await scene.friends();
    const bobsId = bob.id;
    await bob.close();
    await scene.pass(61 * MINUTE);
    const contact = alice.messenger.view.contacts.find(({ id }) => id === bobsId);
    expect(contact?.state).equal("offline");
    await alice.messenger.say(contact?.contact ?? "", "hello?");
    await scene.pass(11_000);
    const [entry] = alice.messenger.view.contacts[0]?.entries ?? [];
    expect(entry?.state).equal("dropped");
    expect(alice.messenger.view.contacts[0]?.state).equal("offline");
  });

  it("P10.8 without an acknowledgement a message is dropped after 30 s, and sent again under its id when its user says so", async () => {
    const [alice, bob] = await scene.friends();
    let isHeld = true;
    bob.store.fault = ({ name }) => {
      if (isHeld && name === "entries.put") throw new Error("the disk is full");
    };
    await alice.messenger.say(alice.chat(bob), "slowly");
    await scene.pass(29_000);
    expect(alice.states(bob)).deep.equal(["sending"]);
    await scene.pass(1500);
    expect(alice.states(bob)).deep.equal(["dropped"]);
    expect(bob.heard(alice)).deep.equal([]);
    isHeld = false;
    const [entry] = alice.entries(bob);
    await alice.messenger.again(alice.chat(bob), entry?.entry ?? "");
    await scene.until(() => alice.states(bob).join() === "delivered", "it is delivered");
    expect(bob.heard(alice)).deep.equal(["slowly"]);
  });

  it("P10.5 P10.8 a stream that owes an acknowledgement for 10 s is given up, with what carries it; so is a call without a hello", async () => {
    const [alice, bob] = await scene.friends();
    const route = scene.world.routes.at(-1);
    if (route) route.isSevered = true;
    await alice.messenger.say(alice.chat(bob), "hello");
    await scene.pass(9500);
    expect(route?.wasGivenUp).equal(false);
    await scene.pass(1000);
    expect(route?.wasGivenUp).equal(true);
    await scene.until(() => alice.states(bob).join() === "delivered", "it goes another way");
    scene.world.cutAll();
    scene.world.faultsOf = () => ({ alter: () => [] });
    const before = scene.world.routes.length;
    await scene.until(() => scene.world.routes.length > before, "one calls");
    await scene.pass(10_500);
    expect(scene.world.routes.at(before)?.wasGivenUp).equal(true);
  });

  it("P10.8 after a reconnection within 30 s it is sent again, and shown once", async () => {
    const [alice, bob] = await scene.friends();
    scene.world.isOpen = false;
    scene.world.cutAll();
    await alice.messenger.say(alice.chat(bob), "one");
    await alice.messenger.say(alice.chat(bob), "two");
    await scene.pass(3000);
    scene.world.isOpen = true;
    await scene.until(() => alice.states(bob).join() === "delivered,delivered", "both are delivered");
    expect(bob.heard(alice)).deep.equal(["one", "two"]);
  });

  it("P10.8 what was stored and not noted as shown is shown at the next start, and once", async () => {
    const [alice, bob] = await scene.friends();
    bob.store.fault = ({ name }) => {
      if (name === "entries.put" && bob.heard(alice).length > 0) throw new Error("the power is gone");
    };
    await alice.messenger.say(alice.chat(bob), "hello");
    await scene.until(() => bob.heard(alice).length === 1, "bob sees it");
    await bob.crash();
    expect(bob.heard(alice)).deep.equal(["hello"]);
    expect((await bob.store.load()).notNoted).deep.equal([]);
    await scene.until(() => alice.states(bob).join() === "delivered", "it is acknowledged");
    expect(bob.heard(alice)).deep.equal(["hello"]);
    expect(bob.knows(alice)?.unread).equal(1);
    bob.messenger.seen(bob.chat(alice));
    await scene.until(() => bob.knows(alice)?.unread === 0, "it is read");
  });

  it("P10.8 what was on its way when the page was closed is looked after by the next one", async () => {
    const [alice, bob] = await scene.friends();
    scene.world.isOpen = false;
    scene.world.cutAll();
    await alice.messenger.say(alice.chat(bob), "hello");
    await alice.reload();
    expect(alice.states(bob)).deep.equal(["sending"]);
    scene.world.isOpen = true;
    await scene.until(() => alice.states(bob).join() === "delivered", "it is delivered");
    expect(bob.heard(alice)).deep.equal(["hello"]);
  });

  it("P10.7 P10.8 a text has 1 to 8,192 bytes; another one is refused and nothing is stored", async () => {
    const [alice, bob] = await scene.friends();
    for (const text of ["", "x".repeat(8193), "\ud800"])
      expect(await alice.messenger.say(alice.chat(bob), text)).to.have.property("problem");
    expect(alice.entries(bob)).deep.equal([]);
    const longest = "ü".repeat(4096);
    await alice.messenger.say(alice.chat(bob), longest);
    await scene.until(() => bob.heard(alice).length === 1, "the longest one arrives");
    expect(bob.heard(alice)).deep.equal([longest]);
  });

  it("P10.13 hostile texts are text: control and bidirectional characters become visible, line ends stay", async () => {
    const [alice, bob] = await scene.friends();
    await alice.messenger.say(alice.chat(bob), "<img src=x onerror=alert(1)>\n\u202egpj.exe\u001b[2J\r\nend");
    await scene.until(() => bob.heard(alice).length === 1, "it arrives");
    expect(bob.heard(alice)).deep.equal(["<img src=x onerror=alert(1)>\n\ufffdgpj.exe\ufffd[2J\nend"]);
  });

  it("P10.6 what a relay saw is the sealed frame: none of its bytes is the text, and it was on the wire", async () => {
    const [alice, bob] = await scene.friends();
    await alice.messenger.say(alice.chat(bob), "a secret of the two of us");
    await scene.until(() => alice.states(bob).join() === "delivered", "it is delivered");
    const { last } = alice.messenger.view.underneath;
    expect(last?.typed).equal("a secret of the two of us");
    expect(last?.path).equal("relayed");
    const frames = scene.world.routes.flatMap(({ pair }) => pair.ends.flatMap((end) => end.sent));
    const onTheWire = frames.map((frame) => Buffer.from(frame).toString("hex"));
    expect(onTheWire).to.include(last?.relaySaw);
    expect(Buffer.from(last?.relaySaw ?? "", "hex").toString("latin1")).not.to.include("secret");
  });

  it("P10.13 a view is a frozen snapshot: a new one with every change, and the old one stays as it was", async () => {
    const [alice, bob] = await scene.friends();
    const before = alice.messenger.view;
    let changes = 0;
    alice.messenger.addEventListener("change", () => {
      changes += 1;
    });
    await alice.messenger.say(alice.chat(bob), "hello");
    await scene.until(() => alice.states(bob).join() === "delivered", "it is delivered");
    expect(changes).greaterThan(0);
    expect(alice.messenger.view).not.equal(before);
    expect(before.contacts[0]?.entries).deep.equal([]);
    expect(Object.isFrozen(alice.messenger.view)).equal(true);
    expect(() => alice.messenger.view.contacts[0]?.entries.pop()).to.throw();
  });

  it("P10.8 names that are unknown are passed over by every action", async () => {
    const alice = await scene.user();
    const { messenger } = alice;
    for (const contact of ["", "nobody", "00".repeat(32)]) {
      expect(await messenger.say(contact, "x")).equal(undefined);
      expect(await messenger.again(contact, "1")).equal(undefined);
      expect(await messenger.offer(contact, new Blob(["x"]), "x")).equal(undefined);
      expect(await messenger.accept(contact, "1")).equal(undefined);
      await messenger.refuse(contact, "1");
      await messenger.cancel(contact, "1");
      await messenger.compared(contact);
      await messenger.rename(contact, "x");
      await messenger.forget(contact);
      messenger.seen(contact);
      expect(await messenger.sayInGroup(contact, "x")).equal(undefined);
    }
    expect(messenger.view.own.problem).equal(undefined);
  });
});
