// The second implementation (testing/interop): held against the known answers, and run against our node as a program.

import { createPrivateKey } from "node:crypto";
import { expect } from "chai";
import { ChildProgram } from "../programs/child-program.ts";
import { nodeCommand } from "../programs/node-command.ts";
import { bytesOf, knownDht, knownId } from "../tests/support/known-dht.ts";
import { withStage06 } from "../tests/support/tools.ts";
import { cardText, hintOf, readCard } from "./testing/interop/card.ts";
import { type GroupCard, openGroupMessage, topicOf } from "./testing/interop/group.ts";
import type { Page } from "./testing/interop/page.ts";
import { makePerson } from "./testing/interop/person.ts";
import { bestRecord, makeRecord, readRecord } from "./testing/interop/record.ts";
import { agree, initiate, makeKeys, openFrame, respond, sealFrame } from "./testing/interop/session.ts";
import type { Wire } from "./testing/interop/wire.ts";

const hex = (text: string): Buffer => Buffer.from(bytesOf(text));
const PKCS8_X25519 = "302e020100300506032b656e04220420";

describe("the second implementation of stage 06, by the known answers", () => {
  it("P10.1 has the same ids and peer ids", () => {
    for (const { seed, publicKey, id, peerId } of knownDht.ids) {
      const person = makePerson(hex(seed));
      expect([person.key.toString("hex"), person.id, person.peerId]).to.deep.equal([publicKey, id, peerId]);
    }
  });

  it("P10.2 writes the same cards, and takes and refuses the same texts", () => {
    for (const { id, secret, text, hint } of knownDht.cards) {
      expect([cardText({ id, secret: hex(secret) }), hintOf(hex(secret))]).to.deep.equal([text, hint]);
    }
    for (const { name, text, id, secret } of knownDht.acceptedCards) {
      expect(readCard(text), name).to.deep.equal({ id, secret: hex(secret) });
    }
    for (const { name, text } of knownDht.refusedCards) expect(readCard(text), name).to.equal(undefined);
  });

  it("P10.3, P10.4 takes, refuses and selects the same records", () => {
    const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
    for (const { name, key, value, now, expect: expected } of knownDht.records.cases) {
      expect(readRecord(key, utf8(value), now) !== undefined, name).to.equal(expected === "accept");
    }
    for (const { name, key, values, now, winner } of knownDht.records.selections) {
      expect(bestRecord(key, values.map(utf8), now), name).to.equal(winner ?? -1);
    }
  });

  it("P10.6 agrees on the same keys, and seals and opens the same frames", () => {
    for (const known of knownDht.sessions) {
      const secret = hex(known.cardSecret);
      const hellos: [Buffer, Buffer] = [Buffer.from(known.hellos[0]), Buffer.from(known.hellos[1])];
      const [initiator, responder] = makeKeys(hex(known.x25519), secret, hellos);
      const keys = { initiator, responder };
      expect(initiator.toString("hex")).to.equal(known.keys.initiator);
      expect(responder.toString("hex")).to.equal(known.keys.responder);
      for (const { sender, counter, plaintext, sealed } of [...known.frames, ...known.laterFrames]) {
        expect(sealFrame(keys[sender], counter, hex(plaintext)).toString("hex")).to.equal(sealed);
        expect(openFrame(keys[sender], counter, hex(sealed))?.toString("hex")).to.equal(plaintext);
      }
      for (const { name, sealed } of known.refused) {
        const opened = String(openFrame(initiator, 0, hex(sealed)));
        expect(opened, name).not.to.equal(' {"type":"ready"}');
      }
    }
    const { allZero } = knownDht.x25519;
    const key = Buffer.from(PKCS8_X25519 + allZero.private, "hex");
    const privateKey = createPrivateKey({ key, format: "der", type: "pkcs8" });
    for (const { name, share } of allZero.shares) {
      expect(agree(privateKey, hex(share)), name).to.equal(undefined);
    }
  });

  it("P10.11 opens and drops the same group messages", () => {
    const { key, topic, members, cases } = knownDht.groups;
    const card: GroupCard = {
      group: "0".repeat(32),
      version: 1,
      name: "known",
      key: hex(key).toString("base64"),
      members: members.map((id) => ({ id, key: hex(knownId(id).publicKey).toString("base64") })),
    };
    expect(topicOf(hex(key))).to.equal(topic);
    for (const { name, message, expect: expected, seen, text, seq, sender } of cases) {
      const opened = openGroupMessage(card, hex(message));
      const isRepeated = seen.some(([from, number]) => from === opened?.from && number === opened.seq);
      if (expected === "accept") expect(opened, name).to.deep.equal({ from: sender, seq, text });
      else expect(opened === undefined || isRepeated, name).to.equal(true);
    }
  });
});

