import { expect } from "chai";
import fc from "fast-check";
import { bytesOf, knownDht, knownId } from "../tests/support/known-dht.ts";
import { type Bytes, concat, fromUtf8, toBase64, toHex, toUtf8 } from "./bytes.ts";
import { aesGcmKey, aesGcmOpen, aesGcmSeal, randomBytes } from "./cryptography.ts";
import {
  type GroupCard,
  type GroupMember,
  groupCardObject,
  makeGroupCard,
  openGroupMessage,
  parseGroupCard,
  removeMember,
  sealGroupMessage,
  topicOf,
} from "./group.ts";
import { type Identity, identityFromSeed, idOf, makeIdentity, sign } from "./identity.ts";
import { SeenSequences } from "./seen-sequences.ts";

const known = knownDht.groups;

function memberOf(name: string): GroupMember {
  const { id, publicKey } = knownId(name);
  return { id, key: bytesOf(publicKey) };
}

const card: GroupCard = {
  group: "0123456789abcdef0123456789abcdef",
  version: 3,
  name: "hikers",
  key: bytesOf(known.key),
  members: known.members.map(memberOf),
};

function identityOf(name: string): Promise<Identity> {
  return identityFromSeed(bytesOf(knownId(name).seed));
}

async function open(message: Bytes, seen = new SeenSequences(), changed: Partial<GroupCard> = {}) {
  return openGroupMessage({ card: { ...card, ...changed }, topic: known.topic, message, seen });
}

/** A message over whatever body, signed and sealed rightly. */
async function sealedBody(
  identity: Identity,
  body: string,
  more: Record<string, unknown> = {},
): Promise<Bytes> {
  const signature = toBase64(await sign(identity, toUtf8(`p2p-chat 06 group\0${known.topic}\0${body}`)));
  const plaintext = toUtf8(JSON.stringify({ body, signature, ...more }));
  const nonce = randomBytes(12);
  return concat(nonce, await aesGcmSeal(await aesGcmKey(card.key), nonce, plaintext, toUtf8(known.topic)));
}

async function bodyOf(identity: Identity, changed: Record<string, unknown> = {}): Promise<string> {
  return JSON.stringify({
    from: identity.id,
    key: toBase64(identity.publicKey),
    seq: 5,
    text: "hello",
    ...changed,
  });
}

