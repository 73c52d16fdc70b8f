// The second implementation (testing/interop) against our messenger, over our node: what each says and the other shows.

import { randomBytes } from "node:crypto";
import { expect } from "chai";
import { ChildProgram } from "../programs/child-program.ts";
import { nodeCommand } from "../programs/node-command.ts";
import { withStage06 } from "../tests/support/tools.ts";
import type { Messenger } from "./messenger.ts";
import type { ContactView, Entry, GroupView, MessengerView } from "./messenger-view.ts";
import { cardText, hintOf, makeCard, readCard } from "./testing/interop/card.ts";
import { type Chat, chunkOf, makeOffer, newId } from "./testing/interop/chat.ts";
import {
  type GroupCard,
  makeGroup,
  memberOf,
  openGroupMessage,
  sealGroupMessage,
  topicOf,
} from "./testing/interop/group.ts";
import type { Pal } from "./testing/interop/pal.ts";
import { makePerson, objectOf, type Person } from "./testing/interop/person.ts";
import {
  agree,
  initiate,
  makeHello,
  makeKeys,
  makeShare,
  type Said,
  sealFrame,
} from "./testing/interop/session.ts";
import { MOST_FRAME, type Wire } from "./testing/interop/wire.ts";

const MOST_FILE = 26_214_400;
const DEADLINE = 60_000;

async function bytesOf({ file }: Entry): Promise<Buffer> {
  return Buffer.from((await file?.blob?.arrayBuffer()) ?? new ArrayBuffer(0));
}

