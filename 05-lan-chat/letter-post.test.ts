import { expect } from "chai";
import { LanMesh, type LanPeer } from "../tests/support/peers-in-memory.ts";
import type { LetterContent } from "./letters.ts";
import { makeLetter } from "./letters.ts";

const ID = "0123456789abcdef0123456789abcdef";
const DAY = 24 * 3_600_000;

describe("05 letters with their carriers (P9.8)", () => {
  let mesh: LanMesh;
  let alice: LanPeer;
  let bob: LanPeer;
  let carol: LanPeer;

  beforeEach(() => {
    mesh = new LanMesh("alice", "bob", "carol", "mallory");
    [alice, bob, carol] = [mesh.get("alice"), mesh.get("bob"), mesh.get("carol")];
    mesh.away.add("mallory");
  });

  afterEach(async () => await mesh.close());

  /** A letter, as its writer hands it over. */
  function letterOf(
    writer: LanPeer,
    to: LanPeer,
    id = ID,
    sent = mesh.now,
    content: LetterContent = { type: "message", text: "hi" },
  ): {
    type: "letter";
    body: string;
    signature: string;
  } {
    const { body, signature } = makeLetter(writer.identity, to.identity, content, id, sent);
    return { type: "letter", body, signature };
  }

  /** Hands something to a peer in another one's session. @returns what they answer */
  function hand(
    from: LanPeer,
    to: LanPeer,
    ...objects: { type: string; [member: string]: unknown }[]
  ): unknown[] {
    mesh.connect(from, to);
    const session = from.sessions.get(to.identity.fingerprint);
    for (const object of objects) session?.send(object);
    mesh.arrive(from, to);
    to.turn();
    return to.sessions.get(from.identity.fingerprint)?.underway.splice(0) ?? [];
  }

  function answerTo(writer: LanPeer, id = ID): unknown {
    return { type: "letter-ack", from: writer.identity.fingerprint, id };
  }

  it("reach somebody who was away, while their writer is away, and the acknowledgement comes back", async () => {
    mesh.away.add("bob");
    alice.conversations.writeLetter(bob.identity.fingerprint, "see you");
    await mesh.settle();
    expect(alice.shown).to.deep.equal(["1 to bob> see you", "queued for bob: 1"]);
    expect(alice.notes.join()).to.contain("private key of bob");
    mesh.away.add("alice");
    mesh.cut(alice, carol);
    mesh.away.delete("bob");
    carol.conversations.found(bob.identity.fingerprint);
    await mesh.settle();
    expect(bob.shown).to.deep.equal(["letter from alice> see you"]);
    expect(carol.history.carriedTo(bob.identity.fingerprint), "the carrier forgets it").to.deep.equal([]);
    // Bob's acknowledgement is a letter, too: carol brings it, when bob is gone again.
    mesh.away.add("bob");
    mesh.cut(bob, carol);
    mesh.away.delete("alice");
    carol.conversations.found(alice.identity.fingerprint);
    await mesh.settle();
    expect(alice.shown.slice(2)).to.deep.equal(["delivered to bob: 1"]);
    mesh.away.clear();
    alice.conversations.tick();
    bob.conversations.tick();
    await mesh.settle();
    expect(bob.shown, "it is not shown again").to.have.length(1);
  });

  it("survive a restart of writer, carrier and reader at every step", async () => {
    mesh.away.add("bob");
    alice.conversations.writeLetter(bob.identity.fingerprint, "see you");
    await new Promise(setImmediate);
    alice.turn();
    await mesh.settle();
    alice.restart();
    carol.restart();
    mesh.away.add("alice");
    mesh.away.delete("bob");
    mesh.connect(carol, bob);
    mesh.arrive(carol, bob);
    bob.crashAfter = 1; // Shown and noted, and not answered.
    bob.turn();
    await mesh.settle();
    mesh.connect(carol, bob);
    await mesh.settle();
    expect(bob.shown).to.deep.equal(["letter from alice> see you"]);
    expect(bob.history.lines(alice.identity.fingerprint, 9)).to.have.length(1);
    mesh.away.clear();
    alice.conversations.tick();
    await mesh.settle();
    expect(alice.shown).to.include("delivered to bob: 1");
  });

  it("are not needed where there is a session: the message goes there", async () => {
    mesh.connect(alice, bob);
    alice.conversations.writeLetter(bob.identity.fingerprint, "hi");
    await mesh.settle();
    expect(bob.shown).to.deep.equal(["alice> hi"]);
    expect(alice.history.ownLetters()).to.deep.equal([]);
  });

  it("go to at most three others, and to nobody that is blocked", async () => {
    mesh.away.clear();
    mesh.away.add("bob");
    mesh.standings.set("mallory", { standing: "blocked" });
    alice.conversations.writeLetter(bob.identity.fingerprint, "hi");
    await mesh.settle();
    expect(carol.history.carriedTo(bob.identity.fingerprint)).to.have.length(1);
    expect(mesh.get("mallory").history.carriedTo(bob.identity.fingerprint)).to.deep.equal([]);
  });

  it("are carried only for their writer, rightly signed, and not too old: and the answer is always the same", () => {
    const cases: [string, LanPeer, ReturnType<typeof letterOf>, boolean][] = [
      ["right", alice, letterOf(alice, bob), true],
      ["somebody else's session", mesh.get("mallory"), letterOf(alice, bob), false],
      [
        "signed by another",
        alice,
        { ...letterOf(alice, bob), signature: letterOf(carol, bob).signature },
        false,
      ],
      ["8 days old", alice, letterOf(alice, bob, ID, mesh.now - 8 * DAY), false],
      ["2 hours ahead", alice, letterOf(alice, bob, ID, mesh.now + DAY / 12), false],
      ["to its writer", alice, letterOf(alice, alice), false],
    ];
    for (const [name, from, letter, isCarried] of cases) {
      expect(hand(from, carol, letter), name).to.deep.equal([answerTo(alice)]);
      const carried = [alice, bob].flatMap(({ identity }) => carol.history.carriedTo(identity.fingerprint));
      expect(carried, name).to.have.length(isCarried ? 1 : 0);
      for (const { writer, id } of carried) carol.history.dropCarried(writer, id, bob.identity.fingerprint);
    }
  });

  it("are answered when they are on the disk, and forgotten only when their reader says so", async () => {
    hand(alice, carol, letterOf(alice, bob));
    expect(hand(alice, carol, letterOf(alice, bob)), "known").to.deep.equal([answerTo(alice)]);
    hand(mesh.get("mallory"), carol, { type: "letter-ack", from: alice.identity.fingerprint, id: ID });
    mesh.connect(carol, bob);
    hand(mesh.get("mallory"), carol, { type: "letter-ack", from: alice.identity.fingerprint, id: ID });
    expect(carol.history.carriedTo(bob.identity.fingerprint)).to.have.length(1);
    await mesh.settle();
    expect(carol.history.carriedTo(bob.identity.fingerprint)).to.deep.equal([]);
  });

  it("of one writer are 100 at most, and 64 KiB each", () => {
    for (let number = 0; number < 101; number++) {
      hand(alice, carol, letterOf(alice, bob, number.toString(16).padStart(32, "0")));
    }
    expect(carol.history.carriedTo(bob.identity.fingerprint)).to.have.length(100);
    hand(mesh.get("mallory"), carol, letterOf(mesh.get("mallory"), bob));
    expect(carol.history.carriedTo(bob.identity.fingerprint)).to.have.length(101);
  });

  it("of one writer have 1 MiB at most, those of all 1,000 and 16 MiB", () => {
    const { history } = carol;
    const letter = { body: "x", signature: "x", to: "reader", from: "a", id: "", sent: 0 };
    let number = 0;
    const carry = (from: string, size: number): boolean => {
      number += 1;
      return history.transaction(() => history.carry({ ...letter, from, id: `${number}` }, size));
    };
    for (let count = 0; count < 16; count++) expect(carry("a", 65_536)).to.equal(true);
    expect(carry("a", 1)).to.equal(false);
    for (let writer = 0; writer < 15; writer++) expect(carry(`w${writer}`, 1_048_576)).to.equal(true);
    expect(carry("b", 1)).to.equal(false);
    history.dropLettersBefore(1);
    for (let count = 0; count < 1000; count++) expect(carry(`${count % 50}`, 10)).to.equal(true);
    expect(carry("b", 10)).to.equal(false);
  });

  it("are opened only from keys that are pinned and not blocked, and not too old; the answer is always the same", () => {
    const cases: [string, Parameters<typeof mesh.standings.set>[1], number][] = [
      ["not pinned", { isPinned: false }, mesh.now],
      ["blocked", { standing: "blocked" }, mesh.now],
      ["more than 8 days old", {}, mesh.now - 8 * DAY - 1],
    ];
    for (const [name, standing, sent] of cases) {
      mesh.standings.set("alice", standing);
      expect(hand(carol, bob, letterOf(alice, bob, ID, sent)), name).to.deep.equal([answerTo(alice)]);
      expect(bob.shown, name).to.deep.equal([]);
    }
    mesh.standings.clear();
    expect(hand(carol, bob, letterOf(alice, bob, ID, mesh.now - 8 * DAY))[0]).to.deep.equal(answerTo(alice));
    expect(bob.shown).to.deep.equal(["letter from alice> hi"]);
  });

  it("are not shown if their id has come already, as a letter or as a message, nor the message after the letter", () => {
    hand(alice, bob, { type: "message", id: ID, to: "you", text: "hi" });
    expect(hand(carol, bob, letterOf(alice, bob))).to.deep.equal([answerTo(alice)]);
    const other = ID.replace("0", "9");
    hand(carol, bob, letterOf(alice, bob, other), letterOf(alice, bob, other));
    expect(hand(alice, bob, { type: "message", id: other, to: "you", text: "hi" })).to.deep.include({
      type: "ack",
      id: other,
    });
    expect(bob.shown).to.deep.equal(["alice> hi", "letter from alice> hi"]);
  });

  it("are acknowledged by 100 letters at most that their writer never answers: the disk does not fill with them", () => {
    const count = 102;
    for (let number = 0; number < count; number++)
      hand(alice, bob, letterOf(alice, bob, number.toString(16).padStart(32, "0")));
    expect(bob.shown).to.have.length(count);
    expect(bob.history.ownLetters()).to.have.length(100);
  });

  it("that acknowledge are not acknowledged by letters, and count only from the reader", async () => {
    mesh.away.add("bob");
    alice.conversations.writeLetter(bob.identity.fingerprint, "hi");
    await mesh.settle();
    const [own] = alice.history.openMessages(bob.identity.fingerprint, 0, 1);
    const ack = { type: "ack", of: own?.id ?? "" } as const;
    hand(carol, alice, letterOf(carol, alice, ID, mesh.now, ack));
    expect(alice.shown).to.have.length(2);
    expect(hand(carol, alice, letterOf(bob, alice, ID, mesh.now, ack))).to.deep.equal([answerTo(bob)]);
    expect(alice.shown[2]).to.equal("delivered to bob: 1");
    expect(alice.history.ownLetters()).to.deep.equal([]);
  });

  it("are wrong, and end the session, if they have not the form", () => {
    mesh.connect(alice, bob);
    const session = bob.sessions.get(alice.identity.fingerprint);
    if (session === undefined) throw new Error("no session");
    const { body, signature } = letterOf(alice, bob);
    for (const wrong of [{ body: 1, signature }, { body: "{}", signature }, { body }, { signature }]) {
      expect(bob.conversations.received(session, { type: "letter", ...wrong })).to.equal(false);
    }
    expect(bob.conversations.received(session, { type: "letter-ack", from: "x", id: ID })).to.equal(false);
    expect(
      bob.conversations.received(session, { type: "letter-ack", from: alice.identity.fingerprint }),
    ).to.equal(false);
  });

  it("need a key of the reader that is pinned", () => {
    mesh.standings.set("bob", { isPinned: false });
    expect(() => alice.conversations.writeLetter(bob.identity.fingerprint, "hi")).to.throw("pinned");
  });

  it("are forgotten by all after 8 days", async () => {
    mesh.away.add("bob");
    alice.conversations.writeLetter(bob.identity.fingerprint, "hi");
    await mesh.settle();
    mesh.now += 8 * DAY + 1;
    for (const peer of [alice, carol]) {
      peer.conversations.tick();
      peer.turn();
    }
    expect(carol.history.carriedTo(bob.identity.fingerprint)).to.deep.equal([]);
    expect(alice.history.ownLetters()).to.deep.equal([]);
    expect(alice.history.hasOpenMessages(bob.identity.fingerprint), "the message still waits").to.equal(true);
  });

  it("of ours are handed to one peer 16 at a time", async () => {
    mesh.away.add("alice");
    for (let number = 0; number < 20; number++) {
      hand(carol, bob, letterOf(alice, bob, number.toString(16).padStart(32, "0")));
    }
    // Bob has 20 acknowledgements to give away, and carol answers none of them yet.
    mesh.cut(bob, carol);
    mesh.connect(bob, carol);
    await new Promise(setImmediate);
    const underway = bob.sessions.get(carol.identity.fingerprint)?.underway ?? [];
    expect(underway.filter(({ type }) => type === "letter")).to.have.length(16);
    await mesh.settle();
    bob.conversations.tick();
    await mesh.settle();
    expect(carol.history.carriedTo(alice.identity.fingerprint)).to.have.length(20);
  });
});
