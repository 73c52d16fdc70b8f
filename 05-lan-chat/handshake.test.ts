import { expect } from "chai";
import {
  type KnownSession,
  knownIdentity,
  LAN,
  otherRole,
  TEAM,
  TEAM_KEY,
} from "../tests/support/lan-sessions.ts";
import { fromTokenText } from "./base64.ts";
import { modPow } from "./diffie-hellman.ts";
import { decryptToken, encryptToken } from "./fernet.ts";
import { modp2048 } from "./groups.ts";
import {
  type Drawing,
  Handshake,
  type HandshakeFailure,
  type HandshakeGate,
  type HandshakeStep,
  type OwnSide,
} from "./handshake.ts";
import { type Hello, helloText, parseHello, type Role } from "./hello.ts";
import { checkProof, makeProof } from "./proof.ts";
import { TokenOpener, TokenSealer } from "./sealed-tokens.ts";

const ROLES = ["initiator", "responder"] as const;

const OPEN_GATE: HandshakeGate = { mayAnswer: () => true, mayEnter: () => true };

/** One side of a known session, that draws what it has drawn then. */
function knownSide(known: KnownSession, role: Role, gate = OPEN_GATE): Handshake {
  const index = role === "initiator" ? 0 : 1;
  const token = known.helloTokens[index] ?? "";
  const hello = helloIn(token, role);
  const privateKey = BigInt(`0x${role === "initiator" ? known.initiatorPrivate : known.responderPrivate}`);
  const ivs = [fromTokenText(token)?.subarray(9, 25)];
  const drawing: Drawing = {
    nonce: () => Buffer.from(hello.nonce, "hex"),
    keyPair: () => ({ privateKey, publicKey: modPow(modp2048.generator, privateKey, modp2048.prime) }),
    iv: () => ivs.shift(),
  };
  const own: OwnSide = {
    identity: knownIdentity(known[role]),
    name: hello.from,
    team: TEAM,
    teamKey: TEAM_KEY,
    address: hello.address,
  };
  const seconds = decryptToken(TEAM_KEY, token)?.seconds ?? 0;
  return new Handshake(role, own, gate, hello.to, () => seconds, drawing);
}

function helloIn(token: string, sender: Role): Hello {
  const hello = parseHello(decryptToken(TEAM_KEY, token)?.plaintext ?? Buffer.of(), sender, TEAM);
  if (hello === undefined) throw new Error("no hello");
  return hello;
}

/** A side of a known session once both hellos have passed. */
function afterHellos(known: KnownSession, role: Role, gate = OPEN_GATE): Handshake {
  const side = knownSide(known, role, gate);
  if (role === "initiator") side.start();
  const step = side.receive(known.helloTokens[role === "initiator" ? 1 : 0]);
  if (step.kind !== "going-on") throw new Error(`the hello was not answered: ${step.kind}`);
  return side;
}

/** The key under which a side sends. */
function keyOf(known: KnownSession, role: Role): Buffer {
  return Buffer.from(known.keys[role], "hex");
}

/** P9.4: one sealed error, whatever was wrong. */
function expectRefused(step: HandshakeStep, known: KnownSession, role: Role, seq: number): HandshakeFailure {
  if (step.kind !== "failed") throw new Error(`it was not refused: ${step.kind}`);
  const opened = decryptToken(keyOf(known, role), step.send ?? "");
  expect(opened?.plaintext.toString()).to.equal(`{"seq":${seq},"type":"error","code":"bad-record"}`);
  return step.failure;
}

/** Two sides that know nothing of each other yet. The responder is called by its key. */
function twoSides(
  gates: Partial<Record<Role, HandshakeGate>> = {},
  called = knownIdentity("bob").fingerprint,
): Record<Role, Handshake> {
  const side = (role: Role, name: string): Handshake =>
    new Handshake(
      role,
      { identity: knownIdentity(name), name, team: TEAM, teamKey: TEAM_KEY, address: "10.0.0.1:5000" },
      gates[role] ?? OPEN_GATE,
      role === "initiator" ? called : "",
      () => 0,
    );
  return { initiator: side("initiator", "alice"), responder: side("responder", "bob") };
}

/** What a step says to send. */
function sent(step: HandshakeStep): string {
  if (step.send === undefined) throw new Error(`nothing is sent: ${step.kind}`);
  return step.send;
}

