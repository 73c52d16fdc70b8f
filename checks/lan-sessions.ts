// Checks clauses P9.1 to P9.4 and P9.6: stage 05's frames, hellos, proofs, and that two peers have one session.

import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { defineChecks } from "./engine/check.ts";
import { encode, MODP2048 } from "./engine/cryptography.ts";
import { Lan } from "./engine/lan.ts";
import { HOST, type Members } from "./engine/lan-context.ts";
import { KEYS, type LanKey, sealToken, sign } from "./engine/lan-cryptography.ts";
import { LanPeer, type LanSession } from "./engine/lan-peer.ts";
import { PlayedSession, type ProofOptions } from "./engine/lan-session.ts";
import { meet } from "./engine/lan-steps.ts";
import type { PeerUnderTest } from "./engine/launcher.ts";

/** The longest frame, in bytes (P9.1). */
const LONGEST = 262_144;
/** A text that no program may show, because it never comes in a valid session. */
const HIDDEN = "hidden";
/** How many hellos are answered in a second (P9.2). */
const HELLOS = 8;
/** How long a handshake may take, in seconds, and not quite that: then it is closed in any case. */
const HANDSHAKE = 9.5;
/** How many connections without a proof are held. */
const UNPROVED = 64;

/** Hellos with one mistake each. */
const WRONG_HELLOS: Readonly<Record<string, Members>> = {
  "stage 04": { stage: "04" },
  "no type": { type: undefined },
  "the name you": { from: "you" },
  "no name": { from: undefined },
  "another team": { team: "other" },
  "an address without a port": { address: HOST },
  "a short nonce": { nonce: "00" },
  "a nonce that is no hex": { nonce: "xy".repeat(16) },
  "another group": { group: "toy" },
  "the public key 1": { publicKey: encode(1n, MODP2048).toString("hex") },
  "the public key p - 1": { publicKey: encode(MODP2048.prime - 1n, MODP2048).toString("hex") },
  "a public key that is too short": { publicKey: "02" },
  "a public key in upper case": { publicKey: "AB".repeat(256) },
  "a `to` that is no fingerprint": { to: "bob" },
};

/** Text in place of frames, with one mistake each. */
function wrongFrames(session: LanSession, token: string): Record<string, string> {
  const { address, lan } = session.peer;
  const header = `<${address}> @ <${lan.team}>`;
  return {
    "another team in the header": `<${address}> @ <other>\n${token}\n<end>\n`,
    "no angle brackets": `${address} @ ${lan.team}\n${token}\n<end>\n`,
    "an address without a port": `<${HOST}> @ <${lan.team}>\n${token}\n<end>\n`,
    "another last line": `${header}\n${token}\n<END>\n`,
    "a line too many": `${header}\n${token}\n\n<end>\n`,
    "no token": `${header}\n\n<end>\n`,
    "a request for a web page": "GET / HTTP/1.1\r\n\r\n",
    "no end, and more than 262,144 bytes": `${header}\n${"A".repeat(LONGEST + 10)}`,
  };
}

/** Proofs of an initiator with one mistake each. */
function wrongProofs(session: LanSession, other: LanKey, three: LanKey): Record<string, ProofOptions> {
  const { salt, peer } = session;
  const { der } = peer.key;
  const base64 = der.toString("base64");
  return {
    "the label of the other role": { label: `proof ${session.otherRole}` },
    "the label of a beacon": { label: "beacon" },
    "another salt": { message: Buffer.concat([randomBytes(32), der]) },
    "no salt": { message: der },
    "the key's base64 text in place of its bytes": {
      message: Buffer.concat([salt, Buffer.from(base64)]),
    },
    "no key": { message: salt },
    "the key of somebody else": { members: { key: other.der.toString("base64") } },
    "a key of another form": { members: { key: three.der.toString("base64") } },
    "no signature": { members: { signature: undefined } },
    "another type": { members: { type: "message" } },
  };
}

/** Expects that the program refuses us after the hellos, and has shown and said nothing. */
async function refusesAfterHellos(
  lan: Lan,
  alice: PeerUnderTest,
  bob: LanPeer,
  what: string,
  speaks: (session: LanSession) => Promise<void>,
): Promise<void> {
  lan.scene.transcript.steps.push(`${bob.name} comes with ${what}`);
  const session = await bob.connects(alice);
  await lan.scene.preparing(() => session.exchangesHellos());
  await speaks(session);
  await session.isRefused();
}

