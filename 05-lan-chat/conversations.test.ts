import { expect } from "chai";
import fc from "fast-check";
import { LanMesh, type LanPeer } from "../tests/support/peers-in-memory.ts";

/** The texts of the messages that are shown from somebody, repeats left out. */
function heard(peer: LanPeer, from: string): string[] {
  const texts = peer.shown
    .filter((line) => line.startsWith(`${from}> `))
    .map((line) => line.slice(from.length + 2));
  return [...new Set(texts)];
}

/** The texts that stand in the history as said by another one. */
function kept(peer: LanPeer, from: LanPeer): string[] {
  return peer.history
    .lines(from.identity.fingerprint, 1000)
    .filter(({ isOwn }) => !isOwn)
    .map(({ text }) => text);
}

describe("05 conversations (P9.7 to P9.10)", () => {
  let mesh: LanMesh;
  let alice: LanPeer;
  let bob: LanPeer;
  let carol: LanPeer;

  beforeEach(() => {
    mesh = new LanMesh("alice", "bob", "carol");
    [alice, bob, carol] = [mesh.get("alice"), mesh.get("bob"), mesh.get("carol")];
  });

  afterEach(async () => await mesh.close());

  describe("messages (P9.7)", () => {
    it("are numbered, shown, delivered, and kept on both sides", async () => {
      alice.conversations.say(bob.identity.fingerprint, "hi");
      alice.conversations.say(bob.identity.fingerprint, "how are you?");
      await mesh.settle();
      expect(alice.shown).to.deep.equal([
        "1 to bob> hi",
        "2 to bob> how are you?",
        "delivered to bob: 1",
        "delivered to bob: 2",
      ]);
      expect(bob.shown).to.deep.equal(["alice> hi", "alice> how are you?"]);
      expect(alice.conversations.historyOf(bob.identity.fingerprint, 1).join()).to.match(
        /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d > how are you\? \[delivered\]$/,
      );
      expect(bob.conversations.historyOf(alice.identity.fingerprint, 9)).to.have.length(2);
    });

    it("wait for who is away, also over a restart, and come in their order when they are back", async () => {
      mesh.away.add("bob");
      for (const text of ["one", "two", "three"]) alice.conversations.say(bob.identity.fingerprint, text);
      await mesh.settle();
      expect(alice.shown.slice(3)).to.deep.equal([
        "queued for bob: 1",
        "queued for bob: 2",
        "queued for bob: 3",
      ]);
      alice.restart();
      mesh.away.clear();
      alice.conversations.found(bob.identity.fingerprint);
      await mesh.settle();
      expect(bob.shown).to.deep.equal(["alice> one", "alice> two", "alice> three"]);
      expect(alice.shown.slice(6)).to.deep.equal([
        "delivered to bob: 1",
        "delivered to bob: 2",
        "delivered to bob: 3",
      ]);
    });

    it("number on after a restart", async () => {
      alice.conversations.say(bob.identity.fingerprint, "one");
      await mesh.settle();
      alice.restart();
      alice.conversations.say(bob.identity.fingerprint, "two");
      await mesh.settle();
      expect(alice.shown).to.include("2 to bob> two");
    });

    it("are acknowledged after they are kept, shown, and noted as shown", async () => {
      mesh.connect(alice, bob);
      alice.conversations.say(bob.identity.fingerprint, "hi");
      alice.turn();
      mesh.arrive(alice, bob);
      expect(bob.shown).to.deep.equal([]);
      bob.crashAfter = 0; // Kept, and not shown.
      bob.turn();
      await new Promise(setImmediate);
      expect(bob.shown, "shown at the next start").to.deep.equal(["alice> hi"]);
      mesh.connect(alice, bob);
      mesh.arrive(alice, bob);
      bob.crashAfter = 0; // Noted, and not acknowledged.
      bob.turn();
      await mesh.settle();
      mesh.connect(alice, bob);
      await mesh.settle();
      expect(bob.shown).to.deep.equal(["alice> hi"]);
      expect(alice.shown).to.include("delivered to bob: 1");
      expect(kept(bob, alice)).to.deep.equal(["hi"]);
    });

    it("of one id and key are shown once, and acknowledged each time; the same id of another key is another message", () => {
      mesh.connect(alice, bob);
      mesh.connect(carol, bob);
      const id = "0123456789abcdef0123456789abcdef";
      for (const peer of [alice, alice, carol]) {
        const session = peer.sessions.get(bob.identity.fingerprint);
        session?.send({ type: "message", id, to: "you", text: "hi" });
        mesh.arrive(peer, bob);
        bob.turn();
      }
      expect(bob.shown).to.deep.equal(["alice> hi", "carol> hi"]);
      expect(bob.sessions.get(alice.identity.fingerprint)?.underway).to.deep.equal([
        { type: "ack", id },
        { type: "ack", id },
      ]);
    });

    it("are refused if they have not the form, and nothing of them is kept", () => {
      mesh.connect(alice, bob);
      const session = bob.sessions.get(alice.identity.fingerprint);
      const right = { type: "message", id: "0123456789abcdef0123456789abcdef", to: "you", text: "hi" };
      const wrong = [
        { id: right.id.toUpperCase() },
        { id: right.id.slice(1) },
        { id: 1 },
        { to: "bob" },
        { to: undefined },
        { text: "" },
        { text: 1 },
        { text: "x".repeat(8193) },
        { text: "\ud800" },
        { type: "massage" },
      ];
      if (session === undefined) throw new Error("no session");
      for (const change of wrong) {
        const isRight = bob.conversations.received(session, { ...right, ...change });
        expect(isRight, JSON.stringify(change)).to.equal(false);
      }
      expect(bob.conversations.received(session, { type: "ack", id: "x" })).to.equal(false);
      expect(bob.conversations.received(session, { type: "ack", id: right.id }), "an unknown ack").to.equal(
        true,
      );
      bob.turn();
      expect(bob.shown).to.deep.equal([]);
    });

    it("are not shown after a goodbye of ours, and not acknowledged", async () => {
      mesh.connect(alice, bob);
      bob.sessions.get(alice.identity.fingerprint)?.end();
      alice.conversations.say(bob.identity.fingerprint, "hi");
      alice.turn();
      mesh.arrive(alice, bob);
      bob.turn();
      expect(bob.shown).to.deep.equal([]);
      expect(bob.history.lines(alice.identity.fingerprint, 9)).to.deep.equal([]);
    });

    it("never reach the terminal with what it would obey", async () => {
      alice.conversations.say(bob.identity.fingerprint, "a\u001b[2Jb\u202e\n<end>");
      await mesh.settle();
      expect(bob.shown).to.deep.equal(["alice> a\uFFFD[2Jb\uFFFD\uFFFD<end>"]);
    });

    it("are queued when a session ends before their acknowledgement; one that another replaces says nothing", () => {
      mesh.connect(alice, bob);
      alice.conversations.say(bob.identity.fingerprint, "hi");
      alice.turn();
      const session = alice.sessions.get(bob.identity.fingerprint);
      if (session === undefined) throw new Error("no session");
      alice.conversations.closed(session, session);
      alice.turn();
      expect(alice.shown).to.deep.equal(["1 to bob> hi"]);
      mesh.cut(alice, bob);
      mesh.connect(alice, bob);
      mesh.cut(alice, bob);
      alice.turn();
      expect(alice.shown).to.deep.equal(["1 to bob> hi", "queued for bob: 1"]);
    });

    it("stand still at 64 that are not acknowledged, and go on with each acknowledgement", async () => {
      mesh.connect(alice, bob);
      for (let number = 1; number <= 200; number++)
        alice.conversations.say(bob.identity.fingerprint, `${number}`);
      alice.turn();
      expect(alice.sessions.get(bob.identity.fingerprint)?.underway).to.have.length(64);
      await mesh.settle();
      expect(heard(bob, "alice")).to.deep.equal(Array.from({ length: 200 }, (_, place) => `${place + 1}`));
    });
  });

  describe("messages to all (P9.7)", () => {
    it("go to each active peer, with an acknowledgement each", async () => {
      alice.conversations.sayToAll("hello");
      await mesh.settle();
      expect(alice.shown[0]).to.equal("1 to all> hello");
      expect(alice.shown.slice(1).sort()).to.deep.equal(["delivered to bob: 1", "delivered to carol: 1"]);
      expect(bob.shown).to.deep.equal(["alice to all> hello"]);
    });

    it("wait 30 s by a clock that nobody can set", async () => {
      mesh.away.clear();
      mesh.connect(alice, bob);
      alice.conversations.sayToAll("hi");
      alice.turn();
      for (const hours of [-1000, 1000, 0]) {
        mesh.clockIsAhead = hours * 3_600_000;
        alice.conversations.tick();
        alice.turn();
        expect(alice.shown).to.not.include("not delivered to bob: 1");
      }
      mesh.clockIsAhead = -3_600_000_000;
      mesh.now += 30_000;
      alice.conversations.tick();
      alice.turn();
      expect(alice.shown).to.include("not delivered to bob: 1");
    });

    it("are not delivered to who has not acknowledged within 30 s, and delay nobody", async () => {
      mesh.connect(alice, bob);
      alice.conversations.sayToAll("hello");
      alice.turn();
      await mesh.settle();
      bob.sessions.get(alice.identity.fingerprint)?.underway.splice(0); // Delivered; now another one, that bob never answers.
      alice.conversations.sayToAll("again");
      alice.turn();
      alice.sessions.get(bob.identity.fingerprint)?.underway.splice(0);
      await mesh.settle();
      expect(alice.shown).to.include("delivered to carol: 2");
      mesh.now += 29_999;
      alice.conversations.tick();
      alice.turn();
      expect(alice.shown).to.not.include("not delivered to bob: 2");
      mesh.now += 1;
      alice.conversations.tick();
      alice.turn();
      expect(alice.shown).to.include("not delivered to bob: 2");
      mesh.cut(alice, bob);
      mesh.connect(alice, bob);
      await mesh.settle();
      expect(heard(bob, "alice to all")).to.deep.equal(["hello"]);
    });

    it("are never queued over a restart", async () => {
      alice.conversations.sayToAll("hello");
      alice.turn();
      alice.restart();
      await mesh.settle();
      expect(alice.shown.slice(1).sort()).to.deep.equal([
        "not delivered to bob: 1",
        "not delivered to carol: 1",
      ]);
    });

    it("need somebody to hear them", () => {
      mesh.away.add("alice");
      expect(() => alice.conversations.sayToAll("hello")).to.throw("nobody");
    });
  });

  it("loses nothing, repeats nothing in the history and keeps the order, whatever is cut and restarted", async function () {
    this.timeout(120_000);
    const names = fc.constantFrom("alice", "bob");
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ do: fc.constant("say" as const), who: names }) },
      { weight: 6, arbitrary: fc.record({ do: fc.constant("turn" as const), who: names }) },
      {
        weight: 6,
        arbitrary: fc.record({ do: fc.constant("arrive" as const), who: names, count: fc.nat(4) }),
      },
      { weight: 3, arbitrary: fc.record({ do: fc.constant("connect" as const), who: names }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant("cut" as const), who: names }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant("restart" as const), who: names }) },
      {
        weight: 2,
        arbitrary: fc.record({ do: fc.constant("crash" as const), who: names, after: fc.nat(5) }),
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
        const pair = new LanMesh("alice", "bob");
        try {
          const said = { alice: [] as string[], bob: [] as string[] };
          // Only what connect does opens sessions, so that much happens without one.
          pair.apart.add("alice bob");
          for (const next of steps) await take(pair, next, said);
          for (const peer of pair.peers) peer.crashAfter = undefined;
          pair.connect(pair.get("alice"), pair.get("bob"));
          await pair.settle();
          check(pair, said);
        } finally {
          await pair.close();
        }
      }),
      { numRuns: 150 },
    );
  });
});