withStage06("the second implementation of stage 06, with our messenger", () => {
  let node: ChildProgram;
  let address: string;
  let ours: Messenger;
  let PalClass: typeof Pal;
  const pals: Pal[] = [];

  /** Waits until the messenger shows something. */
  async function shown<T>(what: string, pick: (view: MessengerView) => T | undefined | false): Promise<T> {
    const end = Date.now() + DEADLINE;
    for (;;) {
      const found = pick(ours.view);
      if (found !== undefined && found !== false) return found;
      if (Date.now() >= end) throw new Error(`in vain: ${what}; ${JSON.stringify(ours.view).slice(0, 4000)}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  const ownId = (): string => ours.view.own.id;
  const contactOf = ({ person }: Pal): ContactView | undefined =>
    ours.view.contacts.find(({ contact }) => contact === person.key.toString("hex"));
  const nameOf = (pal: Pal): string => contactOf(pal)?.contact ?? "";
  const textsOf = (pal: Pal): string[] =>
    (contactOf(pal)?.entries ?? []).filter(({ from }) => from === "them").map(({ text = "" }) => text);
  const entryOf = (pal: Pal, text: string): Entry | undefined =>
    contactOf(pal)?.entries.find((entry) => entry.text === text);
  const fileOf = (pal: Pal, name: string): Entry | undefined =>
    contactOf(pal)?.entries.find(({ file }) => file?.name === name);
  const groupOf = (group: string): GroupView | undefined =>
    ours.view.groups.find((view) => view.group === group);

  async function newPal(isRight?: (person: Person) => boolean): Promise<Pal> {
    const pal = await PalClass.start(address, isRight);
    pals.push(pal);
    pal.other = ownId();
    await pal.page.publish();
    return pal;
  }

  /** Lets our messenger show a card to a pal, who has not used it yet. */
  async function cardFor(pal: Pal): Promise<void> {
    const last = ours.view.card?.text;
    await ours.showCard();
    const text = await shown(
      "a new card",
      ({ card }) => card !== undefined && card.text !== last && card.text,
    );
    const card = readCard(text);
    expect(card?.id).to.equal(ownId());
    pal.secret = card?.secret ?? pal.secret;
  }

  /** Meets by a card that our messenger shows. The pal is the stream's initiator. */
  async function meet(isRight?: (person: Person) => boolean): Promise<{ pal: Pal; chat: Chat }> {
    const pal = await newPal(isRight);
    await cardFor(pal);
    const chat = await pal.call();
    await shown("the contact", () => contactOf(pal));
    return { pal, chat };
  }

  /** The code of the error that comes first; the stream has to be reset then, and nothing comes in between. */
  async function errorOn(wire: Wire): Promise<string> {
    const frame = await wire.next();
    if (typeof frame === "string") return `a stream that was ${frame}`;
    await wire.wasReset();
    expect(await wire.next()).to.equal("reset");
    const { type, code } = objectOf(frame) ?? {};
    return type === "error" ? String(code) : `a frame of the type ${type}`;
  }

  before(async () => {
    PalClass = (await import("./testing/interop/pal.ts")).Pal;
    (await import("./testing/interop/page.ts")).fillInForNode20();
    const { Messenger: MessengerClass } = await import("./messenger.ts");
    const { startEnginePage } = await import("./engine.ts");
    const { MemoryStore } = await import("./testing/memory-store.ts");
    node = new ChildProgram("node", [...nodeCommand("06-dht-chat/node.ts"), "--port", "0"]);
    address = await node.line(/\/p2p\//);
    ours = await MessengerClass.start({
      store: new MemoryStore(),
      network: (events, { seed }) => startEnginePage({ identity: seed, nodes: [address], events }),
    });
    await shown("the record is published", ({ own }) => own.isPublished);
  });

  after(async () => {
    await ours?.stop();
    await Promise.all(pals.map(({ page }) => page.stop()));
    await node?.kill();
  });

  describe("cards and hellos", () => {
    it("P10.2, P10.6 meets by a card that we show, and texts go both ways", async () => {
      const { pal, chat } = await meet();
      expect(contactOf(pal)).to.include({ id: pal.person.id, isNew: true, state: "relayed" });
      expect(chat.session.peer.id).to.equal(ownId());
      const id = chat.message("from the other");
      expect((await chat.take("ack")).id).to.equal(id);
      expect(textsOf(pal)).to.deep.equal(["from the other"]);
      await ours.say(nameOf(pal), "from ours ☕");
      expect(await chat.take("message")).to.include({ text: "from ours ☕" });
      await shown("it is delivered", () => entryOf(pal, "from ours ☕")?.state === "delivered");
    });

    it("P10.2, P10.6 meets by a card that we enter: we call, and texts go both ways", async () => {
      const pal = await newPal();
      const card = makeCard(pal.person.id);
      pal.secret = card.secret;
      const entered = ours.enterCard(cardText(card).toLowerCase());
      const chat = await pal.answer();
      expect(await entered).to.have.property("contact");
      await shown("the contact", () => contactOf(pal)?.state === "relayed");
      expect(chat.session.peer.id).to.equal(ownId());
      chat.message("hello");
      await chat.take("ack");
      await ours.say(nameOf(pal), "hello to you");
      await chat.take("message");
      await shown("it is delivered", () => entryOf(pal, "hello to you")?.state === "delivered");
    });

    it("P10.2, P10.6 gives a card to the first key alone: a later one hears card-used, and our page says so", async () => {
      const { pal } = await meet();
      const later = await newPal();
      later.secret = pal.secret;
      const wire = await later.page.call(ownId());
      wire.send(Buffer.from(JSON.stringify(makeHello(later.person, ownId(), pal.secret, makeShare().share))));
      expect(await errorOn(wire)).to.equal("card-used");
      expect(contactOf(later)).to.equal(undefined);
      await shown("our page says so", () => contactOf(pal)?.problem !== undefined);
    });

    it("P10.2, P10.6 does not use a card before the other's ready is right", async () => {
      const thief = await newPal();
      await cardFor(thief);
      const wire = await thief.page.call(ownId());
      const hello = makeHello(thief.person, ownId(), thief.secret, makeShare().share);
      wire.send(Buffer.from(JSON.stringify(hello)));
      expect(objectOf((await wire.next()) as Buffer)?.type).to.equal("hello");
      wire.send(randomBytes(33)); // No ready: they have the hint, but not the secret.
      await wire.wasReset();
      const honest = await newPal();
      honest.secret = thief.secret;
      await honest.call();
      await shown("the contact", () => contactOf(honest));
      expect(contactOf(thief)).to.equal(undefined);
    });

    it("P10.6 answers each wrong hello with its error, and a reset", async () => {
      const pal = await newPal();
      await cardFor(pal);
      const mal = makePerson();
      const good = (): Said => makeHello(pal.person, ownId(), pal.secret, makeShare().share);
      const low = Buffer.alloc(32);
      const cases: Record<string, [string | Said | Buffer, string]> = {
        "another key": [{ ...good(), key: mal.key.toString("base64") }, "wrong-peer"],
        "another id": [{ ...good(), from: mal.id }, "wrong-peer"],
        "another's key and id": [{ ...good(), from: mal.id, key: mal.key.toString("base64") }, "wrong-peer"],
        "to another": [{ ...good(), to: mal.id }, "wrong-peer"],
        "a card that is not known": [{ ...good(), card: hintOf(randomBytes(32)) }, "unknown-card"],
        "a card in upper case": [{ ...good(), card: hintOf(pal.secret).toUpperCase() }, "bad-hello"],
        "a share of zeros": [{ ...good(), share: low.toString("base64") }, "bad-hello"],
        "a share of 31 bytes": [{ ...good(), share: randomBytes(31).toString("base64") }, "bad-hello"],
        "another stage": [{ ...good(), stage: "05" }, "bad-hello"],
        "another type": [{ ...good(), type: "key" }, "bad-hello"],
        "no JSON": ["hello", "bad-hello"],
        "an array": ["[]", "bad-hello"],
        nothing: ["", "bad-hello"],
        "bytes that are not UTF-8": [Buffer.from([0x7b, 0xff, 0x7d]), "bad-hello"],
        "4,097 bytes": [JSON.stringify(good()).padEnd(4097), "bad-hello"],
      };
      for (const [name, [hello, code]] of Object.entries(cases)) {
        const wire = await pal.page.call(ownId());
        const isPlain = typeof hello === "string" || Buffer.isBuffer(hello);
        wire.send(Buffer.from(isPlain ? hello : JSON.stringify(hello)));
        expect(await errorOn(wire), name).to.equal(code);
      }
      expect(contactOf(pal)).to.equal(undefined);
      const padded = JSON.stringify(good()).padEnd(4096);
      const wire = await pal.page.call(ownId());
      wire.send(Buffer.from(padded));
      expect(objectOf((await wire.next()) as Buffer)?.type, "4,096 bytes").to.equal("hello");
      wire.reset();
    });

    it("P10.6 checks the hello of whom we called, answers with an error and pins nothing", async () => {
      const pal = await newPal();
      const mal = makePerson();
      const changes: Record<string, [object, string]> = {
        "from another id": [{ from: mal.id }, "wrong-peer"],
        "another key": [{ key: mal.key.toString("base64") }, "wrong-peer"],
        "to another": [{ to: mal.id }, "wrong-peer"],
        "a share of zeros": [{ share: Buffer.alloc(32).toString("base64") }, "bad-hello"],
        "another card": [{ card: hintOf(randomBytes(32)) }, "bad-hello"],
        "another stage": [{ stage: "05" }, "bad-hello"],
      };
      for (const [name, [change, code]] of Object.entries(changes)) {
        const card = makeCard(pal.person.id);
        const entered = ours.enterCard(cardText(card));
        const wire = await pal.nextCall();
        const first = objectOf((await wire.next()) as Buffer);
        expect(first, name).to.include({ type: "hello", stage: "06", from: ownId(), to: pal.person.id });
        expect(first?.card, name).to.equal(hintOf(card.secret));
        const hello = makeHello(pal.person, ownId(), card.secret, makeShare().share);
        wire.send(Buffer.from(JSON.stringify({ ...hello, ...change })));
        expect(await errorOn(wire), name).to.equal(code);
        expect(contactOf(pal), name).to.equal(undefined);
        const result = await entered;
        if ("contact" in result) await ours.forget(result.contact);
        await shown("it is forgotten", ({ contacts }) => contacts.every(({ id }) => id !== pal.person.id));
        for (const left of pal.calls.splice(0)) left.reset();
      }
    });

    it("P10.6 says what the other said: card-used and unknown-card of whom we called", async () => {
      const pal = await newPal();
      for (const code of ["card-used", "unknown-card"]) {
        const card = makeCard(pal.person.id);
        const entered = ours.enterCard(cardText(card));
        const wire = await pal.nextCall();
        await wire.next();
        wire.send(Buffer.from(JSON.stringify({ type: "error", code })));
        wire.reset();
        const result = await entered;
        const isSaid = (view: MessengerView): boolean =>
          "problem" in result ||
          view.contacts.some(({ id, problem }) => id === pal.person.id && problem !== undefined);
        await shown(`${code} is said`, isSaid);
        if ("contact" in result) await ours.forget(result.contact);
        for (const left of pal.calls.splice(0)) left.reset();
      }
    });

    it("P10.6 refuses another key with the id and card of a contact", async () => {
      const { pal } = await meet();
      const mal = await newPal();
      const wire = await mal.page.call(ownId());
      const hello = makeHello(mal.person, ownId(), pal.secret, makeShare().share);
      const key = mal.person.key.toString("base64");
      wire.send(Buffer.from(JSON.stringify({ ...hello, from: pal.person.id, key })));
      expect(await errorOn(wire)).to.equal("wrong-peer");
    });

    it("P10.6 keeps both secrets of a contact that was met over two cards", async () => {
      const { pal, chat } = await meet(({ id }) => id > ownId());
      const [first, second] = [pal.secret, makeCard(pal.person.id)];
      pal.secret = second.secret;
      void ours.enterCard(cardText(second));
      const next = await pal.answer();
      await chat.take("bye"); // The stream of the smaller id, ours, stands.
      next.message("by the second card");
      await next.take("ack");
      next.session.wire.reset();
      pal.secret = first;
      const again = await pal.call();
      again.message("by the first card");
      await again.take("ack");
      expect(textsOf(pal)).to.deep.equal(["by the second card", "by the first card"]);
      expect(ours.view.contacts.filter(({ id }) => id === pal.person.id)).to.have.length(1);
    });

    it("P10.6 resets a stream of its own that nobody answers within 10 s", async () => {
      const pal = await newPal();
      void ours.enterCard(cardText(makeCard(pal.person.id)));
      const wire = await pal.nextCall();
      await wire.next();
      await wire.wasReset();
      expect(contactOf(pal)).to.equal(undefined);
    });

    it("P10.6 gives hellos and both ready 10 s, and resets what is late", async () => {
      const pal = await newPal();
      await cardFor(pal);
      const silent = await pal.page.call(ownId());
      const unready = await pal.page.call(ownId());
      unready.send(
        Buffer.from(JSON.stringify(makeHello(pal.person, ownId(), pal.secret, makeShare().share))),
      );
      expect(objectOf((await unready.next()) as Buffer)?.type).to.equal("hello");
      await Promise.all([silent.wasReset(), unready.wasReset()]);
      expect(contactOf(pal)).to.equal(undefined);
      await pal.call();
      await shown("the contact", () => contactOf(pal));
    });
  });

  describe("messages", () => {
    it("P10.8 shows an id once, also over another stream, and acknowledges it each time", async () => {
      const { pal, chat } = await meet();
      const id = chat.message("once");
      await chat.take("ack");
      chat.message("once", id);
      expect((await chat.take("ack")).id).to.equal(id);
      chat.session.wire.reset();
      const next = await pal.call();
      next.message("once", id);
      expect((await next.take("ack")).id).to.equal(id);
      next.message("another text under the id", id);
      expect((await next.take("ack")).id).to.equal(id);
      next.message("last");
      await next.take("ack");
      expect(textsOf(pal)).to.deep.equal(["once", "last"]);
    });

    it("P10.8 sends again under its id, after a lost stream, what was not acknowledged", async () => {
      const pal = await newPal();
      await cardFor(pal);
      const first = await pal.call({ acknowledges: false });
      await shown("the contact", () => contactOf(pal));
      await ours.say(nameOf(pal), "not lost");
      const { id } = await first.take("message");
      expect(id).to.match(/^[0-9a-f]{32}$/);
      first.session.wire.reset();
      // Both call at once, and one of the two streams stands.
      const takes = async (stream: Promise<Chat>) => (await stream).take("message");
      const again = await Promise.any([takes(pal.answer()), takes(pal.call())]);
      expect(again).to.include({ id, text: "not lost" });
      await shown("it is delivered", () => entryOf(pal, "not lost")?.state === "delivered");
    });

    it("P10.8 drops what nobody acknowledges; again sends it under its id, a late ack makes it delivered", async () => {
      const pal = await newPal();
      await cardFor(pal);
      const chat = await pal.call({ acknowledges: false });
      await shown("the contact", () => contactOf(pal));
      await ours.say(nameOf(pal), "one");
      await ours.say(nameOf(pal), "two");
      const [one, two] = [await chat.take("message"), await chat.take("message")];
      expect([one.text, two.text]).to.deep.equal(["one", "two"]);
      expect(entryOf(pal, "one")?.state).to.equal("sending");
      await shown("one is dropped", () => entryOf(pal, "one")?.state === "dropped");
      await shown("two is dropped", () => entryOf(pal, "two")?.state === "dropped");
      const talk = chat.over === undefined ? chat : await pal.call({ acknowledges: false });
      expect(talk.come("message").concat(chat.come("message"))).to.deep.equal([]);
      talk.say({ type: "ack", id: one.id });
      await shown("a late ack", () => entryOf(pal, "one")?.state === "delivered");
      await ours.again(nameOf(pal), entryOf(pal, "two")?.entry ?? "");
      expect(await talk.take("message")).to.include({ id: two.id, text: "two" });
      talk.say({ type: "ack", id: two.id });
      await shown("two is delivered", () => entryOf(pal, "two")?.state === "delivered");
    });

    it("P10.8, P10.12 drops at once what is said to who cannot be found or reached", async () => {
      const { pal } = await meet();
      await pal.page.stop();
      await shown("the loss", () => contactOf(pal)?.state !== "relayed");
      await ours.say(nameOf(pal), "nobody is there");
      await shown("it is dropped", () => entryOf(pal, "nobody is there")?.state === "dropped");
    });

    it("P10.7 passes over unknown types, and chunks and chunk-acks of unknown files", async () => {
      const { pal, chat } = await meet();
      chat.say({ type: "dance", id: 5 });
      chat.session.send(chunkOf(77, 0, randomBytes(10)));
      chat.say({ type: "chunk-ack", file: 77, offset: 0 });
      chat.message("after all that");
      await chat.take("ack");
      expect(textsOf(pal)).to.deep.equal(["after all that"]);
      expect(chat.over).to.equal(undefined);
    });

    it("P10.6 takes frames in pieces of a byte, several in one piece, and one of 262,144 bytes", async () => {
      const { pal, chat } = await meet();
      const { session } = chat;
      const framed = (text: string): Buffer => {
        const sealed = sealFrame(session.key, session.sent++, Buffer.from(text));
        const length = Buffer.alloc(4);
        length.writeUInt32BE(sealed.length);
        return Buffer.concat([length, sealed]);
      };
      const message = (text: string): Buffer =>
        framed(` {"type":"message","id":"${newId()}","text":"${text}"}`);
      for (const byte of message("slow")) session.wire.sendRaw(Buffer.of(byte));
      const [two, three] = [message("two"), message("three")];
      const longest = framed(' {"type":"dance"}'.padEnd(MOST_FRAME - 16));
      expect(longest.readUInt32BE(0)).to.equal(MOST_FRAME);
      session.wire.sendRaw(Buffer.concat([two, three, longest, message("four")]));
      for (let acks = 0; acks < 4; acks++) await chat.take("ack");
      expect(textsOf(pal)).to.deep.equal(["slow", "two", "three", "four"]);
    });

    it("P10.6 answers bye, and calls anew when there is something to say", async () => {
      const { pal, chat } = await meet();
      chat.say({ type: "bye" });
      await chat.take("bye");
      await chat.closed();
      void ours.say(nameOf(pal), "one thing more");
      const next = await pal.answer();
      expect(await next.take("message")).to.include({ text: "one thing more" });
      await shown("it is delivered", () => entryOf(pal, "one thing more")?.state === "delivered");
    });

    it("P10.6, P10.7 resets at each bad record, and shows nothing of it", async () => {
      const { pal } = await meet();
      const json = (value: unknown): Buffer => Buffer.from(` ${JSON.stringify(value)}`);
      const message = (fields: object) => (chat: Chat) =>
        chat.session.send(json({ type: "message", id: newId(), text: "bad", ...fields }));
      const bad: Record<string, (chat: Chat) => void> = {
        "a counter that was left out": (chat) => {
          chat.session.sent++;
          chat.message("bad");
        },
        "a frame twice": ({ session }) => {
          const frame = sealFrame(session.key, session.sent, json({ type: "dance" }));
          session.wire.send(frame);
          session.wire.send(frame);
        },
        "a changed bit": ({ session }) => {
          const frame = sealFrame(
            session.key,
            session.sent,
            json({ type: "message", id: newId(), text: "b" }),
          );
          frame.writeUInt8(frame.readUInt8(5) ^ 1, 5);
          session.wire.send(frame);
        },
        "another key": ({ session }) => session.wire.send(sealFrame(randomBytes(32), session.sent, json({}))),
        "in clear": ({ session }) => session.wire.send(json({ type: "message", id: newId(), text: "bad" })),
        "an error in clear": ({ session }) =>
          session.wire.send(Buffer.from('{"type":"error","code":"bad-hello"}')),
        "15 bytes": ({ session }) => session.wire.send(randomBytes(15)),
        "no bytes": ({ session }) => session.wire.send(Buffer.alloc(0)),
        "a frame that is too long": ({ session }) => session.wire.sendRaw(Buffer.from("00040001", "hex")),
        "nothing sealed": ({ session }) => session.send(Buffer.alloc(0)),
        "another first byte": ({ session }) => session.send(Buffer.from("\x02{}")),
        "no JSON": ({ session }) => session.send(Buffer.from(" hello")),
        "no object": ({ session }) => session.send(Buffer.from(" [1]")),
        "no type": ({ session }) => session.send(json({ id: newId(), text: "bad" })),
        "not UTF-8": ({ session }) => session.send(Buffer.from([0x20, 0x7b, 0xff, 0x7d])),
        "an empty text": message({ text: "" }),
        "a text of 8,193 bytes": message({ text: "x".repeat(8193) }),
        "a text of 8,193 bytes in fewer characters": message({ text: `${"é".repeat(4096)}x` }),
        "a lone surrogate": message({ text: "\ud800" }),
        "a number as text": message({ text: 5 }),
        "an id of 31 digits": message({ id: newId().slice(1) }),
        "an id in upper case": message({ id: "A".repeat(32) }),
        "no id": message({ id: undefined }),
        "an ack without an id": ({ session }) => session.say({ type: "ack" }),
        "a file of 2^32": ({ session }) => session.say({ type: "refuse", file: 2 ** 32 }),
        "a chunk of 65,537 bytes": ({ session }) => session.send(chunkOf(1, 0, Buffer.alloc(65_537))),
        "a chunk without its head": ({ session }) => session.send(Buffer.from([1, 0, 0, 0, 1])),
        "an offer with its hash in upper case": ({ session }) =>
          session.say({ ...makeOffer(Buffer.alloc(3), "a", "").offer, sha256: "A".repeat(64) }),
        "an offer whose size is a text": ({ session }) =>
          session.say({ ...makeOffer(Buffer.alloc(3), "a", "").offer, size: "3" }),
        "an sdp of 16,385 bytes": ({ session }) =>
          session.say({ type: "rtc", n: 1, sdp: "x".repeat(16_385) }),
        "a group without its card": ({ session }) => session.say({ type: "group" }),
        "an offer without its hash": ({ session }) =>
          session.say({ type: "offer", file: 1, name: "a", media: "", size: 1 }),
      };
      const before = ours.view.contacts.length;
      for (const [name, misbehave] of Object.entries(bad)) {
        const chat = await pal.call();
        misbehave(chat);
        for (let more = 0; more < 3; more++) chat.message("shown by mistake");
        const over = await chat.closed(20_000).catch((error: Error) => error.message);
        expect(over, name).to.equal("reset");
        expect(textsOf(pal), name).to.deep.equal([]);
        expect(contactOf(pal)?.entries, name).to.deep.equal([]);
      }
      expect(ours.view.contacts.length).to.equal(before);
      const chat = await pal.call();
      chat.message("x".repeat(8192));
      await chat.take("ack");
      expect(textsOf(pal)).to.deep.equal(["x".repeat(8192)]);
    });

    it("P10.6 resets when something other than ready comes first, and shows nothing", async () => {
      const { pal } = await meet();
      const early = await pal.page.call(ownId());
      const { privateKey, share } = makeShare();
      const hello = Buffer.from(JSON.stringify(makeHello(pal.person, ownId(), pal.secret, share)));
      early.send(hello);
      const answer = (await early.next()) as Buffer;
      const otherShare = Buffer.from(String(objectOf(answer)?.share), "base64");
      const agreed = agree(privateKey, otherShare) ?? Buffer.alloc(32);
      const [own] = makeKeys(agreed, pal.secret, [hello, answer]);
      early.send(sealFrame(own, 0, Buffer.from(` {"type":"message","id":"${newId()}","text":"early"}`)));
      await early.wasReset();
      expect(textsOf(pal)).to.deep.equal([]);
    });
  });

  describe("crossing streams", () => {
    for (const isSmaller of [true, false]) {
      const whose = isSmaller ? "the other's, whose id is smaller" : "ours, since our id is smaller";
      it(`P10.6 of two streams between two keys leaves ${whose}`, async () => {
        const pal = await newPal(({ id }) => id < ownId() === isSmaller);
        const card = makeCard(pal.person.id);
        pal.secret = card.secret;
        void ours.enterCard(cardText(card));
        const theirs = await pal.answer();
        await shown("the contact", () => contactOf(pal)?.state === "relayed");
        const wire = await pal.page.call(ownId());
        const mine = await initiate(wire, pal.person, { id: ownId(), secret: pal.secret });
        const { Chat: ChatClass } = await import("./testing/interop/chat.ts");
        const second = new ChatClass(mine);
        const [standing, ended] = isSmaller ? [second, theirs] : [theirs, second];
        await ended.take("bye");
        await ours.say(nameOf(pal), "over the standing one");
        await standing.take("message");
        standing.message("back");
        await standing.take("ack");
        await shown("it is delivered", () => entryOf(pal, "over the standing one")?.state === "delivered");
        expect(standing.over).to.equal(undefined);
      });
    }
  });

  describe("files", () => {
    it("P10.9 takes a file of more than a window, whole, with its progress", async () => {
      const { pal, chat } = await meet();
      const file = makeOffer(randomBytes(6_000_001), "notes.bin", "image/png");
      chat.say(file.offer);
      const entry = await shown("the offer", () => fileOf(pal, "notes.bin"));
      await ours.accept(nameOf(pal), entry.entry);
      await chat.sendAccepted(file);
      await chat.take("done");
      const done = await shown(
        "it is done",
        () => fileOf(pal, "notes.bin")?.file?.state === "done" && fileOf(pal, "notes.bin"),
      );
      expect((await bytesOf(done)).equals(file.bytes)).to.equal(true);
      expect(done.file?.blob?.type).to.equal("application/octet-stream");
      expect(done.file?.shown).to.equal(undefined);
    });

    it("P10.9 goes on where a cut file ended, when the same offer is made again", async () => {
      const { pal, chat } = await meet();
      const file = makeOffer(randomBytes(9_000_000), "cut.bin", "");
      chat.say(file.offer);
      const entry = await shown("the offer", () => fileOf(pal, "cut.bin"));
      await ours.accept(nameOf(pal), entry.entry);
      await chat.sendAccepted(file, 1_000_000);
      const next = await pal.call();
      next.say(file.offer);
      expect(await next.sendAccepted(file)).to.be.at.least(1_000_000);
      await next.take("done");
      const done = await shown(
        "it is done",
        () => fileOf(pal, "cut.bin")?.file?.state === "done" && fileOf(pal, "cut.bin"),
      );
      expect((await bytesOf(done)).equals(file.bytes)).to.equal(true);
      const entries = contactOf(pal)?.entries.filter(({ file: view }) => view !== undefined);
      expect(entries).to.have.length(1);
    });

    it("P10.9 sends a file, and goes on from accept's offset after a cut", async () => {
      const { pal, chat } = await meet();
      const bytes = randomBytes(5_000_000);
      void ours.offer(nameOf(pal), new Blob([new Uint8Array(bytes)]), "ours.bin");
      const offer = await chat.take("offer");
      expect(offer).to.include({ name: "ours.bin", size: bytes.length });
      const part = await chat.receive(offer, Buffer.alloc(0), 2_000_000);
      // Both call at once, and one of the two streams stands.
      const goesOn = async (stream: Promise<Chat>): Promise<Buffer> => {
        const next = await stream;
        const again = await next.take("offer");
        expect(again).to.include({ file: offer.file, sha256: offer.sha256 });
        return next.receive(again, part);
      };
      const whole = await Promise.any([goesOn(pal.answer()), goesOn(pal.call())]);
      expect(whole.equals(bytes)).to.equal(true);
      await shown("it is done", () => fileOf(pal, "ours.bin")?.file?.state === "done");
      expect(fileOf(pal, "ours.bin")?.state).to.equal("delivered");
    });

    it("P10.9 never has more than 4 MiB open", async () => {
      const { pal, chat } = await meet();
      void ours.offer(nameOf(pal), new Blob([new Uint8Array(9_000_000)]), "window.bin");
      const { file } = await chat.take("offer");
      chat.say({ type: "accept", file, offset: 0 });
      let sum = 0;
      while (sum < 4_194_304 - 65_536) sum += ((await chat.take("chunk")).bytes as Buffer).length;
      await ours.say(nameOf(pal), "between");
      await chat.take("message");
      for (const { bytes } of chat.come("chunk")) sum += (bytes as Buffer).length;
      expect(sum).to.be.at.most(4_194_304);
    });

    it("P10.9 drops a file whose hash is wrong", async () => {
      const { pal, chat } = await meet();
      const file = makeOffer(randomBytes(100_000), "wrong.bin", "");
      const offer = { ...file.offer, sha256: "0".repeat(64) };
      chat.say(offer);
      const entry = await shown("the offer", () => fileOf(pal, "wrong.bin"));
      await ours.accept(nameOf(pal), entry.entry);
      await chat.sendAccepted({ ...file, offer });
      await shown("it is dropped", () => fileOf(pal, "wrong.bin")?.file?.state === "dropped");
      expect(fileOf(pal, "wrong.bin")?.file?.blob).to.equal(undefined);
      expect(chat.come("done")).to.deep.equal([]);
    });

    it("P10.9 shows a picture by its first bytes, whatever media says, under a clean name", async () => {
      const { pal, chat } = await meet();
      const png = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex");
      const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>');
      const files = [
        makeOffer(Buffer.concat([png, randomBytes(64)]), "../up/p.html", "text/html"),
        makeOffer(svg, "s.svg", "image/png"),
      ];
      const seen: [string, string, unknown][] = [];
      for (const file of files) {
        chat.say(file.offer);
        const name = String(file.offer.name).replace("../up/", "");
        const entry = await shown("the offer", () => fileOf(pal, name));
        if (entry.file?.state === "offered") await ours.accept(nameOf(pal), entry.entry);
        await chat.sendAccepted(file);
        await chat.take("done");
        const done = await shown(
          "it is done",
          () => fileOf(pal, name)?.file?.blob !== undefined && fileOf(pal, name),
        );
        seen.push([name, done.file?.blob?.type ?? "", done.file?.shown]);
      }
      expect(seen).to.deep.equal([
        ["p.html", "image/png", "image"],
        ["s.svg", "application/octet-stream", undefined],
      ]);
    });

    it("P10.9 refuses offers and chunks beyond the limits, and shows nothing of them", async () => {
      const { pal } = await meet();
      for (const size of [0, MOST_FILE + 1, 2 ** 40, 1.5, -1]) {
        const isWhole = Number.isInteger(size) && size >= 0;
        const chat = await pal.call();
        const { offer } = makeOffer(randomBytes(5), "big.bin", "");
        chat.say({ ...offer, size });
        if (isWhole) expect((await chat.take("refuse")).file, String(size)).to.equal(offer.file);
        else expect(await chat.closed(), String(size)).to.equal("reset");
        expect(fileOf(pal, "big.bin"), String(size)).to.equal(undefined);
        chat.session.wire.reset();
      }
      expect(
        await ours.offer(nameOf(pal), new Blob([new Uint8Array(MOST_FILE + 1)]), "big"),
      ).to.have.property("problem");
      expect(await ours.offer(nameOf(pal), new Blob([]), "none")).to.have.property("problem");
    });

    it("P10.9 throws away a file with chunks beyond the window or beyond its size", async () => {
      const { pal, chat } = await meet();
      const misuses: Record<string, (file: number) => void> = {
        "beyond the window": (file) => chat.session.send(chunkOf(file, 5_000_000, randomBytes(10))),
        "beyond the size": (file) => {
          for (let at = 0; at < 600_000; at += 60_000) {
            chat.session.send(chunkOf(file, at, Buffer.alloc(60_001)));
          }
        },
      };
      for (const [name, misuse] of Object.entries(misuses)) {
        const file = makeOffer(Buffer.alloc(name.endsWith("size") ? 600_000 : 6_000_000), name, "");
        chat.say(file.offer);
        const entry = await shown("the offer", () => fileOf(pal, name));
        await ours.accept(nameOf(pal), entry.entry);
        await chat.take("accept");
        misuse(Number(file.offer.file));
        await shown("it is dropped", () => fileOf(pal, name)?.file?.state === "dropped");
        expect(fileOf(pal, name)?.file?.blob).to.equal(undefined);
      }
    });

    it("P10.9 refuse and cancel are said, and heard", async () => {
      const { pal, chat } = await meet();
      const one = makeOffer(randomBytes(10), "one", "");
      chat.say(one.offer);
      await ours.refuse(nameOf(pal), (await shown("the offer", () => fileOf(pal, "one"))).entry);
      expect((await chat.take("refuse")).file).to.equal(one.offer.file);
      const two = makeOffer(randomBytes(10), "two", "");
      chat.say(two.offer);
      await shown("the offer", () => fileOf(pal, "two"));
      chat.say({ type: "cancel", file: two.offer.file });
      await shown("it is cancelled", () => fileOf(pal, "two")?.file?.state === "cancelled");
      void ours.offer(nameOf(pal), new Blob(["three"]), "three");
      chat.say({ type: "refuse", file: (await chat.take("offer")).file });
      await shown("it is refused", () => fileOf(pal, "three")?.file?.state === "refused");
      void ours.offer(nameOf(pal), new Blob(["four"]), "four");
      const { file } = await chat.take("offer");
      await ours.cancel(nameOf(pal), fileOf(pal, "four")?.entry ?? "");
      expect((await chat.take("cancel")).file).to.equal(file);
    });
  });

  describe("groups", () => {
    /** Says something under a topic as soon as our messenger has subscribed to it. */
    async function sayUnder({ page }: Pal, topic: string, message: Uint8Array): Promise<void> {
      await shown("our messenger subscribes", () => page.subscribers(topic).length > 0);
      await page.saySomething(topic, message);
    }

    it("P10.11 shows a group of the other's, its messages and its maker, and drops and counts forged ones", async () => {
      const { pal, chat } = await meet();
      const mal = makePerson();
      const us = { id: ownId(), key: chat.session.peer.key };
      const card = makeGroup("theirs", [pal.person, us]);
      const topic = topicOf(Buffer.from(card.key, "base64"));
      pal.page.subscribe(topic);
      chat.say({ type: "group", card });
      const view = await shown("the group", () => groupOf(card.group));
      expect(view).to.include({ name: "theirs", maker: pal.person.id, isMine: false, version: 1 });
      const seq = Date.now();
      const said = sealGroupMessage(card, pal.person, { seq, text: "first" });
      await sayUnder(pal, topic, said);
      await shown("first", () => groupOf(card.group)?.entries.some(({ text }) => text === "first"));
      const next = (text: string, more = {}): Buffer =>
        sealGroupMessage(card, pal.person, { seq: seq + 1, text }, more);
      const dropped = [
        sealGroupMessage(card, pal.person, { seq, text: "the same seq" }),
        next("signed by another", { signer: mal }),
        next("in our name", { body: { from: ownId(), key: us.key.toString("base64") } }),
        sealGroupMessage(card, mal, { seq: seq + 1, text: "no member" }),
        next("x".repeat(8193)),
        next(""),
      ];
      for (const message of dropped) await pal.page.saySomething(topic, message);
      await pal.page.saySomething(topic, next("last"));
      await shown("last", () => groupOf(card.group)?.entries.some(({ text }) => text === "last"));
      const after = groupOf(card.group);
      expect(after?.entries.map(({ from, text }) => [from, text])).to.deep.equal([
        [pal.person.id, "first"],
        [pal.person.id, "last"],
      ]);
      expect(after?.dropped).to.equal(dropped.length);
      await ours.sayInGroup(card.group, "from ours");
      await shown("it came", () => pal.groupMessages.length > 0);
      const opened = pal.groupMessages.map(({ message }) => openGroupMessage(card, message));
      expect(opened.map((message) => message?.text)).to.deep.equal(["from ours"]);
      expect(opened[0]?.from).to.equal(ownId());
    });

    it("P10.11 takes a card only from its maker, and only with a greater version", async () => {
      const { pal, chat } = await meet();
      const { pal: other, chat: otherChat } = await meet();
      const us = { id: ownId(), key: chat.session.peer.key };
      const card: GroupCard = { ...makeGroup("two", [pal.person, other.person, us]), version: 2 };
      chat.say({ type: "group", card });
      await shown("the group", () => groupOf(card.group));
      chat.say({ type: "group", card: { ...card, name: "the same version" } });
      chat.say({ type: "group", card: { ...card, version: 1, name: "an older version" } });
      otherChat.say({ type: "group", card: { ...card, version: 9, name: "another maker" } });
      for (const each of [chat, otherChat]) {
        each.message("a mark");
        await each.take("ack");
      }
      expect(groupOf(card.group)).to.include({ name: "two", version: 2, maker: pal.person.id });
      const crowd = Array.from({ length: 15 }, () => memberOf(makePerson()));
      const large = { ...card, version: 3, name: "17", members: [...card.members.slice(0, 2), ...crowd] };
      chat.say({ type: "group", card: large });
      chat.message("another mark");
      await chat.take("ack");
      expect(groupOf(card.group)).to.include({ name: "two", version: 2 });
      chat.say({ type: "group", card: { ...card, version: 3, name: "three" } });
      await shown("the greater version", () => groupOf(card.group)?.version === 3);
      expect(groupOf(card.group)?.name).to.equal("three");
    });

    it("P10.11 drops a seq that was there, or is older than the last 256; and counts its own upwards", async () => {
      const { pal, chat } = await meet();
      const us = { id: ownId(), key: chat.session.peer.key };
      const card = makeGroup("many", [pal.person, us]);
      const topic = topicOf(Buffer.from(card.key, "base64"));
      pal.page.subscribe(topic);
      chat.say({ type: "group", card });
      await shown("the group", () => groupOf(card.group));
      await shown("our messenger subscribes", () => pal.page.subscribers(topic).length > 0);
      const start = Date.now() - 1000;
      const say = async (step: number): Promise<void> => {
        const said = { seq: start + step, text: `step ${step}` };
        await pal.page.saySomething(topic, sealGroupMessage(card, pal.person, said));
      };
      for (let step = 0; step < 600; step += 2) {
        await say(step);
        // Of what comes faster than it is stored, at most 256 messages wait.
        if (step % 100 === 98)
          await shown(`step ${step}`, () =>
            groupOf(card.group)?.entries.some(({ text }) => text === `step ${step}`),
          );
      }
      await shown("step 598", () => groupOf(card.group)?.entries.some(({ text }) => text === "step 598"));
      for (const step of [85, 87, 89, 597, 596]) await say(step); // The last 256 are from 88 to 598.
      await say(700);
      await shown("step 700", () => groupOf(card.group)?.entries.some(({ text }) => text === "step 700"));
      const odd = groupOf(card.group)
        ?.entries.map(({ text }) => text)
        .filter((text) => /[13579]$/.test(text ?? ""));
      expect(odd).to.deep.equal(["step 89", "step 597"]);
      expect(groupOf(card.group)?.dropped).to.equal(3);
      await Promise.all(["a", "b", "c"].map((text) => ours.sayInGroup(card.group, text)));
      await shown("they came", () => pal.groupMessages.length === 3);
      const seqs = pal.groupMessages.map(({ message }) => openGroupMessage(card, message)?.seq ?? 0);
      expect(new Set(seqs).size).to.equal(3);
    });

    it("P10.11 shows when its maker has removed us, and keeps what was said", async () => {
      const { pal, chat } = await meet();
      const card = makeGroup("left", [pal.person, { id: ownId(), key: chat.session.peer.key }]);
      const topic = topicOf(Buffer.from(card.key, "base64"));
      chat.say({ type: "group", card });
      pal.page.subscribe(topic);
      await sayUnder(pal, topic, sealGroupMessage(card, pal.person, { seq: Date.now(), text: "before" }));
      await shown("before", () => groupOf(card.group)?.entries.length === 1);
      const next = makeGroup("left", [pal.person]);
      chat.say({ type: "group", card: { ...next, group: card.group, version: 2 } });
      await shown("we are removed", () => groupOf(card.group)?.isRemoved);
      expect(groupOf(card.group)?.entries.map(({ text }) => text)).to.deep.equal(["before"]);
    });

    it("P10.11 makes a group, speaks in it, and removes a member, who gets no new key", async () => {
      const { pal: stays, chat } = await meet();
      const { pal: leaves, chat: leavesChat } = await meet();
      expect(await ours.makeGroup("ours", [nameOf(stays), nameOf(leaves)])).to.equal(undefined);
      const first = (await chat.take("group")).card as GroupCard;
      expect((await leavesChat.take("group")).card).to.deep.equal(first);
      expect(first.group).to.match(/^[0-9a-f]{32}$/);
      expect(first.members).to.have.deep.members([
        memberOf(stays.person),
        memberOf(leaves.person),
        memberOf({ id: ownId(), key: chat.session.peer.key }),
      ]);
      const topic = topicOf(Buffer.from(first.key, "base64"));
      for (const pal of [stays, leaves]) pal.page.subscribe(topic);
      await shown("both are there", () =>
        [stays, leaves].every(({ page }) => page.subscribers(topic).length > 0),
      );
      await sayUnder(stays, topic, sealGroupMessage(first, stays.person, { seq: Date.now(), text: "hi" }));
      await shown("hi", () => groupOf(first.group)?.entries.some(({ text }) => text === "hi"));
      await ours.sayInGroup(first.group, "to both");
      for (const pal of [stays, leaves]) {
        await shown("it came", () =>
          pal.groupMessages.some(({ message }) => openGroupMessage(first, message)?.text === "to both"),
        );
      }
      await ours.removeMember(first.group, leaves.person.id);
      const second = (await chat.take("group")).card as GroupCard;
      expect(second.group).to.equal(first.group);
      expect(second.version).to.be.greaterThan(first.version);
      expect(second.key).not.to.equal(first.key);
      expect(second.members.map(({ id }) => id)).to.have.members([ownId(), stays.person.id]);
      // The protocol does not say how they learn of it: ours tells them with a card of the greater version.
      const told = (await leavesChat.take("group")).card as GroupCard;
      expect(told.key).not.to.equal(second.key);
      expect(told.members.map(({ id }) => id)).not.to.include(leaves.person.id);
      const later = topicOf(Buffer.from(second.key, "base64"));
      for (const pal of [stays, leaves]) pal.page.subscribe(later);
      await shown("the new topic", () => stays.page.subscribers(later).length > 0);
      await leaves.page.saySomething(
        topic,
        sealGroupMessage(first, leaves.person, { seq: Date.now(), text: "still here" }),
      );
      await leaves.page.saySomething(
        later,
        sealGroupMessage(second, leaves.person, { seq: Date.now(), text: "with a stolen key" }),
      );
      await stays.page.saySomething(
        later,
        sealGroupMessage(second, stays.person, { seq: Date.now(), text: "alone now" }),
      );
      await shown("alone now", () => groupOf(first.group)?.entries.some(({ text }) => text === "alone now"));
      const texts = groupOf(first.group)?.entries.map(({ text }) => text);
      expect(texts).to.deep.equal(["hi", "to both", "alone now"]);
    });
  });
});