/** How many keys are made at most to find two, one of which is in another order as text. */
const MOST_KEYS = 100;

/**
 * A key whose fingerprint is smaller than this one, and one whose is greater. As text, one of the two stands on the
 * other side: the letters of base64url have another order than the bytes.
 */
async function keysAround(fingerprint: string): Promise<{ smaller: LanKey; greater: LanKey }> {
  const own = Buffer.from(fingerprint, "base64url");
  const found = new Map<boolean, LanKey>();
  let hasOtherOrder = false;
  for (let count = 0; count < MOST_KEYS || found.size < 2; count += 1) {
    const key = await KEYS.next();
    const isSmaller = Buffer.compare(Buffer.from(key.fingerprint, "base64url"), own) < 0;
    const isOther = key.fingerprint < fingerprint !== isSmaller;
    if (!found.has(isSmaller) || (isOther && !hasOtherOrder)) found.set(isSmaller, key);
    hasOtherOrder ||= isOther;
    if (hasOtherOrder && found.size === 2) break;
  }
  const [smaller, greater] = [found.get(true), found.get(false)];
  if (smaller === undefined || greater === undefined) throw new Error("two keys were found");
  return { smaller, greater };
}

export const checks = defineChecks({ stages: ["05"], of: "peer" }, [
  {
    id: "P9.1-frames",
    title: "frames have three lines, and the same hold in any number of pieces, with CR or without",
    likelyCause: "One read is taken for one frame.",
    async run(scene) {
      const { alice, bob } = await meet(scene);
      const session = await bob.opens(alice);
      const texts = ["one", "two", "three", "four"];
      const frames = (lineEnd: string, some: readonly string[]): string => {
        session.lineEnd = lineEnd;
        return some
          .map((text) =>
            session.frame(
              session.wrap({ type: "message", id: randomBytes(16).toString("hex"), to: "you", text }),
            ),
          )
          .join("");
      };
      await session.sendsInPieces(frames("\r\n", texts.slice(0, 1)), "a message with CR LF", 97);
      await session.sendsInPieces(frames("\n", texts.slice(1)), "three messages", 1_000_000);
      for (const _ of texts) await session.hearsType("ack");
      for (const text of texts) await alice.shows(`bob> ${text}`);
    },
  },
  {
    id: "P9.1-no-frame",
    title: "a frame of another form, team or size closes the connection without a word",
    likelyCause: "A stranger gets an error: whoever knocks learns what listens there.",
    async run(scene) {
      const { alice, bob } = await meet(scene);
      const names = Object.keys(wrongFrames(await bob.connects(alice), ""));
      for (const name of names) {
        const session = await bob.connects(alice);
        const token = sealToken(bob.lan.teamKey, JSON.stringify(session.hello()));
        const text = wrongFrames(session, token)[name] ?? "";
        await session.connection.sends(text, `a frame with ${name}`);
        await session.isClosed();
      }
      await bob.opens(alice);
    },
  },
  {
    id: "P9.1-end-inside",
    title: "a text cannot end a frame or begin one",
    likelyCause: "<end> is looked for in the text: what is said must not stand in a frame in clear.",
    async run(scene) {
      const { lan, alice, bob } = await meet(scene);
      const session = await bob.opens(alice);
      const text = `<end> <127.0.0.1:1> @ <${lan.team}> is only text`;
      await session.tells(text);
      await alice.shows(`bob> ${text}`);
      await alice.enters(`/msg bob ${text}`);
      await session.takesMessage(text);
      const lines = `one\n<end>\n<127.0.0.1:1> @ <${lan.team}>\ntwo`;
      await session.tells(lines);
      await session.tells("after it");
      await alice.shows("bob> after it");
    },
  },
  {
    id: "P9.1-header-is-a-claim",
    title: "the address in the header is compared with nothing",
    async run(scene) {
      const { lan, alice, bob } = await meet(scene);
      for (const header of [`<10.9.8.7:1234> @ <${lan.team}>`, `<[::1]:5000> @ <${lan.team}>`]) {
        const session = await bob.connects(alice);
        session.header = header;
        await session.shakesHands();
        await session.tells(`from ${header}`);
        session.connection.ignoresTheRest();
      }
    },
  },
  {
    id: "P9.2-hello",
    title: "the hello has its members; `to` is the key that is called, empty for an address and in an answer",
    async run(scene) {
      const { lan, alice, bob } = await meet(scene);
      await alice.enters("/connect bob");
      const called = await bob.isCalled(alice);
      await called.shakesHands({ to: bob.key.fingerprint });
      await alice.shows("connected to bob");
      const carol = await lan.peer("carol");
      await alice.enters(`/connect ${carol.address}`);
      const byAddress = await carol.isCalled(alice);
      await byAddress.shakesHands({ to: "" });
      await alice.shows("connected to carol");
      const dave = await lan.peer("dave");
      const calls = await dave.connects(alice);
      await calls.shakesHands();
      await alice.shows("connected to dave");
    },
  },
  {
    id: "P9.2-wrong-hello",
    title: "a wrong hello is closed without a word",
    async run(scene) {
      const { alice, bob } = await meet(scene);
      for (const [what, members] of Object.entries(WRONG_HELLOS)) {
        scene.transcript.steps.push(`a hello comes with ${what}`);
        const session = await bob.connects(alice);
        await session.sendsHello(members);
        await session.isClosed();
      }
      const stranger = await bob.connects(alice);
      await stranger.sendsHello({}, { key: randomBytes(32) });
      await stranger.isClosed();
      const noJson = await bob.connects(alice);
      await noJson.sendsHello({}, { text: "hello" });
      await noJson.isClosed();
      await bob.opens(alice);
    },
  },
  {
    id: "P9.2-wrong-answer",
    title:
      "a hello that answers with a `to`, or with the caller's own nonce or key, is closed without a word",
    likelyCause: "Whoever sends a hello back as it came would be taken for somebody else.",
    async run(scene) {
      const { alice, bob } = await meet(scene);
      const answers: Record<string, (theirs: Members) => Members> = {
        "a `to`": () => ({ to: "x".repeat(43) }),
        "the caller's nonce": ({ nonce }) => ({ nonce }),
        "the caller's public key": ({ publicKey }) => ({ publicKey }),
      };
      for (const [what, members] of Object.entries(answers)) {
        scene.transcript.steps.push(`the answer comes with ${what}`);
        await alice.enters(`/connect ${bob.address}`);
        const session = await bob.isCalled(alice);
        const theirs = await session.receivesHello("");
        await session.sendsHello(members(theirs));
        await session.isClosed();
        await alice.shows(/^error: /);
      }
      await alice.enters("/connect bob");
      await bob.answers(alice);
      await alice.shows("connected to bob");
    },
  },
  {
    id: "P9.2-any-time",
    title: "the time of a hello's token is not looked at",
    likelyCause: "The clock decides who may talk: only beacons need it.",
    async run(scene) {
      const { alice, bob } = await meet(scene);
      const session = await bob.connects(alice);
      await session.sendsHello({}, { seconds: 17 });
      await session.receivesHello("");
      await session.sendsProof();
      await session.receivesProof();
      await alice.shows("connected to bob");
    },
  },
  {
    id: "P9.2-nonce-once",
    title: "a hello that comes again is not answered",
    likelyCause:
      "Nonces are not remembered: whoever has recorded a hello makes the program answer it for ever.",
    async run(scene) {
      const { lan, alice, bob } = await meet(scene);
      const session = await bob.connects(alice);
      const token = await session.sendsHello();
      await session.receivesHello("");
      await session.breaks();
      const again = await bob.connects(alice);
      await again.sendsToken(token, "the same hello again");
      await again.isClosed();
      await lan.mayGreet(alice);
      await bob.opens(alice);
    },
  },
  {
    id: "P9.2-hellos-a-second",
    title: "at most 8 hellos a second from one address are answered; others are closed without a word",
    likelyCause:
      "Each hello costs a power of 2,048 bits: nothing keeps a stranger from asking for thousands.",
    async run(scene) {
      const { lan, alice, bob } = await meet(scene);
      const sessions: LanSession[] = [];
      for (let count = 0; count < 3 * HELLOS; count += 1) {
        const connection = await scene.connect({ port: alice.port }, bob.name);
        connection.ignoresTheRest();
        sessions.push(new PlayedSession(connection, bob, alice, "initiator"));
      }
      const frames = sessions.map((session) =>
        session.frame(sealToken(lan.teamKey, JSON.stringify(session.hello()))),
      );
      await scene.step(`${frames.length} hellos come at once`, async () => {
        const started = performance.now();
        let answered = 0;
        let closed = 0;
        for (const [index, { connection }] of sessions.entries()) {
          let has = false;
          connection.socket.on("data", () => {
            if (!has) answered += 1;
            has = true;
          });
          connection.socket.once("close", () => {
            if (!has) closed += 1;
          });
          connection.socket.once("end", () => connection.socket.end());
          connection.write(frames[index] ?? "");
        }
        await lan.eventually(() => (answered + closed >= frames.length ? true : undefined), alice);
        const most = HELLOS * Math.ceil((performance.now() - started) / 1000 + 0.2);
        if (answered > most || answered === 0 || closed === 0)
          scene.fails({
            expected: `at most ${most} answers, and the other connections closed`,
            received: `${answered} answers, ${closed} closed without one`,
          });
        scene.observe();
      });
      await sleep(1200);
      const session = await bob.connects(alice);
      await session.shakesHands();
      await alice.shows("connected to bob");
    },
  },
  {
    id: "P9.2-unproved",
    title: "64 connections without a proof are held: a new one pushes out the oldest",
    likelyCause: "Connections that say nothing are held without a limit, or the newest is closed instead.",
    async run(scene) {
      const { alice, bob } = await meet(scene);
      const since = performance.now();
      const oldest = await scene.connect({ port: alice.port }, "the oldest");
      for (let count = 0; count < UNPROVED; count += 1)
        (await scene.connect({ port: alice.port }, `stranger ${count}`)).ignoresTheRest();
      await oldest.isClosed();
      await scene.step("that is before its 10 s for a handshake are over", () => {
        const seconds = (performance.now() - since) / 1000;
        if (seconds > HANDSHAKE)
          scene.fails({ expected: "its end at once", received: `its end after ${seconds.toFixed(1)} s` });
      });
      await bob.opens(alice);
    },
  },
  {
    id: "P9.2-ten-seconds",
    title: "a handshake that is not complete after 10 s is closed",
    waits: 10,
    async run(scene) {
      const { alice, bob } = await meet(scene);
      const since = performance.now();
      const silent = await scene.connect({ port: alice.port }, "a stranger");
      const half = await bob.connects(alice);
      await half.sendsHello();
      await half.receivesHello("");
      await silent.isClosedAfterSeconds(10, since);
      await half.connection.isClosedAfterSeconds(10, since);
    },
  },
  {
    id: "P9.3-keys",
    title: "the keys are made of Z and both hello tokens, whoever calls, with CR in the lines or without",
    likelyCause:
      "The salt is over other bytes than the tokens, each with one LF; or the two keys are taken in the wrong order.",
    async run(scene) {
      const { lan, alice, bob } = await meet(scene);
      const session = await bob.connects(alice);
      session.lineEnd = "\r\n";
      await session.shakesHands();
      await session.tells("we have the same keys");
      const carol = await lan.peer("carol");
      await carol.isFoundBy(alice);
      await alice.enters("/connect carol");
      const called = await carol.isCalled(alice);
      await called.shakesHands();
      await called.tells("so have we");
      await alice.shows("carol> so have we");
    },
  },
  {
    id: "P9.4-proof",
    title: "each side proves its own key, that of its beacons",
    async run(scene) {
      const { lan, alice, bob } = await meet(scene);
      const { der } = await lan.keyOf(alice);
      const session = await bob.connects(alice);
      await session.exchangesHellos();
      await session.sendsProof();
      const proved = await session.receivesProof();
      await scene.step("it is the key of alice", () => {
        if (!proved.equals(der))
          scene.fails({ expected: "the key of identity.pem", received: "another key" });
      });
    },
  },
  {
    id: "P9.4-initiator-first",
    title: "a responder proves its key only after the initiator's proof was right",
    likelyCause: "The proof is sent as soon as the keys are there: so anybody can find out who listens.",
    async run(scene) {
      const { alice, bob } = await meet(scene);
      const session = await bob.connects(alice);
      await session.exchangesHellos();
      await sleep(300);
      await session.sendsProof({ label: "proof responder" });
      await session.isRefused();
    },
  },
  {
    id: "P9.4-proof-signed",
    title: "a proof whose signature does not hold all that it must is refused",
    likelyCause:
      "The signature is over less than the role, the salt and the key: then it can be taken from another session or another role.",
    async run(scene) {
      const { lan, alice, bob } = await meet(scene);
      const [other, three] = [await KEYS.next(), await KEYS.withExponent(3n)];
      const probe = await bob.connects(alice);
      await probe.exchangesHellos();
      const names = Object.keys(wrongProofs(probe, other, three));
      await probe.breaks();
      for (const name of names)
        await refusesAfterHellos(lan, alice, bob, `a proof with ${name}`, (session) =>
          session.sendsProof(wrongProofs(session, other, three)[name]),
        );
      await alice.hasNotShown("connected to");
      await alice.hasNotShown("new key");
    },
  },
  {
    id: "P9.4-answer-signed",
    title: "a responder's proof that does not hold all that it must is refused",
    likelyCause: "Only the proof of a caller is checked.",
    async run(scene) {
      const { alice, bob } = await meet(scene);
      const [other, three] = [await KEYS.next(), await KEYS.withExponent(3n)];
      const names = ["the label of the other role", "another salt", "the key of somebody else"];
      for (const name of names) {
        scene.transcript.steps.push(`bob answers a call with a proof with ${name}`);
        await alice.enters(`/connect ${bob.address}`);
        const session = await bob.isCalled(alice);
        await session.exchangesHellos({ to: "" });
        await session.receivesProof();
        await session.sendsProof(wrongProofs(session, other, three)[name]);
        await session.isRefused();
        await alice.shows(/^error: /);
      }
      await alice.hasNotShown("connected to");
    },
  },
  {
    id: "P9.4-sent-back",
    title: "the initiator's own proof, sent back to it, and a proof with its own key, are refused",
    async run(scene) {
      const { lan, alice, bob } = await meet(scene);
      const own = await lan.keyOf(alice);
      const mirror = await LanPeer.start(lan, "mirror", own);
      await refusesAfterHellos(lan, alice, mirror, "a right proof with alice's own key", (session) =>
        session.sendsProof(),
      );
      await alice.enters(`/connect ${bob.address}`);
      const session = await bob.isCalled(alice);
      await session.exchangesHellos({ to: "" });
      const [, token] = await session.connection.receivesFrame("the proof of alice");
      await session.sendsToken(token, "the same proof");
      const [, error] = await session.connection.receivesFrame("an error");
      await scene.step("it is refused", () => {
        if (error === token) scene.fails({ expected: "bad-record", received: "the same token" });
      });
      await session.isClosed();
      await alice.shows(/^error: /);
    },
  },
  {
    id: "P9.4-meant-for",
    title: "a hello that was meant for another key is refused, although the proof is right",
    likelyCause: "`to` is not compared with one's own fingerprint: a call can be brought to somebody else.",
    async run(scene) {
      const { lan, alice, bob } = await meet(scene);
      const carol = await KEYS.next();
      const session = await bob.connects(alice);
      await session.exchangesHellos({ hello: { to: carol.fingerprint } });
      await session.sendsProof();
      await session.isRefused();
      const { fingerprint } = await lan.keyOf(alice);
      await bob.calls(alice, { hello: { to: fingerprint } });
      await alice.shows("connected to bob");
    },
  },
  {
    id: "P9.4-key-called",
    title: "another key than the one that was called is refused, although its proof is right",
    likelyCause: "Whoever answers is taken for the one who was called.",
    async run(scene) {
      const { alice, bob } = await meet(scene);
      await alice.enters("/connect bob");
      const session = await bob.isCalled(alice);
      await session.exchangesHellos();
      await session.receivesProof();
      const mallory = await KEYS.next();
      const signed = Buffer.concat([session.salt, mallory.der]);
      await session.sendsProof({
        members: {
          key: mallory.der.toString("base64"),
          signature: sign(mallory.privateKey, "proof responder", signed),
        },
      });
      await session.isRefused();
      await alice.shows(/^error: /);
      await alice.hasNotShown("connected to");
    },
  },
  {
    id: "P9.4-records",
    title: "after the hellos, whatever is wrong gets the same error bad-record, and the end",
    likelyCause: "A number that is left out or comes again, or a token of another key, passes.",
    async run(scene) {
      const { lan, alice, bob } = await meet(scene);
      const text = (session: LanSession): Members => ({
        type: "message",
        id: randomBytes(16).toString("hex"),
        to: "you",
        text: `${HIDDEN} ${session.role}`,
      });
      const before: Record<string, (session: LanSession) => string> = {
        "a message before the proof": (session) => session.wrap(text(session)),
        "a proof with seq 1": (session) => session.wrap(session.proof(), 1),
        "a proof under the team key": (session) =>
          sealToken(lan.teamKey, JSON.stringify({ seq: 0, ...session.proof() })),
        "a proof under the key of the other direction": (session) =>
          sealToken(session.receivingKey, JSON.stringify({ seq: 0, ...session.proof() })),
        "no JSON": (session) => session.wrap("proof"),
      };
      for (const [what, token] of Object.entries(before))
        await refusesAfterHellos(lan, alice, bob, what, (session) =>
          session.sendsToken(token(session), what),
        );
      const after: Record<string, (session: LanSession) => string> = {
        "a seq that comes again": (session) => session.wrap(text(session), 0),
        "a seq that leaves one out": (session) => session.wrap(text(session), 2),
        "a seq that is a text": (session) => session.wrap(text(session), "1"),
        "no seq": (session) => session.wrap(JSON.stringify(text(session))),
        "an unknown type": (session) => session.wrap({ type: "whisper", text: HIDDEN }),
        "the team key": (session) => sealToken(lan.teamKey, JSON.stringify({ seq: 1, ...text(session) })),
        "another version of the token": (session) =>
          sealToken(session.sendingKey, JSON.stringify({ seq: 1, ...text(session) }), { version: 0 }),
        "a second proof": (session) => session.wrap(session.proof()),
      };
      for (const [what, token] of Object.entries(after)) {
        const session = await bob.calls(alice);
        await session.sendsToken(token(session), `an object with ${what}`);
        await session.isRefused();
        await alice.shows(/^disconnected from bob: ./);
      }
      await alice.hasNotShown(HIDDEN);
    },
  },
  {
    id: "P9.4-nothing-shown",
    title: "nothing is shown of a peer that has not proved its key",
    async run(scene) {
      const lan = await Lan.open(scene);
      const alice = await lan.program("alice");
      const mallory = await lan.peer("mallory");
      await refusesAfterHellos(lan, alice, mallory, "a wrong proof", (session) =>
        session.sendsProof({ label: "beacon" }),
      );
      const half = await mallory.connects(alice);
      await half.exchangesHellos();
      await half.breaks();
      await (await lan.peer("bob")).isFoundBy(alice);
      await alice.hasNotShown("mallory");
    },
  },
  {
    id: "P9.4-called-again",
    title: "a key whose proof was wrong is not called again by itself for 60 s; /connect does not wait",
    async run(scene) {
      const { lan, alice, bob } = await meet(scene);
      await alice.enters("/msg bob for you alone");
      const session = await bob.isCalled(alice);
      await session.exchangesHellos();
      await session.receivesProof();
      await session.sendsProof({ label: "beacon" });
      await session.isRefused();
      for (let beacon = 0; beacon < 4; beacon += 1) {
        bob.session += 1;
        await lan.isAccepted(alice, bob, bob.beacon(), "a beacon of a new session");
        await sleep(400);
      }
      await scene.step("it does not call by itself", () => {
        if (bob.listener.waiting > 0) scene.fails({ expected: "no call", received: "a call" });
      });
      await alice.enters("/connect bob");
      const called = await bob.answers(alice);
      await called.takesMessage("for you alone");
      await alice.shows("delivered to bob: 1");
    },
  },
  {
    id: "P9.4-turned-away",
    title: "whoever may not have a session is answered like a bad proof",
    likelyCause:
      "The answer tells that the proof was right: so a stranger finds out whom the program lets in.",
    async run(scene) {
      const lan = await Lan.open(scene);
      const alice = await lan.program("alice", { argv: ["--access", "known"] });
      const bob = await lan.peer("bob");
      await refusesAfterHellos(lan, alice, bob, "a right proof that is not enough", (session) =>
        session.sendsProof(),
      );
    },
  },
  {
    id: "P9.6-replaced",
    title: "a new session of the same key replaces the old one, which is closed without bye",
    likelyCause: "A program that was killed and comes back is refused, because it has a session already.",
    async run(scene) {
      const { alice, bob } = await meet(scene);
      const old = await bob.opens(alice);
      const replacing = await bob.calls(alice);
      await old.isClosed();
      await replacing.tells("it is me again");
      await alice.shows("bob> it is me again");
      await alice.enters("/msg bob in the new one");
      await replacing.takesMessage("in the new one");
    },
  },
  {
    id: "P9.6-crossing",
    title: "if two calls cross, the session stays whose initiator has the smaller fingerprint",
    likelyCause:
      "Fingerprints are compared as text, or the later session always stays: then both sides may keep another one.",
    async run(scene) {
      const lan = await Lan.open(scene);
      const alice = await lan.program("alice");
      const around = await keysAround((await lan.keyOf(alice)).fingerprint);
      for (const [name, key] of [
        ["smaller", around.smaller],
        ["greater", around.greater],
      ] as const) {
        const bob = await lan.peer(name, key);
        await bob.isFoundBy(alice);
        await alice.enters(`/connect ${name}`);
        const theirs = await bob.isCalled(alice);
        await theirs.exchangesHellos();
        await theirs.receivesProof();
        const ours = await bob.calls(alice);
        await alice.shows(`connected to ${name}`);
        scene.transcript.steps.push(`${name} has the ${name} fingerprint, and answers the call now`);
        await theirs.sendsProof();
        const [stays, goes] = name === "smaller" ? [ours, theirs] : [theirs, ours];
        await goes.isClosed();
        await stays.tells(`the call of the ${name}`);
        await alice.shows(`${name}> the call of the ${name}`);
      }
    },
  },
  {
    id: "P9.6-pong",
    title: "a ping is answered by a pong",
    async run(scene) {
      const { alice, bob } = await meet(scene);
      const session = await bob.opens(alice);
      await session.says({ type: "ping" });
      await session.hears({ type: "pong" });
    },
  },
  {
    id: "P9.6-silence",
    title: "a side that was silent for 15 s is sent a ping; after 45 s the session is lost",
    waits: 45,
    async run(scene) {
      const { alice, bob } = await meet(scene);
      const session = await bob.opens(alice);
      const since = performance.now();
      await scene.step("a ping comes after 15 s", async () => {
        await sleep(13_500);
        await session.hears({ type: "ping" });
        const after = (performance.now() - since) / 1000;
        if (after < 14.8)
          scene.fails({ expected: "a ping after 15 s", received: `one after ${after.toFixed(1)} s` });
      });
      await session.connection.isClosedAfterSeconds(44.5, since);
      await alice.shows(/^disconnected from bob: ./);
    },
  },
  {
    id: "P9.6-bye",
    title: "a bye is answered by a bye; a connection that ends without one is lost, not ended",
    async run(scene) {
      const { alice, bob } = await meet(scene);
      const session = await bob.opens(alice);
      await session.saysBye();
      await alice.shows("disconnected from bob");
      const lost = await bob.opens(alice);
      await lost.breaks();
      await alice.shows(/^disconnected from bob: ./);
    },
  },
  {
    id: "P9.6-last-acks",
    title: "who says bye reads on: an acknowledgement behind it still counts",
    likelyCause: "The connection is closed together with the goodbye.",
    async run(scene) {
      const { alice, bob } = await meet(scene);
      const session = await bob.opens(alice);
      await alice.enters("/msg bob last words");
      const id = await session.hearsMessage("last words");
      await alice.enters("/quit");
      await session.hears({ type: "bye" });
      await session.saysAll([{ type: "ack", id }, { type: "bye" }]);
      await alice.shows("delivered to bob: 1");
      await session.isClosed();
      await alice.endsWith(0);
    },
  },
]);