interface Step {
  do: "say" | "turn" | "arrive" | "connect" | "cut" | "restart" | "crash";
  who: string;
  count?: number;
  after?: number;
}

/** One step of the property above. */
async function take(pair: LanMesh, step: Step, said: Record<string, string[]>): Promise<void> {
  const one = pair.get(step.who);
  const other = pair.get(step.who === "alice" ? "bob" : "alice");
  switch (step.do) {
    case "say": {
      const text = `${one.name} ${said[one.name]?.length}`;
      said[one.name]?.push(text);
      one.conversations.say(other.identity.fingerprint, text);
      // A message that was never kept was never shown either: only what the user has seen must arrive.
      one.turn();
      break;
    }
    case "turn":
      one.turn();
      break;
    case "arrive":
      pair.arrive(one, other, step.count);
      break;
    case "connect":
      pair.connect(one, other);
      break;
    case "cut":
      pair.cut(one, other);
      break;
    case "restart":
      one.restart();
      break;
    case "crash":
      one.crashAfter = step.after;
      break;
  }
  await new Promise((resolve) => setImmediate(resolve));
}

/** Everything that was kept has arrived: in order, shown, and once in the history. */
function check(pair: LanMesh, said: Record<string, string[]>): void {
  for (const [from, to] of [
    ["alice", "bob"],
    ["bob", "alice"],
  ] as const) {
    const sender = pair.get(from);
    const receiver = pair.get(to);
    const own = sender.history.lines(receiver.identity.fingerprint, 1000).filter(({ isOwn }) => isOwn);
    const texts = own.map(({ text }) => text);
    expect(texts, `kept by ${from}`).to.deep.equal(said[from]);
    expect(
      own.map(({ state }) => state),
      "states",
    ).to.deep.equal(texts.map(() => "delivered"));
    expect(kept(receiver, sender), `kept by ${to}`).to.deep.equal(texts);
    expect(heard(receiver, from), `shown by ${to}`).to.deep.equal(texts);
  }
}
