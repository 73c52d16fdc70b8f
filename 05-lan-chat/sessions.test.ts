import { expect } from "chai";
import {
  type Peer,
  type PeerOptions,
  Puppet,
  Switchboard,
  startPeer,
  Wire,
} from "../tests/support/lan-peers.ts";
import { knownIdentity, TEAM, TEAM_KEY } from "../tests/support/lan-sessions.ts";
import { until } from "../tests/support/until.ts";
import { encryptToken } from "./fernet.ts";
import { encodeFrame } from "./frames.ts";
import { CallError } from "./sessions.ts";

// As 32 bytes, alice's fingerprint is smaller than bob's, and bob's is the largest of all.
const ALICE = knownIdentity("alice").fingerprint;
const BOB = knownIdentity("bob").fingerprint;

/** What this test has started. */
let started: { close(): unknown }[] = [];

async function peer(name: string, options: PeerOptions = {}): Promise<Peer> {
  const one = await startPeer(name, options);
  started.push(one);
  return one;
}

async function switchboard(): Promise<Switchboard> {
  const board = await Switchboard.open();
  started.push(board);
  return board;
}

async function stranger(address: string): Promise<Wire> {
  const wire = await Wire.to(address);
  started.push({ close: () => wire.destroy() });
  return wire;
}

async function puppet(name: string, address: string, called = ""): Promise<Puppet> {
  const one = await Puppet.calls(name, address, called);
  started.push({ close: () => one.destroy() });
  return one;
}

async function failureOf(call: Promise<unknown>): Promise<CallError> {
  const outcome = await call.then(
    () => "a session",
    (error: unknown) => error,
  );
  if (outcome instanceof CallError) return outcome;
  throw new Error(`no CallError: ${outcome}`);
}

/** Says something in each direction, and waits for it. */
async function talk(one: Peer, other: Peer, text = "hi"): Promise<void> {
  one.sessions.get(other.fingerprint)?.send({ type: "message", text });
  other.sessions.get(one.fingerprint)?.send({ type: "message", text });
  await until(() => one.log.includes(`${other.name}> ${text}`), `${one.name} hears ${text}`);
  await until(() => other.log.includes(`${one.name}> ${text}`), `${other.name} hears ${text}`);
}