withStage06("the second implementation of stage 06, with our node as a program", () => {
  let node: ChildProgram;
  let address: string;
  let PageClass: typeof Page;
  const pages: Page[] = [];

  async function startPage(called?: (wire: Wire) => void): Promise<Page> {
    const page = await PageClass.start(makePerson(), address, called === undefined ? {} : { called });
    pages.push(page);
    return page;
  }

  before(async () => {
    PageClass = (await import("./testing/interop/page.ts")).Page;
    node = new ChildProgram("node", [...nodeCommand("06-dht-chat/node.ts"), "--port", "0"]);
    expect(await node.line(/^listening on /)).to.match(/^listening on http:\/\/127\.0\.0\.1:[0-9]+$/);
    address = await node.line(/\/p2p\//);
    expect(address).to.match(/^\/ip4\/127\.0\.0\.1\/tcp\/[0-9]+\/ws\/p2p\/12D3KooW[1-9A-Za-z]+$/);
  });

  after(async () => {
    await Promise.all(pages.map((page) => page.stop()));
    await node.kill();
  });

  it("P10.3, P10.5 stores a record of ours, and another page finds it; a later one takes its place", async () => {
    const [ann, ben] = [await startPage(), await startPage()];
    expect(await ann.publish()).to.equal(1);
    const first = await ben.find(ann.person.id);
    expect(first?.addresses).to.deep.equal(ann.addresses);
    expect(await ann.publish()).to.equal(1);
    const second = await ben.find(ann.person.id);
    expect(second?.seq).to.be.greaterThan(Number(first?.seq));
    expect(await ben.find(makePerson().id)).to.equal(undefined);
  });

  it("P10.4 refuses a put of a forged record by a reset, and keeps what it had", async () => {
    const [ann, mal] = [await startPage(), await startPage()];
    await ann.publish();
    const [person, addresses] = [ann.person, ann.addresses];
    const key = `/u/${person.id}`;
    const now = Date.now();
    const forged: Record<string, Buffer> = {
      "mal's own record at ann's id": makeRecord(mal.person, mal.addresses),
      "mal's key with ann's id": makeRecord(mal.person, mal.addresses, { id: person.id }),
      "ann's key, signed by mal": makeRecord({ ...person, sign: mal.person.sign }, addresses),
      "an expired one": makeRecord(person, addresses, { expires: now - 1 }),
      "one that expires in more than 24 h": makeRecord(person, addresses, { expires: now + 86_460_000 }),
      "one of tomorrow": makeRecord(person, addresses, { seq: now + 660_000 }),
      "one with mal's address": makeRecord(person, mal.addresses),
      "one without an address": makeRecord(person, []),
      "one with nine addresses": makeRecord(person, Array(9).fill(addresses[0])),
      "one of more than 4,096 bytes": makeRecord(person, addresses, { more: "x".repeat(4096) }),
      "no JSON": Buffer.from("hello"),
      nothing: Buffer.alloc(0),
    };
    for (const [name, value] of Object.entries(forged)) {
      expect(await mal.putUnchecked(key, value), name).to.equal("reset");
    }
    for (const other of ["/u/alice", "/pk/alice", "/u", "alice"]) {
      expect(await mal.putUnchecked(other, makeRecord(person, addresses)), other).to.equal("reset");
    }
    expect((await mal.find(person.id))?.key).to.deep.equal(person.key);
    expect(await mal.putUnchecked(key, makeRecord(person, addresses))).to.equal("stored");
  });

  it("P10.4 keeps the record with the greater seq, whichever comes last", async () => {
    const [ann, mal] = [await startPage(), await startPage()];
    const key = `/u/${ann.person.id}`;
    const seq = Date.now();
    const older = makeRecord(ann.person, ann.addresses, { seq: seq - 1000 });
    await mal.putUnchecked(key, older);
    expect(await mal.putUnchecked(key, makeRecord(ann.person, ann.addresses, { seq }))).to.equal("stored");
    await mal.putUnchecked(key, older);
    expect((await mal.find(ann.person.id))?.seq).to.equal(seq);
  });

  it("P10.5, P10.6 carries a chat of two such pages through its relay", async () => {
    const secret = hex("5a".repeat(32));
    let answer: Promise<string> | undefined;
    const ann = await startPage((wire) => {
      answer = (async () => {
        const session = await respond(wire, ann.person, () => secret);
        session.say({ type: "message", id: "0".repeat(32), text: "from ann" });
        return String(await session.next());
      })();
    });
    const ben = await startPage();
    await ann.publish();
    const session = await initiate(await ben.call(ann.person.id), ben.person, { id: ann.person.id, secret });
    expect(session.peer.key).to.deep.equal(ann.person.key);
    session.say({ type: "message", id: "1".repeat(32), text: "from ben" });
    expect(String(await session.next())).to.contain('"text":"from ann"');
    expect(await answer).to.contain('"text":"from ben"');
  });
});
