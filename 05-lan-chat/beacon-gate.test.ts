import { readFileSync } from "node:fs";
import { expect } from "chai";
import { BeaconGate, type BeaconGateOptions, DROP_REASONS, type Judgement } from "./beacon-gate.ts";
import { type BeaconContent, makeBeacon } from "./beacons.ts";
import { encryptToken } from "./fernet.ts";
import { type Identity, identityOf } from "./identity.ts";

interface Case {
  name: string;
  datagram: string;
  size: number;
  source: string;
  now: number;
  own: string;
  state: { session: number; seq: number } | null;
  expect: string;
  accepted?: { session: number; seq: number };
}

const vectors = JSON.parse(readFileSync(new URL("../tests/vectors/lan.json", import.meta.url), "utf8"));
const { cases, run, team } = vectors.beacons as { cases: Case[]; run: { steps: Case[] }; team: string };
const teamKey = Buffer.from(vectors.beacons.teamKey, "hex");
const NOW = 1_764_360_042_500;

function identity(name: string): Identity {
  const found = identityOf(vectors.keys[name].pem);
  if (found === undefined) throw new Error(`the key of ${name} was refused`);
  return found;
}

const alice = identity("alice");
const carol = identity("carol");
const CONTENT: BeaconContent = {
  type: "beacon",
  name: "alice",
  team,
  address: "10.0.0.1:5000",
  session: 1_764_360_000_000,
  seq: 7,
};

function gateOf(own = "bob", options: Partial<BeaconGateOptions> = {}): BeaconGate {
  const ownFingerprint = vectors.keys[own].fingerprint;
  const isPinned = () => false;
  const hasPlace = () => true;
  return new BeaconGate({ team, teamKey, ownFingerprint, isPinned, hasPlace, ...options });
}

/** `accept`, or why it was dropped. */
function answer(judgement: Judgement): string {
  return judgement.kind === "accepted" ? "accept" : judgement.reason;
}

/** What the gate makes of alice's beacon with other members. */
function says(gate: BeaconGate, content: Partial<BeaconContent>, nowMs = NOW, key = alice): string {
  const whole = { ...CONTENT, ...content };
  const source = whole.address.replace(/:\d+$/, "");
  return answer(gate.judge(Buffer.from(makeBeacon(whole, key, teamKey, nowMs)), source, nowMs));
}

function expectJudgement(judgement: Judgement, { expect: expected, accepted }: Case): void {
  expect(answer(judgement)).to.equal(expected);
  if (judgement.kind !== "accepted") return;
  const { session, seq } = judgement.beacon;
  expect({ session, seq }).to.deep.equal(accepted);
}