describe("sessions", () => {
  afterEach(async () => {
    await Promise.all(started.map((one) => one.close()));
    started = [];
  });

  describe("calls", () => {
    it("P9.2 P9.4 open a session on both sides, by key or by address alone, and carry what is said in order", async () => {
      for (const called of [BOB, undefined]) {
        const [alice, bob] = [await peer("alice"), await peer("bob")];
        const session = await alice.sessions.call(bob.address, called);
        expect(session).to.include({
          fingerprint: BOB,
          name: "bob",
          address: bob.address,
          isOpen: true,
          role: "initiator",
        });
        for (let i = 0; i < 100; i += 1)
          expect(session.send({ type: "message", text: `${i}` })).to.equal(true);
        await until(() => bob.received.length === 100, "a hundred messages");
        expect(bob.received.map(({ text }) => text)).to.deep.equal(
          Array.from({ length: 100 }, (_, i) => `${i}`),
        );
        await talk(alice, bob);
        expect(alice.log[0]).to.equal("opened bob");
        expect(bob.sessions.get(ALICE)).to.include({
          name: "alice",
          address: alice.address,
          role: "responder",
        });
      }
    });

    it("P9.6 give the session that there is, and do not call twice", async () => {
      const [alice, bob] = [await peer("alice"), await peer("bob")];
      const calls = [1, 2, 3].map(() => alice.sessions.call([bob.address], BOB));
      const [one, two, three] = await Promise.all(calls);
      expect(two).to.equal(one);
      expect(three).to.equal(one);
      expect(await alice.sessions.call([], BOB)).to.equal(one);
      expect(await alice.sessions.call(bob.address)).to.equal(one);
      expect(await bob.sessions.call(alice.address, ALICE)).to.equal(bob.sessions.get(ALICE));
      expect(alice.log).to.deep.equal(["opened bob"]);
      expect(bob.log).to.deep.equal(["opened alice"]);
    });

    it("P8.9 try several addresses in their order, also if another key answers at one", async () => {
      const [alice, bob, carol] = [await peer("alice"), await peer("bob"), await peer("carol")];
      const nobody = await switchboard();
      nobody.close();
      const session = await alice.sessions.call([nobody.address, carol.address, bob.address], BOB);
      expect(session.address).to.equal(bob.address);
      expect(alice.sessions.mayCallByItself(BOB)).to.equal(true);
      expect(carol.log).to.deep.equal([]);
    });

    it("P9.12 fail with one line that says why", async () => {
      const alice = await peer("alice");
      const nobody = await switchboard();
      nobody.close();
      expect(await failureOf(alice.sessions.call(nobody.address))).to.include({
        kind: "unreachable",
        message: `${nobody.address}: nobody listens there`,
      });
      expect((await failureOf(alice.sessions.call([], BOB))).message).to.equal("no address is known");
      expect((await failureOf(alice.sessions.call("10.0.0.1"))).kind).to.equal("unreachable");
      expect((await failureOf(alice.sessions.call(alice.address))).kind).to.equal("self");
      expect((await failureOf(alice.sessions.call(alice.address, ALICE))).kind).to.equal("self");
      const others = await peer("bob", { teamKey: Buffer.alloc(32) });
      expect((await failureOf(alice.sessions.call(others.address))).kind).to.equal("silent");
      const comets = await peer("bob", { team: "comet" });
      expect((await failureOf(alice.sessions.call(comets.address))).kind).to.equal("silent");
      for (const one of [alice, others, comets]) expect(one.log).to.deep.equal([]);
    });

    it("P9.2 are made again where too many have called at once", async () => {
      const [alice, board] = [await peer("alice"), await switchboard()];
      const call = alice.sessions.call(board.address, BOB);
      for (let i = 0; i < 2; i += 1) (await board.next()).destroy();
      const bob = await new Puppet("bob", "responder", await board.next()).complete();
      started.push({ close: () => bob.destroy() });
      expect((await call).fingerprint).to.equal(BOB);
      expect(alice.log).to.deep.equal(["opened bob"]);
      // Not for ever.
      const silent = await switchboard();
      const failure = failureOf(alice.sessions.call(silent.address, knownIdentity("carol").fingerprint));
      for (let i = 0; i < 4; i += 1) (await silent.next()).destroy();
      expect((await failure).kind).to.equal("silent");
    });

    it("P9.2 are given up after 10 s without an answer", async () => {
      const [alice, board] = [await peer("alice"), await switchboard()];
      const call = failureOf(alice.sessions.call(board.address));
      const wire = await board.next();
      await wire.next("a hello");
      alice.clock.now = 9999;
      alice.sessions.tick();
      expect(wire.isEnded).to.equal(false);
      alice.clock.now = 10_000;
      alice.sessions.tick();
      expect((await call).message).to.equal(`${board.address}: no answer in time`);
      await wire.endsWithoutAWord();
    });

    it("P9.4 are refused by a key that was not called, with one error, and the key that was called waits", async () => {
      const [alice, carol] = [await peer("alice"), await peer("carol")];
      const failure = await failureOf(alice.sessions.call(carol.address, BOB));
      expect(failure.kind).to.equal("refused");
      expect(failure.message).to.match(/bad-record/);
      expect(alice.sessions.mayCallByItself(BOB)).to.equal(false);
      alice.clock.now = 60_000;
      expect(alice.sessions.mayCallByItself(BOB)).to.equal(true);
      await failureOf(alice.sessions.call(carol.address, BOB));
      alice.clock.now = 179_999;
      expect(alice.sessions.mayCallByItself(BOB)).to.equal(false);
      alice.sessions.forgive(BOB);
      expect(alice.sessions.mayCallByItself(BOB)).to.equal(true);
      for (const one of [alice, carol])
        expect(one.log, "nothing is shown of somebody without a proof").to.deep.equal([]);
    });

    it("P9.4 show nothing of whoever answers with a wrong proof", async () => {
      const [alice, board] = [await peer("alice"), await switchboard()];
      const call = failureOf(alice.sessions.call(board.address, BOB));
      const mallory = new Puppet("mallory", "responder", await board.next());
      await mallory.goOn();
      expect((await mallory.step()).kind, "bob was called, not mallory").to.equal("failed");
      mallory.wire.send("gAAA");
      expect(await call).to.include({ kind: "refused" });
      expect((await mallory.wire.next("the error")).length).to.be.greaterThan(100);
      expect(alice.log).to.deep.equal([]);
    });
  });

  describe("whoever is called", () => {
    it("P9.2 closes without a word what is no frame, of another team, no token, no hello", async () => {
      const bob = await peer("bob");
      const hello = '{"type":"hello","stage":"05"}';
      for (const text of [
        "GET / HTTP/1.1\r\n\r\n",
        encodeFrame("127.0.0.1:9", "comet", "gAAA"),
        encodeFrame("127.0.0.1:9", TEAM, "gAAA"),
        encodeFrame("127.0.0.1:9", TEAM, encryptToken(TEAM_KEY, Buffer.from(hello), 0)),
        "A".repeat(262_145),
      ]) {
        const wire = await stranger(bob.address);
        wire.socket.write(text);
        await wire.endsWithoutAWord();
      }
      const wire = await stranger(bob.address);
      wire.socket.end();
      await wire.endsWithoutAWord();
      expect(bob.log).to.deep.equal([]);
    });

    it("P9.2 answers a nonce once, and its own hellos never", async () => {
      const [bob, board] = [await peer("bob"), await switchboard()];
      const first = await puppet("alice", bob.address);
      const again = await stranger(bob.address);
      const recorded = new Puppet("carol", "initiator", again);
      const token = recorded.handshake.start();
      again.send(token);
      await again.next("the answer");
      const replayed = await stranger(bob.address);
      replayed.send(token);
      await replayed.endsWithoutAWord();
      await first.complete();

      const call = failureOf(bob.sessions.call(board.address));
      const own = await (await board.next()).next("bob's hello");
      const reflected = await stranger(bob.address);
      reflected.send(own);
      await reflected.endsWithoutAWord();
      expect((await call).kind).to.equal("self");
    });

    it("P9.2 answers 8 hellos a second from one address", async () => {
      const bob = await peer("bob");
      const callers: Puppet[] = [];
      for (let i = 0; i < 8; i += 1) {
        const caller = await puppet("alice", bob.address);
        expect((await caller.step()).kind).to.equal("going-on");
        callers.push(caller);
      }
      const ninth = await puppet("carol", bob.address);
      await ninth.wire.endsWithoutAWord();
      bob.clock.now = 1000;
      await (await puppet("carol", bob.address)).complete();
      expect(bob.log).to.deep.equal(["opened carol"]);
    });

    it("P9.2 closes what is not complete after 10 s, with or without a hello", async () => {
      const bob = await peer("bob");
      const [silent, half] = [await stranger(bob.address), await puppet("alice", bob.address)];
      await half.step();
      bob.clock.now = 9999;
      bob.sessions.tick();
      const whole = await (await puppet("carol", bob.address)).complete();
      expect(silent.isEnded || half.wire.isEnded).to.equal(false);
      bob.clock.now = 10_000;
      bob.sessions.tick();
      await silent.endsWithoutAWord();
      await half.wire.endsWithoutAWord();
      whole.say({ type: "ping" });
      expect((await whole.hears()).type).to.equal("pong");
    });

    it("P9.2 P9.13 keeps 64 connections without a proof, and is reached although 200 say nothing", async () => {
      const bob = await peer("bob");
      const silent: Wire[] = [];
      for (let i = 0; i < 200; i += 1) silent.push(await stranger(bob.address));
      await until(() => silent.filter(({ isEnded }) => isEnded).length === 136, "all but 64 are closed");
      expect(silent.slice(0, 136).every(({ isEnded }) => isEnded)).to.equal(true);
      const alice = await peer("alice");
      await alice.sessions.call(bob.address, BOB);
      await talk(alice, bob);
    });

    it("P9.13 is reached while connections come without end", async () => {
      const [alice, bob] = [await peer("alice"), await peer("bob")];
      let isOver = false;
      const flood = Array.from({ length: 100 }, async () => {
        while (!isOver) {
          const wire = await Wire.to(bob.address);
          await until(() => wire.isEnded || isOver, "the end of a stranger");
          wire.destroy();
        }
      });
      for (let i = 0; i < 8; i += 1) {
        await (await alice.sessions.call(bob.address, BOB)).end();
        await until(() => alice.log.filter((line) => line === "closed bob").length === i + 1, "the goodbye");
      }
      isOver = true;
      await Promise.all(flood);
    });

    it("P9.4 refuses with one error, and does not sign, what is wrong after the hellos", async () => {
      const bob = await peer("bob");
      const wrong = ["gAAA", "not a frame"];
      for (const text of wrong) {
        const caller = await puppet("alice", bob.address, BOB);
        expect((await caller.step()).kind).to.equal("going-on");
        if (text === "gAAA") caller.wire.send(text);
        else caller.wire.socket.write(`${text}\n`);
        expect(await caller.step()).to.deep.equal({ kind: "failed", failure: "refused" });
        await until(() => caller.wire.isEnded, "the end");
      }
      const misled = await puppet("alice", bob.address, knownIdentity("carol").fingerprint);
      await misled.goOn();
      expect(await misled.step(), "carol was called").to.deep.equal({ kind: "failed", failure: "refused" });
      expect(bob.log).to.deep.equal([]);
    });

    it("P9.4 P9.5 turns away a key that is not let in, and both do not call by themselves", async () => {
      for (const verdict of ["changed", "refused"] as const) {
        const [alice, bob] = [await peer("alice"), await peer("bob", { verdict: () => verdict })];
        expect((await failureOf(alice.sessions.call(bob.address, BOB))).kind).to.equal("refused");
        expect(bob.log).to.deep.equal([`turned away alice (${verdict})`]);
        expect(alice.log).to.deep.equal([]);
        expect(alice.sessions.mayCallByItself(BOB)).to.equal(false);
        expect(bob.sessions.mayCallByItself(ALICE)).to.equal(false);
        expect((await failureOf(bob.sessions.call(alice.address, ALICE))).kind).to.equal("not-allowed");
        await until(() => alice.log.length > 0, "alice has opened it, and bob has not");
        await until(() => alice.sessions.all().length === 0, "the end");
      }
    });

    it("P9.4 P9.5 does not call again by itself whom it has not let in", async () => {
      const [alice, bob] = [await peer("alice"), await peer("bob", { verdict: () => "refused" })];
      expect((await failureOf(bob.sessions.call(alice.address, ALICE))).kind).to.equal("not-allowed");
      expect(bob.sessions.mayCallByItself(ALICE)).to.equal(false);
    });

    it("P9.13 has a limited number of sessions, and those that there are can begin anew", async () => {
      const bob = await peer("bob", { maxSessions: 1 });
      await (await puppet("alice", bob.address)).complete();
      const carol = await puppet("carol", bob.address);
      await carol.goOn();
      expect(await carol.step()).to.deep.equal({ kind: "failed", failure: "refused" });
      expect(bob.log, "nobody has to decide anything about carol").to.deep.equal(["opened alice"]);
      await (await puppet("alice", bob.address)).complete();
      expect(bob.sessions.all().map(({ name }) => name)).to.deep.equal(["alice"]);
    });

    it("P9.5 is told the verdict with the session", async () => {
      const [alice, bob] = [await peer("alice"), await peer("bob", { verdict: () => "first" })];
      await alice.sessions.call(bob.address);
      await until(() => bob.log.length > 0, "the session");
      expect(bob.log).to.deep.equal(["opened alice (first)"]);
    });
  });

  describe("in a session", () => {
    it("P9.4 one wrong token, one wrong object, or no frame ends it with bad-record", async () => {
      const bob = await peer("bob", { isRight: ({ type }) => type !== "nonsense" });
      const wrongs: ((one: Puppet) => void)[] = [
        (one) => one.wire.send("gAAA"),
        (one) => one.say({ type: "nonsense" }),
        (one) => {
          one.proven?.sealer.seal({ type: "left out" });
          one.say({ type: "message" });
        },
        (one) => one.wire.socket.write("<end>\n"),
      ];
      for (const [i, wrong] of wrongs.entries()) {
        bob.clock.now += 1000;
        const alice = await (await puppet("alice", bob.address)).complete();
        wrong(alice);
        expect(await alice.hears()).to.deep.equal({ seq: 1, type: "error", code: "bad-record" });
        await until(() => alice.wire.isEnded, "the end");
        expect(bob.log.at(-1), `wrong ${i}`).to.match(/^closed alice: .*bad-record/);
        expect(bob.sessions.get(ALICE)).to.equal(undefined);
        expect(bob.sessions.mayCallByItself(ALICE)).to.equal(false);
      }
      const alice = await (await puppet("alice", bob.address)).complete();
      alice.say({ type: "error", code: "bad-record" });
      await until(() => alice.wire.isEnded, "the end");
      expect(alice.wire.tokens, "an error is not answered").to.deep.equal([]);
      expect(bob.log.at(-1)).to.match(/^closed alice: .*bad-record/);
    });

    it("P9.4 the time to wait is 60 s again after a session that was right", async () => {
      const bob = await peer("bob");
      const fail = async (): Promise<void> => {
        const alice = await (await puppet("alice", bob.address)).complete();
        alice.say({ type: "error", code: "bad-record" });
        await until(() => bob.sessions.get(ALICE) === undefined, "the end");
      };
      await fail();
      bob.clock.now = 60_000;
      const alice = await (await puppet("alice", bob.address)).complete();
      alice.say({ type: "bye" });
      await until(() => bob.sessions.get(ALICE) === undefined, "the goodbye");
      await fail();
      bob.clock.now = 119_999;
      expect(bob.sessions.mayCallByItself(ALICE)).to.equal(false);
      bob.clock.now = 120_000;
      expect(bob.sessions.mayCallByItself(ALICE)).to.equal(true);
    });

    it("P9.6 a side that is silent for 15 s is pinged, and lost after 45 s", async () => {
      const bob = await peer("bob");
      const alice = await (await puppet("alice", bob.address)).complete();
      const at = (milliseconds: number): void => {
        bob.clock.now = milliseconds;
        bob.sessions.tick();
      };
      at(14_999);
      alice.say({ type: "ping" });
      expect(await alice.hears(), "nothing came before").to.deep.equal({ seq: 1, type: "pong" });
      at(29_998);
      alice.say({ type: "ping" });
      expect(await alice.hears(), "nothing came before").to.deep.equal({ seq: 2, type: "pong" });
      at(44_998);
      at(45_500);
      expect(await alice.hears()).to.deep.equal({ seq: 3, type: "ping" });
      alice.say({ type: "pong" });
      alice.say({ type: "ping" });
      expect(await alice.hears(), "one ping").to.deep.equal({ seq: 4, type: "pong" });
      for (const silence of [15_000, 44_999]) {
        at(45_500 + silence);
        expect((await alice.hears()).type).to.equal("ping");
      }
      expect(bob.sessions.get(ALICE)?.isOpen).to.equal(true);
      at(45_500 + 45_000);
      expect(bob.log.at(-1)).to.equal("closed alice: nothing was heard for 45 seconds");
      await until(() => alice.wire.isEnded, "the end");
      expect(alice.wire.tokens, "no bye").to.deep.equal([]);
      expect(bob.received, "ping and pong go no further").to.deep.equal([]);
    });

    it("P9.6 P3.8 bye ends it: nothing is said after it, acknowledgements still count, messages do not", async () => {
      const bob = await peer("bob");
      const alice = await (await puppet("alice", bob.address)).complete();
      const session = bob.sessions.get(ALICE);
      session?.end();
      expect(session?.isOpen).to.equal(false);
      expect(session?.send({ type: "message" })).to.equal(false);
      expect(bob.sessions.get(ALICE)).to.equal(undefined);
      expect(await alice.hears()).to.deep.equal({ seq: 1, type: "bye" });
      await until(() => alice.wire.isEnded, "bob has ended their half");
      alice.say({ type: "message", text: "too late" });
      alice.say({ type: "ping" });
      alice.say({ type: "ack", id: "0" });
      await until(() => bob.received.length > 0, "the acknowledgement");
      expect(bob.log).to.deep.equal(["opened alice", "alice> ack"]);
      alice.say({ type: "bye" });
      await until(() => bob.log.length === 3, "the goodbye");
      expect(bob.log[2]).to.equal("closed alice");
      expect(alice.wire.tokens).to.deep.equal([]);
    });

    it("P3.8 is over only when the last acknowledgement was dealt with", async () => {
      const bob = await peer("bob", {
        isRight: () => {
          setImmediate(() => bob.log.push("delivered"));
          return true;
        },
      });
      const alice = await (await puppet("alice", bob.address)).complete();
      bob.sessions.get(ALICE)?.end();
      for (const type of ["ack", "bye"]) alice.say({ type });
      alice.wire.socket.end();
      await until(() => bob.log.length === 4, "the end");
      expect(bob.log).to.deep.equal(["opened alice", "alice> ack", "delivered", "closed alice"]);
    });

    it("P3.8 waits up to 2 s for the other bye", async () => {
      const bob = await peer("bob");
      await (await puppet("alice", bob.address)).complete();
      bob.sessions.get(ALICE)?.end();
      bob.clock.now = 1999;
      bob.sessions.tick();
      expect(bob.log).to.deep.equal(["opened alice"]);
      bob.clock.now = 2000;
      bob.sessions.tick();
      expect(bob.log).to.deep.equal(["opened alice", "closed alice"]);
    });

    it("P3.8 after our bye nothing is lost: the session has ended", async () => {
      const bob = await peer("bob");
      const alice = await (await puppet("alice", bob.address)).complete();
      bob.sessions.get(ALICE)?.end();
      alice.wire.socket.end();
      await until(() => bob.log.length === 2, "the end");
      expect(bob.log).to.deep.equal(["opened alice", "closed alice"]);
    });

    it("P9.6 P3.8 answers a bye with a bye, and closes", async () => {
      const bob = await peer("bob");
      const alice = await (await puppet("alice", bob.address)).complete();
      alice.say({ type: "bye" });
      expect(await alice.hears()).to.deep.equal({ seq: 1, type: "bye" });
      await until(() => alice.wire.isEnded, "the end");
      expect(bob.log).to.deep.equal(["opened alice", "closed alice"]);
    });

    it("P3.8 acknowledges what was said before a bye, also if that takes until the next turn of the program", async () => {
      const bob = await peer("bob", {
        isRight: (object, session) => {
          if (object.type === "message") setImmediate(() => session.send({ type: "ack" }));
          return true;
        },
      });
      const alice = await (await puppet("alice", bob.address)).complete();
      for (const type of ["message", "bye", "message"]) alice.say({ type });
      alice.wire.socket.end();
      expect(await alice.hears()).to.deep.equal({ seq: 1, type: "ack" });
      expect(await alice.hears()).to.deep.equal({ seq: 2, type: "bye" });
      await until(() => alice.wire.isEnded, "the end");
      expect(alice.wire.tokens).to.deep.equal([]);
      expect(bob.log).to.deep.equal(["opened alice", "alice> message", "closed alice"]);
    });

    it("P3.5 without a bye it is lost, not ended", async () => {
      const bob = await peer("bob");
      for (const end of ["end", "resetAndDestroy"] as const) {
        const alice = await (await puppet("alice", bob.address)).complete();
        alice.wire.socket[end]();
        await until(() => bob.log.at(-1)?.startsWith("closed") === true, "the loss");
        expect(bob.log.at(-1)).to.match(
          end === "end" ? /: the connection ended without a goodbye$/ : /: the connection was reset$/,
        );
        bob.log.length = 0;
      }
      expect(bob.sessions.mayCallByItself(ALICE)).to.equal(true);
    });

    it("P9.13 whoever does not read is dropped, and delays nobody", async () => {
      const [alice, bob] = [await peer("alice"), await peer("bob")];
      const carol = await (await puppet("carol", bob.address)).complete();
      await alice.sessions.call(bob.address, BOB);
      carol.wire.socket.pause();
      const toCarol = bob.sessions.get(knownIdentity("carol").fingerprint);
      const data = "A".repeat(87_384);
      let sent = 0;
      while (toCarol?.isOpen && sent < 2000) {
        toCarol.send({ type: "chunk", data });
        sent += 1;
        if (sent % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      expect(bob.log).to.include("closed carol: the other side does not read");
      await talk(alice, bob);
    });

    it("P9.9 drained() waits while much is unread, and no longer than the session lives", async () => {
      const bob = await peer("bob");
      const carol = await (await puppet("carol", bob.address)).complete();
      const session = bob.sessions.get(knownIdentity("carol").fingerprint);
      if (session === undefined) throw new Error("no session");
      await session.drained();
      carol.wire.socket.pause();
      let sent = 0;
      const sending = (async (): Promise<void> => {
        for (; sent < 1000; sent += 1) {
          await session.drained();
          if (!session.send({ type: "chunk", data: "A".repeat(87_384) })) return;
        }
      })();
      let before = -1;
      await until(() => {
        const isStuck = sent === before;
        before = sent;
        return isStuck && sent > 0;
      }, "it waits");
      expect(sent).to.be.lessThan(1000);
      expect(session.isOpen).to.equal(true);
      carol.wire.socket.resume();
      await until(() => sent >= 200 || sent >= before + 50, "it goes on");
      carol.wire.socket.pause();
      carol.destroy();
      await sending;
      expect(session.isOpen).to.equal(false);
    });
  });

  describe("two sessions with one peer", () => {
    /** Both call each other at once. @returns the one whose session stands */
    async function crossing(how: "by key" | "by address" | "mixed"): Promise<string> {
      const [alice, bob] = [await peer("alice"), await peer("bob")];
      const calls = [
        (): Promise<unknown> => alice.sessions.call(bob.address, how === "by address" ? undefined : BOB),
        (): Promise<unknown> => bob.sessions.call(alice.address, how === "by key" ? ALICE : undefined),
      ];
      // Who is first by a hair, and by how much, is drawn.
      if (Math.random() < 0.5) calls.reverse();
      const outcomes = calls.map(async (call, i) => {
        const turns = i === 0 ? 0 : Math.floor(Math.random() * 12);
        for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
        return call();
      });
      await Promise.all(outcomes);
      const roles = (): string =>
        [alice.sessions.get(BOB), bob.sessions.get(ALICE)]
          .map((one) => (one?.isOpen ? one.role : "none"))
          .join(" ");
      await until(
        () => ["initiator responder", "responder initiator"].includes(roles()),
        "one session, the same on both sides",
      );
      await talk(alice, bob, "the first");
      // What has lost is gone by now, or goes within a moment. It must not take the other with it.
      await new Promise((resolve) => setTimeout(resolve, 250));
      await talk(alice, bob, "the second");
      expect([alice.sessions.all().length, bob.sessions.all().length]).to.deep.equal([1, 1]);
      for (const one of [alice, bob])
        expect(
          one.log.filter((line) => line.startsWith("closed")),
          one.log.join(),
        ).to.deep.equal([]);
      return roles();
    }

    for (const how of ["by key", "by address", "mixed"] as const) {
      it(`P9.6 calls that cross, ${how}: one session stands, the same on both sides, every time`, async () => {
        const roles = await Promise.all(Array.from({ length: 60 }, () => crossing(how)));
        expect(roles.length).to.equal(60);
      });
    }

    for (const [name, smaller] of [
      ["alice", true],
      ["bob", false],
    ] as const) {
      const other = smaller ? "bob" : "alice";
      it(`P9.6 of calls that cross stands the one of the smaller fingerprint: ${name}'s view`, async () => {
        const [program, board] = [await peer(name), await switchboard()];
        const call = program.sessions.call(board.address, smaller ? BOB : undefined);
        const ours = new Puppet(other, "responder", await board.next());
        started.push({ close: () => ours.destroy() });
        await ours.goOn();
        // Their call comes, and is complete, before they answer ours.
        const theirs = await (await puppet(other, program.address, program.fingerprint)).complete();
        theirs.say({ type: "ping" });
        expect((await theirs.hears()).type).to.equal("pong");
        await ours.goOn();
        const [stays, goes] = smaller ? [ours, theirs] : [theirs, ours];
        await until(() => goes.wire.isEnded, "the other one ends");
        if (goes.proven !== undefined && goes === theirs)
          expect(goes.wire.tokens, "without a bye").to.deep.equal([]);
        stays.say({ type: "ping" });
        expect((await stays.hears()).type).to.equal("pong");
        expect((await call).role).to.equal(smaller ? "initiator" : "responder");
        expect(program.sessions.all().length).to.equal(1);
        expect(program.log).to.deep.equal(
          smaller ? ["opened bob", "crossed bob", "opened bob"] : ["opened alice"],
        );
      });

      it(`P9.6 a call of the other side that began after ours was complete replaces it: ${name}'s view`, async () => {
        const [program, board] = [await peer(name), await switchboard()];
        const call = program.sessions.call(board.address);
        const ours = await new Puppet(other, "responder", await board.next()).complete();
        started.push({ close: () => ours.destroy() });
        await call;
        const late = await (await puppet(other, program.address, program.fingerprint)).complete();
        await until(() => ours.wire.isEnded, "ours ends");
        expect(ours.wire.tokens, "without a bye").to.deep.equal([]);
        late.say({ type: "ping" });
        expect((await late.hears()).type).to.equal("pong");
        // It may have been on its way when ours was complete: if it would stand then, too, nobody need hear of it.
        const replaced = `closed ${other}: a new connection has taken its place`;
        expect(program.log[1]).to.equal(smaller ? replaced : `crossed ${other}`);
      });

      it(`P9.6 one that comes a second later is no crossing: ${name}'s view`, async () => {
        const [program, board] = [await peer(name), await switchboard()];
        const call = program.sessions.call(board.address);
        const ours = await new Puppet(other, "responder", await board.next()).complete();
        started.push({ close: () => ours.destroy() });
        await call;
        program.clock.now = 1000;
        await (await puppet(other, program.address, program.fingerprint)).complete();
        await until(() => program.log.length === 3, "the other session");
        expect(program.log[1]).to.equal(`closed ${other}: a new connection has taken its place`);
      });
    }

    it("P9.6 a call that began before the session that there is was complete crosses it", async () => {
      for (const name of ["alice", "bob"]) {
        const other = name === "alice" ? "bob" : "alice";
        const [program, board] = [await peer(name), await switchboard()];
        const theirs = await puppet(other, program.address);
        const proof = await theirs.step();
        const call = program.sessions.call(board.address);
        const ours = await new Puppet(other, "responder", await board.next()).complete();
        started.push({ close: () => ours.destroy() });
        await call;
        // Now their proof comes.
        theirs.wire.send(proof.send ?? "");
        const [stays, goes] = name === "alice" ? [ours, theirs] : [theirs, ours];
        await until(() => goes.wire.isEnded, "the other one ends");
        if (stays === theirs) await theirs.complete();
        stays.say({ type: "ping" });
        expect((await stays.hears()).type).to.equal("pong");
        expect(program.log).to.deep.equal(
          name === "alice" ? ["opened bob"] : ["opened alice", "crossed alice", "opened alice"],
        );
      }
    });

    it("P9.6 of calls that cross, the end of the one may be seen before the other is complete: that is no loss", async () => {
      for (const isAnswered of [true, false]) {
        const [alice, board] = [await peer("alice"), await switchboard()];
        const call = alice.sessions.call(board.address, BOB).catch((error: unknown) => error);
        const ours = new Puppet("bob", "responder", await board.next());
        started.push({ close: () => ours.destroy() });
        await ours.goOn();
        const proof = await ours.step();
        await (await puppet("bob", alice.address, ALICE)).complete().then(({ wire }) => wire.destroy());
        // Another connection is dealt with meanwhile, so the end was seen.
        await (await puppet("carol", alice.address, ALICE)).complete();
        await until(() => alice.log.includes("opened carol"), "carol");
        if (isAnswered) ours.wire.send(proof.send ?? "");
        else ours.destroy();
        await call;
        const end = isAnswered
          ? ["crossed bob", "opened bob"]
          : ["closed bob: the connection ended without a goodbye"];
        await until(() => alice.log.length === 2 + end.length, "all that happens");
        expect(alice.log).to.deep.equal(["opened bob", "opened carol", ...end]);
      }
    });

    it("P9.6 two calls of one side do not cross: the later one stays, whoever has the smaller fingerprint", async () => {
      for (const name of ["alice", "bob"]) {
        const other = name === "alice" ? "bob" : "alice";
        const program = await peer(name);
        const [first, second] = [await puppet(other, program.address), await puppet(other, program.address)];
        for (const one of [first, second]) expect((await one.goOn()).kind).to.equal("going-on");
        await first.complete();
        await second.complete();
        await until(() => first.wire.isEnded, "the earlier one ends");
        second.say({ type: "ping" });
        expect((await second.hears()).type).to.equal("pong");
      }
    });

    it("P9.6 a call that would not stand is given up as soon as the other one is complete", async () => {
      const [bob, board] = [await peer("bob"), await switchboard()];
      const call = bob.sessions.call(board.address, ALICE);
      const wire = await board.next();
      await wire.next("bob's hello");
      const alice = await (await puppet("alice", bob.address)).complete();
      expect((await call).role).to.equal("responder");
      await wire.endsWithoutAWord();
      alice.say({ type: "ping" });
      expect((await alice.hears()).type).to.equal("pong");
    });

    it("P9.6 any other new session replaces the old one, which is closed without bye", async () => {
      for (const name of ["alice", "bob"]) {
        const other = name === "alice" ? "bob" : "alice";
        const program = await peer(name);
        const first = await (await puppet(other, program.address)).complete();
        const second = await (await puppet(other, program.address)).complete();
        await until(() => first.wire.isEnded, "the old one ends");
        expect(first.wire.tokens).to.deep.equal([]);
        second.say({ type: "ping" });
        expect((await second.hears()).type).to.equal("pong");
        expect(program.log).to.deep.equal([
          `opened ${other}`,
          `closed ${other}: a new connection has taken its place`,
          `opened ${other}`,
        ]);
      }
    });

    it("P9.6 a new session ends one that we have said goodbye to", async () => {
      const bob = await peer("bob");
      await (await puppet("alice", bob.address)).complete();
      bob.sessions.get(ALICE)?.end();
      await (await puppet("alice", bob.address)).complete();
      await until(() => bob.log.length === 3, "the new session");
      expect(bob.log).to.deep.equal(["opened alice", "closed alice", "opened alice"]);
      expect(bob.sessions.get(ALICE)?.isOpen).to.equal(true);
    });
  });

  it("P9.12 close() says goodbye to all, and ends calls and handshakes", async () => {
    const [alice, bob, carol] = [await peer("alice"), await peer("bob"), await peer("carol")];
    await alice.sessions.call(bob.address);
    await carol.sessions.call(bob.address);
    const board = await switchboard();
    const call = failureOf(bob.sessions.call(board.address));
    const silent = await stranger(bob.address);
    await board.next();
    await bob.close();
    expect((await call).kind).to.equal("closed");
    await silent.endsWithoutAWord();
    await until(() => alice.log.includes("closed bob") && carol.log.includes("closed bob"), "the goodbyes");
    expect(bob.sessions.all()).to.deep.equal([]);
    expect((await failureOf(bob.sessions.call(alice.address))).kind).to.equal("closed");
  });
});