describe("handshakes", () => {
  for (const [i, known] of LAN.sessions.entries()) {
    it(`P9.2 P9.4 go as known session ${i + 1}, in both roles`, () => {
      const initiator = knownSide(known, "initiator");
      expect(initiator.start()).to.equal(known.helloTokens[0]);
      const responder = knownSide(known, "responder");
      const answer = responder.receive(known.helloTokens[0]);
      expect(sent(answer)).to.equal(known.helloTokens[1]);
      expect(responder.othersHello?.from).to.equal(known.initiator);

      const proof = initiator.receive(known.helloTokens[1]);
      expect(proof.kind).to.equal("going-on");
      for (const [role, side, step] of [
        ["initiator", initiator, proof],
        ["responder", responder, responder.receive(known.proofs[0].token)],
      ] as const) {
        const object = new TokenOpener(keyOf(known, role)).open(sent(step)) ?? { type: "" };
        const prover = checkProof(object, role, Buffer.from(known.salt, "hex"));
        expect(prover?.fingerprint).to.equal(LAN.keys[known[role]]?.fingerprint);
        const last = role === "responder" ? step : side.receive(known.proofs[1].token);
        if (last.kind !== "complete") throw new Error(`${role}: ${last.kind}`);
        const { peer, name, address, opener, sealer } = last.proven;
        const other = otherRole(role);
        expect(peer.fingerprint).to.equal(LAN.keys[known[other]]?.fingerprint);
        expect(name).to.equal(known[other]);
        expect(address).to.equal(JSON.parse(known.hellos[role === "initiator" ? 1 : 0]).address);
        const records = known.records.filter(({ sender }) => sender === other);
        for (const { plaintext, token } of records)
          expect(opener.open(token)).to.deep.equal(JSON.parse(plaintext));
        const ping = decryptToken(keyOf(known, role), sealer.seal({ type: "ping" }));
        expect(ping?.plaintext.toString()).to.equal('{"seq":1,"type":"ping"}');
      }
    });

    for (const { name, sender, token } of known.refusedProofs) {
      it(`P9.4 of known session ${i + 1} refuse from the ${sender}: ${name}`, () => {
        const receiver = otherRole(sender);
        const step = afterHellos(known, receiver).receive(token);
        expectRefused(step, known, receiver, receiver === "initiator" ? 1 : 0);
      });
    }
  }

  it("P9.4 are refused by whoever was not called, though the proof is right, and by the caller of another", () => {
    const known = LAN.wrongCallee;
    const atBob = afterHellos(known, "responder").receive(known.proofs[0].token);
    expect(expectRefused(atBob, known, "responder", 0)).to.equal("not-ours");
    const atAlice = afterHellos(known, "initiator").receive(known.proofs[1].token);
    expect(expectRefused(atAlice, known, "initiator", 1)).to.equal("not-called");
  });

  it("P9.4 work between two that draw everything anew, also if only an address is known", () => {
    for (const called of [knownIdentity("bob").fingerprint, ""]) {
      const { initiator, responder } = twoSides({}, called);
      const proof = initiator.receive(sent(responder.receive(initiator.start())));
      const atResponder = responder.receive(sent(proof));
      const atInitiator = initiator.receive(sent(atResponder));
      if (atResponder.kind !== "complete" || atInitiator.kind !== "complete") throw new Error("not complete");
      const [one, other] = [atInitiator.proven, atResponder.proven];
      expect(other.opener.open(one.sealer.seal({ type: "message" }))).to.deep.equal({
        seq: 1,
        type: "message",
      });
      expect(one.opener.open(other.sealer.seal({ type: "ack" }))).to.deep.equal({ seq: 1, type: "ack" });
    }
  });

  it("P9.2 end without a word if the hello is wrong, or is not to be answered", () => {
    const start = (): string => twoSides().initiator.start();
    const hello = decryptToken(TEAM_KEY, start())?.plaintext ?? Buffer.of();
    const wrong: string[] = [
      "",
      "gAAA",
      start().replace(/....=*$/, "AAAA"),
      encryptToken(Buffer.alloc(32), hello, 0),
      encryptToken(TEAM_KEY, Buffer.from('{"type":"hello"}'), 0),
      encryptToken(TEAM_KEY, Buffer.from('{"type":"error","code":"bad-record"}'), 0),
    ];
    for (const token of wrong)
      expect(twoSides().responder.receive(token)).to.deep.equal({ kind: "failed", failure: "silent" });
    const closed: HandshakeGate = { mayAnswer: () => false, mayEnter: () => true };
    expect(twoSides({ responder: closed }).responder.receive(start())).to.deep.equal({
      kind: "failed",
      failure: "silent",
    });
    // The time of a hello is not looked at.
    expect(twoSides().responder.receive(encryptToken(TEAM_KEY, hello, 2 ** 40)).kind).to.equal("going-on");
  });

  it("P9.2 end without a word if our own hello comes back, or its nonce or its key alone", () => {
    for (const change of [{}, { nonce: "0".repeat(32) }, { publicKey: 2n }]) {
      const { initiator } = twoSides();
      const own = helloIn(initiator.start(), "initiator");
      const token = encryptToken(TEAM_KEY, Buffer.from(helloText({ ...own, to: "", ...change })), 0);
      expect(initiator.receive(token)).to.deep.equal({ kind: "failed", failure: "silent" });
    }
  });

  it("P9.4 are refused with our own key", () => {
    const { initiator, responder } = twoSides({}, "");
    const answer = sent(responder.receive(initiator.start()));
    // Somebody has our key: alice's own, at both ends.
    const proof = initiator.receive(answer);
    expect(proof.kind).to.equal("going-on");
    const alice = knownIdentity("alice");
    const own = { identity: alice, name: "alice2", team: TEAM, teamKey: TEAM_KEY, address: "10.0.0.1:5001" };
    const caller = new Handshake("initiator", own, OPEN_GATE, "", () => 0);
    const called = new Handshake("responder", { ...own, name: "alice" }, OPEN_GATE, "", () => 0);
    const step = called.receive(sent(caller.receive(sent(called.receive(caller.start())))));
    expect(step).to.include({ kind: "failed", failure: "self" });
  });

  it("P9.4 P9.5 are answered like a bad proof if the key is not let in, and nothing is signed", () => {
    const asked: [string, string][] = [];
    const gate: HandshakeGate = {
      mayAnswer: () => true,
      mayEnter: (peer, name) => {
        asked.push([peer.fingerprint, name]);
        return false;
      },
    };
    const bad: string[] = [];
    for (const isWrongProof of [false, true]) {
      const { initiator, responder } = twoSides({ responder: gate });
      const proof = sent(initiator.receive(sent(responder.receive(initiator.start()))));
      const step = responder.receive(isWrongProof ? proof.replace(/....=*$/, "AAAA") : proof);
      if (step.kind !== "failed") throw new Error("it was let in");
      expect(initiator.receive(sent(step))).to.deep.equal({ kind: "failed", failure: "refused" });
      bad.push(sent(step));
    }
    expect(asked).to.deep.equal([[knownIdentity("alice").fingerprint, "alice"]]);
    expect(bad[0]?.length).to.equal(bad[1]?.length);

    const { initiator, responder } = twoSides({ initiator: gate });
    const last = responder.receive(sent(initiator.receive(sent(responder.receive(initiator.start())))));
    expect(initiator.receive(sent(last))).to.include({ kind: "failed", failure: "not-allowed" });
  });

  it("P9.4 accept nothing else before both proofs are right", () => {
    const [known] = LAN.sessions;
    if (known === undefined) throw new Error("no known session");
    for (const role of ROLES) {
      for (const object of [
        { type: "ping" },
        { type: "bye" },
        { type: "message", id: "0".repeat(32), to: "you", text: "hi" },
      ]) {
        const token = new TokenSealer(keyOf(known, otherRole(role)), () => 0).seal(object);
        expectRefused(afterHellos(known, role).receive(token), known, role, role === "initiator" ? 1 : 0);
      }
      const proof = makeProof(knownIdentity("mallory"), otherRole(role), Buffer.from(known.salt, "hex"));
      const second = new TokenSealer(keyOf(known, otherRole(role)), () => 0);
      second.seal({ type: "ping" });
      expectRefused(
        afterHellos(known, role).receive(second.seal(proof)),
        known,
        role,
        role === "initiator" ? 1 : 0,
      );
      expectRefused(afterHellos(known, role).refuse(), known, role, role === "initiator" ? 1 : 0);
    }
    expect(knownSide(known, "responder").refuse()).to.deep.equal({ kind: "failed", failure: "silent" });
  });

  it("P9.2 draw a fresh nonce and a fresh key for each", () => {
    const hellos = [1, 2].map(() => helloIn(twoSides().initiator.start(), "initiator"));
    expect(hellos[0]?.nonce).to.not.equal(hellos[1]?.nonce);
    expect(hellos[0]?.publicKey).to.not.equal(hellos[1]?.publicKey);
  });

  it("P9.2 cost a responder no key before a right hello has come", () => {
    let drawn = 0;
    const drawing: Drawing = {
      nonce: () => Buffer.alloc(16),
      keyPair: () => {
        drawn += 1;
        return { privateKey: 5n, publicKey: 32n };
      },
      iv: () => undefined,
    };
    const bob = {
      identity: knownIdentity("bob"),
      name: "bob",
      team: TEAM,
      teamKey: TEAM_KEY,
      address: "[::1]:5000",
    };
    new Handshake("responder", bob, OPEN_GATE, "", () => 0, drawing).receive("gAAA");
    expect(drawn).to.equal(0);
    new Handshake("responder", bob, OPEN_GATE, "", () => 0, drawing).receive(twoSides().initiator.start());
    expect(drawn).to.equal(1);
  });
});