describe("which datagrams are beacons that count", () => {
  for (const known of cases) {
    it(`P8.6 ${known.expect}: ${known.name}`, () => {
      const gate = gateOf(known.own);
      if (known.state !== null && known.own !== "alice")
        expect(says(gate, { ...known.state, address: `${known.source}:5000` })).to.equal("accept");
      const datagram = Buffer.from(known.datagram, "utf8");
      expect(datagram.length).to.equal(known.size);
      const before = { ...gate.dropped };
      expectJudgement(gate.judge(datagram, known.source, known.now), known);
      // It is counted under its reason, and under no other.
      for (const reason of DROP_REASONS)
        expect(gate.dropped[reason] - before[reason], reason).to.equal(reason === known.expect ? 1 : 0);
    });
  }

  it("P8.6 one receiver, many datagrams: what was dropped changes nothing", () => {
    const gate = gateOf();
    for (const step of run.steps) {
      const judgement = gate.judge(Buffer.from(step.datagram), step.source, step.now);
      expect(answer(judgement), step.name).to.equal(step.expect);
      expectJudgement(judgement, step);
    }
    expect(gate.accepted).to.equal(run.steps.filter(({ accepted }) => accepted !== undefined).length);
  });

  it("P8.6 what was dropped can come again and be right", () => {
    let hasPlace = false;
    const gate = gateOf("bob", { hasPlace: () => hasPlace });
    expect(says(gate, {})).to.equal("full");
    hasPlace = true;
    expect(says(gate, {})).to.equal("accept");
  });

  it("P8.6 seq is compared for each address by itself, session for the key", () => {
    const gate = gateOf();
    expect(says(gate, { seq: 8, address: "10.0.0.1:5000" })).to.equal("accept");
    expect(says(gate, { seq: 7, address: "10.1.0.1:5000" })).to.equal("accept");
    expect(says(gate, { seq: 8, address: "10.1.0.1:5000" })).to.equal("accept");
    expect(says(gate, { seq: 8, address: "10.0.0.1:5000" })).to.equal("repeated");
    expect(says(gate, { seq: 99, session: CONTENT.session - 1, address: "10.2.0.1:5000" })).to.equal("old");
    // A later session begins anew on all addresses.
    expect(says(gate, { seq: 1, session: CONTENT.session + 1, address: "10.1.0.1:5000" })).to.equal("accept");
    expect(says(gate, { seq: 2, session: CONTENT.session + 1, address: "10.0.0.1:5000" })).to.equal("accept");
  });

  it("P8.6 a goodbye ends its session for all addresses, and a later session brings the key back", () => {
    const gate = gateOf();
    expect(says(gate, { seq: 7, address: "10.0.0.1:5000" })).to.equal("accept");
    expect(says(gate, { seq: 8, address: "10.1.0.1:5000" })).to.equal("accept");
    expect(says(gate, { seq: 9, type: "bye" })).to.equal("accept");
    expect(says(gate, { seq: 10, type: "bye", address: "10.1.0.1:5000" })).to.equal("ended");
    expect(says(gate, { seq: 11 })).to.equal("ended");
    expect(says(gate, { seq: 11, address: "10.1.0.1:5000" })).to.equal("ended");
    expect(says(gate, { seq: 11, address: "10.2.0.1:5000" })).to.equal("ended");
    expect(says(gate, { seq: 9 })).to.equal("repeated");
    expect(says(gate, { seq: 8 })).to.equal("old");
    expect(says(gate, { seq: 1, session: CONTENT.session + 1 })).to.equal("accept");
  });

  it("a goodbye of a key that was never heard ends its session, and needs no place", () => {
    const gate = gateOf("bob", { hasPlace: () => false });
    expect(says(gate, { seq: 7, type: "bye" })).to.equal("accept");
    expect(says(gate, { seq: 8 })).to.equal("ended");
  });

  it("memory for addresses is bounded, and what was heard from one that is not kept stays old", () => {
    const gate = gateOf();
    for (let host = 1; host <= 9; host++)
      expect(says(gate, { seq: host, address: `10.0.0.${host}:5000` })).to.equal("accept");
    expect(says(gate, { seq: 1, address: "10.0.0.1:5000" })).to.equal("old");
    expect(says(gate, { seq: 2, address: "10.0.0.2:5000" })).to.equal("repeated");
    expect(says(gate, { seq: 2, address: "10.0.0.1:5000" })).to.equal("accept");
  });

  it("P8.8 says if the session is new", () => {
    const gate = gateOf();
    const isNew = (content: Partial<BeaconContent>): boolean | undefined => {
      const token = makeBeacon({ ...CONTENT, ...content }, alice, teamKey, NOW);
      const judgement = gate.judge(Buffer.from(token), "10.0.0.1", NOW);
      return judgement.kind === "accepted" ? judgement.isNewSession : undefined;
    };
    expect(isNew({})).to.equal(true);
    expect(isNew({ seq: 8 })).to.equal(false);
    expect(isNew({ session: CONTENT.session + 1, seq: 1 })).to.equal(true);
  });

  it("P8.6 (session, seq) are kept for 61 s after a key was forgotten", () => {
    const gate = gateOf();
    const replayed = (nowMs: number): string => {
      // A token that is in time, whenever it is: only what is remembered speaks against it.
      const token = makeBeacon(CONTENT, alice, teamKey, nowMs);
      return answer(gate.judge(Buffer.from(token), "10.0.0.1", nowMs));
    };
    expect(replayed(NOW)).to.equal("accept");
    for (let second = 0; second < 600; second++) gate.tick(() => true, NOW + second * 1000);
    expect(replayed(NOW + 600_000)).to.equal("repeated");
    gate.tick(() => false, NOW + 600_000);
    gate.tick(() => false, NOW + 661_000);
    expect(replayed(NOW + 661_000)).to.equal("repeated");
    gate.tick(() => false, NOW + 661_001);
    expect(replayed(NOW + 661_001)).to.equal("accept");
  });

  it("P8.6 a key that is known again meanwhile is kept", () => {
    const gate = gateOf();
    expect(says(gate, {})).to.equal("accept");
    gate.tick(() => false, NOW);
    gate.tick(() => true, NOW + 30_000);
    gate.tick(() => false, NOW + 62_000);
    expect(says(gate, {}, NOW + 62_000)).to.equal("repeated");
  });

  it("P8.6 a clock that is off is spoken of once a minute and source", () => {
    const gate = gateOf();
    const note = (secondsOff: number, host: string, nowMs: number): string | undefined => {
      const token = encryptToken(teamKey, Buffer.from("x"), Math.floor(nowMs / 1000) + secondsOff);
      const judgement = gate.judge(Buffer.from(token), host, nowMs);
      expect(answer(judgement)).to.equal("time");
      return judgement.kind === "dropped" ? judgement.note : undefined;
    };
    expect(note(-300, "10.0.0.3", NOW)).to.equal("a beacon from 10.0.0.3 is 300 s old: is a clock wrong?");
    expect(note(60, "10.0.0.4", NOW)).to.equal("a beacon from 10.0.0.4 is 60 s ahead: is a clock wrong?");
    expect(note(-300, "10.0.0.3", NOW + 59_999)).to.equal(undefined);
    expect(note(-300, "10.0.0.3", NOW + 60_000)).to.be.a("string");
    expect(gate.dropped.time).to.equal(4);
    // A flood of sources is not a flood of sentences.
    let notes = 0;
    for (let host = 0; host < 1000; host++)
      if (note(-300, `10.1.${host >> 8}.${host & 255}`, NOW + 60_000) !== undefined) notes++;
    expect(notes).to.be.at.most(64);
  });

  it("P8.6 nothing is said of a datagram from another team whose time is off", () => {
    const token = encryptToken(Buffer.alloc(32), Buffer.from("x"), 1);
    expect(gateOf().judge(Buffer.from(token), "10.0.0.3", NOW)).to.deep.equal({
      kind: "dropped",
      reason: "token",
    });
  });

  it("P8.10 at most 20 signatures a second and address are checked: the 21st is `rate`", () => {
    const gate = gateOf();
    // Whoever has the team's key can make us check: these say another address than they come from.
    const moved = (seq: number): Buffer => Buffer.from(makeBeacon({ ...CONTENT, seq }, carol, teamKey, NOW));
    const answers = Array.from({ length: 25 }, (_, i) => answer(gate.judge(moved(i + 1), "10.0.0.9", NOW)));
    expect(answers.slice(0, 20)).to.deep.equal(Array(20).fill("address"));
    expect(answers.slice(20)).to.deep.equal(Array(5).fill("rate"));
    // Others are heard all the same, and so is this address, a second later.
    expect(says(gate, {})).to.equal("accept");
    expect(answer(gate.judge(moved(200), "10.0.0.9", NOW + 1000))).to.equal("address");
  });

  it("P8.10 a pinned key is heard while 150 others use up what is left", () => {
    const gate = gateOf("bob", { isPinned: (fingerprint) => fingerprint === carol.fingerprint });
    for (let i = 0; i < 160; i++) {
      const address = `10.0.${i >> 4}.1:5000`;
      expect(says(gate, { seq: i + 1, address })).to.equal(i < 150 ? "accept" : "rate");
    }
    expect(says(gate, { name: "carol", address: "10.9.0.1:5000" }, NOW, carol)).to.equal("accept");
  });

  it("P9.13 what fails before the signature is checked as often as it comes", () => {
    const gate = gateOf();
    expect(says(gate, {})).to.equal("accept");
    const again = Buffer.from(makeBeacon(CONTENT, alice, teamKey, NOW));
    for (let i = 0; i < 500; i++) expect(answer(gate.judge(again, "10.0.0.1", NOW))).to.equal("repeated");
    expect(gate.dropped.rate).to.equal(0);
    expect(says(gate, { seq: 8 })).to.equal("accept");
  });
});