describe("messages of a group", () => {
  it("P10.11 the topic tells nothing of the key", async () => {
    expect(await topicOf(bytesOf(known.key))).to.equal(known.topic);
    expect(await topicOf(bytesOf(known.otherKey))).to.equal(known.otherTopic);
  });

  for (const { name, message, seen, expect: expected, text, seq, sender } of known.cases) {
    it(`P10.11 ${name}: ${expected}`, async () => {
      const before = new SeenSequences(
        seen.map(([from, greatest]) => ({ topic: known.topic, from, seqs: [greatest] })),
      );
      const opened = await open(bytesOf(message), before);
      if (expected === "drop") {
        expect(opened).to.equal(undefined);
        return;
      }
      expect([opened?.from, opened?.text, opened?.seq]).to.deep.equal([sender, text, seq]);
      expect(toHex(opened?.key ?? new Uint8Array())).to.equal(knownId(sender ?? "").publicKey);
      // The same once more is a repetition.
      expect(await open(bytesOf(message), before)).to.equal(undefined);
    });
  }

  it("P10.11 the same bytes as an independent implementation", async () => {
    const [first] = known.cases;
    const message = bytesOf(first?.message ?? "");
    const made = await sealGroupMessage({
      card,
      identity: await identityOf("ann"),
      seq: first?.seq ?? 0,
      text: first?.text ?? "",
      nonce: message.slice(0, 12),
    });
    expect(toHex(made)).to.equal(first?.message);
    const opened = await aesGcmOpen(
      await aesGcmKey(card.key),
      made.slice(0, 12),
      made.slice(12),
      toUtf8(known.topic),
    );
    expect(fromUtf8(opened ?? new Uint8Array())).to.equal(first?.plaintext);
  });

  it("P10.11 no two messages have the same nonce", async () => {
    const parts = { card, identity: await identityOf("ann"), seq: 1, text: "hello" };
    const nonces = new Set<string>();
    for (let turn = 0; turn < 20; turn += 1) nonces.add(toHex((await sealGroupMessage(parts)).slice(0, 12)));
    expect(nonces.size).to.equal(20);
  });

  it("P10.11 what members say is read by members", async () => {
    for (const name of ["ann", "ben", "cyd"]) {
      const message = await sealGroupMessage({ card, identity: await identityOf(name), seq: 7, text: "☕" });
      expect((await open(message))?.from).to.equal(knownId(name).id);
    }
  });

  it("P10.11 a member cannot speak for another, nor anybody who has the key but is no member", async () => {
    const [ann, ben, mal] = await Promise.all([identityOf("ann"), identityOf("ben"), identityOf("mal")]);
    const wrong = [
      await sealedBody(mal, await bodyOf(mal)),
      await sealedBody(mal, await bodyOf(ann)),
      await sealedBody(ben, await bodyOf(ann)),
      await sealedBody(ben, await bodyOf(ben, { from: ann.id })),
      await sealedBody(ben, await bodyOf(ann, { key: toBase64(ben.publicKey) })),
      await sealedBody(ann, await bodyOf(ann, { key: toBase64(ben.publicKey) })),
    ];
    const seen = new SeenSequences();
    for (const message of wrong) expect(await open(message, seen)).to.equal(undefined);
    // A forged message does not make the right one a repetition.
    expect((await open(await sealedBody(ann, await bodyOf(ann)), seen))?.text).to.equal("hello");
  });

  it("P10.11 every form that is not P10.11's is dropped", async () => {
    const ann = await identityOf("ann");
    const bodies = [
      ...[0, -1, 1.5, "5", 2 ** 53, null].map((seq) => bodyOf(ann, { seq })),
      ...["", 5, null, "x".repeat(8193), "\ud800", "é".repeat(4097)].map((text) => bodyOf(ann, { text })),
      ...[5, null, `${ann.id} `].map((from) => bodyOf(ann, { from })),
      ...[5, null, toHex(ann.publicKey), toBase64(ann.publicKey).slice(0, -1)].map((key) =>
        bodyOf(ann, { key }),
      ),
      "[]",
      "hello",
      "",
    ];
    for (const body of bodies)
      expect(await open(await sealedBody(ann, await body)), (await body).slice(0, 99)).to.equal(undefined);
    expect((await open(await sealedBody(ann, await bodyOf(ann))))?.text).to.equal("hello");
    expect((await open(await sealedBody(ann, await bodyOf(ann), { mood: "fine" })))?.text).to.equal("hello");
    expect(
      (await open(await sealedBody(ann, await bodyOf(ann, { text: "é".repeat(4096) }))))?.text.length,
    ).to.equal(4096);
    for (const signature of [5, null, "", toBase64(new Uint8Array(63)), toBase64(new Uint8Array(64))])
      expect(await open(await sealedBody(ann, await bodyOf(ann), { signature }))).to.equal(undefined);
  });

  it("P10.11 a message has at most 16,384 bytes", async () => {
    const ann = await identityOf("ann");
    const padded = (length: number) => async () => {
      const plain = await sealedBody(ann, await bodyOf(ann), { mood: "" });
      return sealedBody(ann, await bodyOf(ann), { mood: "x".repeat(length - plain.length) });
    };
    const [largest, tooLarge] = [await padded(16_384)(), await padded(16_385)()];
    expect([largest.length, tooLarge.length]).to.deep.equal([16_384, 16_385]);
    expect((await open(largest))?.text).to.equal("hello");
    expect(await open(tooLarge)).to.equal(undefined);
    const parts = { card, identity: ann, seq: 1 };
    // Each quote becomes four characters: JSON within JSON.
    const thrown = await sealGroupMessage({ ...parts, text: '"'.repeat(8192) }).catch(
      (error: unknown) => error,
    );
    expect(thrown).to.be.instanceOf(RangeError);
    expect((await sealGroupMessage({ ...parts, text: "x".repeat(8192) })).length).to.be.below(16_384);
  });

  it("P10.11 only what is a text is said, with a seq from 1", async () => {
    const parts = { card, identity: await identityOf("ann"), seq: 1, text: "hello" };
    for (const changed of [
      { text: "" },
      { text: "x".repeat(8193) },
      { text: "\ud800" },
      { seq: 0 },
      { seq: 1.5 },
    ]) {
      const thrown = await sealGroupMessage({ ...parts, ...changed }).catch((error: unknown) => error);
      expect(thrown).to.be.instanceOf(RangeError);
    }
  });

  it("P10.11 of two copies that come at the same time, one is shown", async () => {
    const seen = new SeenSequences();
    const message = await sealGroupMessage({
      card,
      identity: await identityOf("ann"),
      seq: 7,
      text: "hello",
    });
    const opened = await Promise.all([open(message, seen), open(message, seen), open(message, seen)]);
    expect(opened.filter((one) => one !== undefined).length).to.equal(1);
  });

  it("P10.11 what is dropped is not noted as seen", async () => {
    const seen = new SeenSequences();
    // Repetitions are dropped only for what was seen before, and here nothing was.
    for (const { name, message, expect: expected } of known.cases)
      if (expected === "drop" && !name.startsWith("repeated")) await open(bytesOf(message), seen);
    for (const from of known.members) expect(seen.of(known.topic, from), from).to.deep.equal([]);
  });

  it("P10.11 a message does not pass from one topic to another, nor back", async () => {
    const other = { ...card, key: bytesOf(known.otherKey) };
    const message = await sealGroupMessage({
      card: other,
      identity: await identityOf("ann"),
      seq: 7,
      text: "hello",
    });
    expect(await open(message)).to.equal(undefined);
    const seen = new SeenSequences();
    const opened = await openGroupMessage({ card: other, topic: known.otherTopic, message, seen });
    expect(opened?.text).to.equal("hello");
    expect(await openGroupMessage({ card: other, topic: known.topic, message, seen })).to.equal(undefined);
  });
});

