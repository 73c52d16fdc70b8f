import { readFileSync } from "node:fs";
import { expect } from "chai";
import {
  BEACON_LABEL,
  BEACON_MAX_BYTES,
  isPeerName,
  isTeam,
  makeBeacon,
  openBeacon,
  parseBeacon,
} from "./beacons.ts";
import { decryptToken, encryptToken } from "./fernet.ts";
import { identityOf, isSignedBy } from "./identity.ts";

const vectors = JSON.parse(readFileSync(new URL("../tests/vectors/lan.json", import.meta.url), "utf8"));
const teamKey = Buffer.from(vectors.beacons.teamKey, "hex");
const alice = identityOf(vectors.keys.alice.pem);
const NOW = 1_764_360_042_500;

const CONTENT = {
  type: "beacon" as const,
  name: "alice",
  team: "rocket",
  address: "10.0.0.1:5000",
  session: 1_764_360_000_000,
  seq: 7,
};

describe("beacons", () => {
  it("P8.5 a beacon is one token of a body and its signature", () => {
    if (alice === undefined) throw new Error("no key");
    const token = makeBeacon(CONTENT, alice, teamKey, NOW);
    const opened = decryptToken(teamKey, token);
    expect(opened?.seconds).to.equal(1_764_360_042);
    const { body, signature } = JSON.parse(opened?.plaintext.toString() ?? "");
    expect(body).to.equal(
      `{"type":"beacon","name":"alice","team":"rocket","address":"10.0.0.1:5000","session":1764360000000,"seq":7,"key":"${vectors.keys.alice.spki}"}`,
    );
    const bytes = Buffer.from(signature, "base64");
    expect(isSignedBy(alice, BEACON_LABEL, Buffer.from(body), bytes)).to.equal(true);
  });

  it("P8.5 has the members, in their order, of the known answer", () => {
    const [first] = vectors.beacons.cases;
    const known = JSON.parse(decryptToken(teamKey, first.datagram)?.plaintext.toString() ?? "");
    const { key, ...content } = JSON.parse(known.body);
    if (alice === undefined) throw new Error("no key");
    const made = decryptToken(teamKey, makeBeacon(content, alice, teamKey, NOW));
    expect(JSON.parse(made?.plaintext.toString() ?? "").body).to.equal(known.body);
    expect(key).to.equal(vectors.keys.alice.spki);
  });

  it("P8.5 the longest beacon fits into one datagram", () => {
    if (alice === undefined) throw new Error("no key");
    const longest = {
      type: "beacon" as const,
      name: "n".repeat(32),
      team: "t".repeat(32),
      address: "[2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff]:65535",
      session: 2 ** 53 - 1,
      seq: 2 ** 53 - 1,
    };
    const token = makeBeacon(longest, alice, teamKey, NOW);
    expect(token.length).to.be.at.most(BEACON_MAX_BYTES);
    const opened = openBeacon(Buffer.from(token), teamKey);
    const claim = parseBeacon(opened?.plaintext ?? Buffer.alloc(0), 2 ** 53);
    expect(claim?.content).to.deep.equal(longest);
  });

  it("a datagram with bytes outside of ASCII is no token", () => {
    expect(openBeacon(Buffer.from([0xff, 0x80, 0x41]), teamKey)).to.equal(undefined);
  });

  it("P8.1 names and teams", () => {
    for (const name of ["a", "Bob_2-x", "n".repeat(32)]) expect(isPeerName(name), name).to.equal(true);
    for (const name of ["", "n".repeat(33), "a b", "you", "YOU", "all", "All", "ö", "a\n", 5, undefined])
      expect(isPeerName(name), String(name)).to.equal(false);
    for (const team of ["rocket", "R", "all", "you", "t".repeat(32)])
      expect(isTeam(team), team).to.equal(true);
    for (const team of ["", "t".repeat(33), "a b", "a\n", "ö", null])
      expect(isTeam(team), String(team)).to.equal(false);
  });

  it("P8.6 the name `all` has no right form", () => {
    if (alice === undefined) throw new Error("no key");
    const opened = openBeacon(
      Buffer.from(makeBeacon({ ...CONTENT, name: "All" }, alice, teamKey, NOW)),
      teamKey,
    );
    expect(parseBeacon(opened?.plaintext ?? Buffer.alloc(0), 1_764_360_042)).to.equal(undefined);
  });

  it("P8.6 a session is at most 30 s later than the token's time", () => {
    if (alice === undefined) throw new Error("no key");
    for (const [session, isRight] of [
      [1_764_360_072_000, true],
      [1_764_360_072_001, false],
      [0, true],
    ] as const) {
      const token = makeBeacon({ ...CONTENT, session }, alice, teamKey, NOW);
      const opened = openBeacon(Buffer.from(token), teamKey);
      const claim = parseBeacon(opened?.plaintext ?? Buffer.alloc(0), opened?.seconds ?? 0);
      expect(claim !== undefined, String(session)).to.equal(isRight);
    }
  });

  it("P8.5 a body with half of a character has no bytes that could be signed", () => {
    const body = JSON.stringify({ ...CONTENT, key: "", more: "x" });
    for (const [text, isRight] of [
      [body, true],
      [body.replace("x", "\ud800"), false],
    ] as const) {
      const plaintext = Buffer.from(JSON.stringify({ body: text, signature: "" }));
      expect(parseBeacon(plaintext, 1_764_360_042) !== undefined).to.equal(isRight);
    }
  });

  it("survives whatever JSON stands under the team's key", () => {
    for (const text of ['{"body":"{}","signature":""}', "[]", '"x"', "1", "null", "{}", "[".repeat(700)])
      expect(parseBeacon(Buffer.from(text), 1)).to.equal(undefined);
    expect(encryptToken(teamKey, Buffer.alloc(0), 1)).to.be.a("string");
  });
});