describe("cards of a group", () => {
  it("P10.11 a card is read back as it was written", async () => {
    const object = JSON.parse(JSON.stringify(groupCardObject(card)));
    expect(Object.keys(object)).to.deep.equal(["group", "version", "name", "key", "members"]);
    expect(object.members[0]).to.deep.equal({
      id: card.members[0]?.id,
      key: toBase64(card.members[0]?.key ?? new Uint8Array()),
    });
    expect(await parseGroupCard(object)).to.deep.equal(card);
    expect(await parseGroupCard({ ...object, mood: "fine" })).to.deep.equal(card);
  });

  it("P10.11 every other form is refused", async () => {
    const object = groupCardObject(card);
    const [first] = card.members.map(({ id, key }) => ({ id, key: toBase64(key) }));
    const members = await Promise.all(
      Array.from({ length: 17 }, async () => {
        const { id, publicKey } = await makeIdentity();
        return { id, key: toBase64(publicKey) };
      }),
    );
    expect((await parseGroupCard({ ...object, members: members.slice(0, 16) }))?.members.length).to.equal(16);
    const small = bytesOf(`01${"00".repeat(31)}`);
    const wrong: unknown[] = [
      undefined,
      null,
      "card",
      [object],
      ...["", "A".repeat(32), "0".repeat(31), "0".repeat(33), 5].map((group) => ({ ...object, group })),
      ...[0, -1, 1.5, "1", 2 ** 53, null].map((version) => ({ ...object, version })),
      ...["", 5, null, "x".repeat(257), "\ud800"].map((name) => ({ ...object, name })),
      ...[5, "", toHex(card.key), toBase64(new Uint8Array(31)), toBase64(new Uint8Array(33))].map((key) => ({
        ...object,
        key,
      })),
      ...[[], {}, null, members, [first, first], [5], [null], [{}]].map((all) => ({
        ...object,
        members: all,
      })),
      { ...object, members: [{ ...first, id: "123456789012345" }] },
      { ...object, members: [{ ...first, key: members[0]?.key }] },
      { ...object, members: [{ ...first, key: toBase64(new Uint8Array(31)) }] },
      { ...object, members: [{ id: await idOf(small), key: toBase64(small) }] },
    ];
    for (const value of wrong) expect(await parseGroupCard(value), JSON.stringify(value)).to.equal(undefined);
  });

  it("P10.11 whatever is given for a card, reading it does not throw", async () => {
    const object = groupCardObject(card);
    const changed = fc
      .tuple(fc.constantFrom(...Object.keys(object)), fc.anything())
      .map(([member, value]) => ({ ...object, [member]: value }));
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.anything(), changed), async (value) => {
        await parseGroupCard(value);
      }),
    );
  });

  it("P10.11 a new group has a number, a key and version 1 of its own", () => {
    const [one, other] = [makeGroupCard("hikers", card.members), makeGroupCard("hikers", card.members)];
    expect([one.version, one.name, one.members]).to.deep.equal([1, "hikers", card.members]);
    expect(one.group).to.match(/^[0-9a-f]{32}$/);
    expect(one.key.length).to.equal(32);
    expect([toHex(one.key), one.group]).not.to.deep.equal([toHex(other.key), other.group]);
    expect(one.group).not.to.equal(other.group);
  });

  it("P10.11 a group has a name, and 1 to 16 members, each once", () => {
    const [first] = card.members;
    if (first === undefined) throw new Error("no member");
    const many = Array.from({ length: 17 }, (_, index) => ({ ...first, id: `${index}`.padStart(15, "0") }));
    expect(makeGroupCard("hikers", many.slice(0, 16)).members.length).to.equal(16);
    expect(() => makeGroupCard("hikers", many)).to.throw(RangeError);
    expect(() => makeGroupCard("hikers", [])).to.throw(RangeError);
    expect(() => makeGroupCard("hikers", [first, first])).to.throw(RangeError);
    expect(() => makeGroupCard("", [first])).to.throw(RangeError);
    expect(() => makeGroupCard("é".repeat(129), [first])).to.throw(RangeError);
  });

  it("P10.11 without a member there is a new key, topic and version; who has left reads no more", async () => {
    const ben = knownId("ben").id;
    const later = removeMember(card, ben);
    expect([later.group, later.name, later.version]).to.deep.equal([card.group, card.name, 4]);
    expect(later.members.map(({ id }) => id)).to.deep.equal(
      card.members.map(({ id }) => id).filter((id) => id !== ben),
    );
    expect(toHex(later.key)).not.to.equal(toHex(card.key));
    const topic = await topicOf(later.key);
    expect(topic).not.to.equal(known.topic);
    const message = await sealGroupMessage({
      card: later,
      identity: await identityOf("ann"),
      seq: 7,
      text: "secret",
    });
    for (const where of [topic, known.topic])
      expect(await openGroupMessage({ card, topic: where, message, seen: new SeenSequences() })).to.equal(
        undefined,
      );
    const opened = await openGroupMessage({ card: later, topic, message, seen: new SeenSequences() });
    expect(opened?.text).to.equal("secret");
    // And whatever who has left says, even with the new key, is dropped.
    const said = await sealGroupMessage({
      card: later,
      identity: await identityOf("ben"),
      seq: 7,
      text: "still here",
    });
    expect(await openGroupMessage({ card: later, topic, message: said, seen: new SeenSequences() })).to.equal(
      undefined,
    );
  });

  it("P10.11 who is not in it cannot be removed", () => {
    expect(removeMember(card, knownId("mal").id)).to.equal(card);
  });
});
