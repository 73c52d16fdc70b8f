import { assert } from "chai";
import { datagramOf, KNOWN, lanCapture, TEAM } from "../testing/lan-capture.ts";
import { letterIn, openLetter, readerOf } from "./letters.ts";
import type { StreamLine } from "./stream-lines.ts";
import { beaconIn, beaconWords, openHellos, openToken, teamKeyFrom } from "./team-tokens.ts";

const KEY = Buffer.from(TEAM.key, "hex");

function beaconOf(name: string) {
  const opened = openToken(Buffer.from(datagramOf(name), "latin1"), KEY);
  return opened === undefined ? undefined : beaconIn(opened);
}

describe("what the team's key opens", () => {
  it("comes from the first line of the passphrase's file", async () => {
    for (const text of ["", "\n", "\r\n", "\r\nmore\n"])
      assert.equal((await teamKeyFrom(TEAM.passphrase + text, TEAM.team))?.toString("hex"), TEAM.key);
    assert.notEqual((await teamKeyFrom(`${TEAM.passphrase} \n`, TEAM.team))?.toString("hex"), TEAM.key);
    assert.notEqual((await teamKeyFrom(TEAM.passphrase, "Rocket"))?.toString("hex"), TEAM.key);
    for (const empty of ["", "\n", "\r\n", "\nsecond"])
      assert.isUndefined(await teamKeyFrom(empty, TEAM.team));
  });

  it("is a beacon, and whether its signature is right", () => {
    const beacon = beaconOf("valid, nothing known of the key");
    assert.equal(beacon?.signature, "right");
    assert.equal(beacon?.object.name, "alice");
    assert.equal(beacon && beaconWords(beacon), "beacon 7 of alice, signed, at 10.0.0.1:5000");
    assert.isUndefined(
      openToken(Buffer.from(datagramOf("valid, nothing known of the key")), Buffer.alloc(32, 1)),
    );
  });

  it("is a beacon with a wrong signature, for each reason for which one is refused", () => {
    const wrong = KNOWN.beacons.cases.filter(({ expect }) => expect === "signature");
    assert.isAtLeast(wrong.length, 5);
    for (const { name } of wrong) assert.equal(beaconOf(name)?.signature, "wrong", name);
    const accepted = KNOWN.beacons.cases.filter(({ expect }) => expect === "accept");
    assert.isAtLeast(accepted.length, 5);
    for (const { name } of accepted) assert.equal(beaconOf(name)?.signature, "right", name);
  });

  it("is nothing that has another form", () => {
    for (const text of [
      "",
      "no JSON",
      "{}",
      '{"body":1}',
      '{"body":"x"}',
      '{"body":"{\\"type\\":\\"hello\\"}"}',
    ])
      assert.isUndefined(beaconIn(Buffer.from(text)), text);
  });

  it("is the first token of each side of a session, and none of those behind", () => {
    for (const { hellos, helloTokens, records } of KNOWN.sessions) {
      const lines = [...helloTokens, ...records.map(({ token }) => token), ...helloTokens].map(
        (token, index): StreamLine => ({
          kind: "line",
          from: index % 2 === 0 ? "a" : "b",
          bytes: Buffer.from(index === 1 ? `${token}\r` : token),
          packet: index,
          time: 0n,
          firstPacket: index,
        }),
      );
      const opened = [...openHellos(lines, KEY).values()];
      assert.deepEqual(
        opened.map((one) => ("line" in one ? one.line.toString() : one.problem)),
        hellos,
      );
      assert.deepEqual(
        [...openHellos(lines, Buffer.alloc(32)).values()],
        [0, 1].map(() => ({ problem: "not sealed with this team's key" })),
      );
    }
  });
});

describe("a letter (P9.8)", () => {
  const cases = KNOWN.letters.cases;
  const letterOf = ({ body, signature }: (typeof cases)[number], end = "\n") =>
    letterIn(Buffer.from(`${JSON.stringify({ type: "letter", body, signature })}${end}`));

  it("opens with its recipient's identity: what the known answers say is in it", () => {
    const accepted = cases.filter(({ expect, plaintext }) => expect === "accept" && plaintext !== undefined);
    assert.isAtLeast(accepted.length, 2);
    for (const one of accepted) {
      const letter = letterOf(one);
      const reader = readerOf(KNOWN.keys[one.reader]?.pem ?? "");
      assert.isDefined(letter, one.name);
      if (letter === undefined || reader === undefined) continue;
      const opened = openLetter(letter, reader);
      assert.equal(
        "plaintext" in opened ? opened.plaintext.toString() : opened.problem,
        one.plaintext,
        one.name,
      );
    }
  });

  it("opens with nobody else's, and says why", () => {
    const [one] = cases;
    const [letter, carol] = [one && letterOf(one, ""), readerOf(KNOWN.keys.carol?.pem ?? "")];
    if (letter === undefined || carol === undefined) throw new Error("no letter");
    assert.match(JSON.stringify(openLetter(letter, carol)), /it is for .{43}, and this identity is /);
    // Who writes their own name on it gains nothing.
    const forged = { ...letter, object: { ...letter.object, to: carol.fingerprint } };
    assert.deepEqual(openLetter(forged, carol), { problem: "its key is not sealed for this identity" });
  });

  it("is no letter, and no identity, what has another form", () => {
    for (const text of [
      "",
      "{}",
      '{"type":"letter"}',
      '{"type":"letter","body":"{}"}',
      '{"type":"room","body":"{}"}',
    ])
      assert.isUndefined(letterIn(Buffer.from(text)), text);
    assert.isUndefined(letterIn(lanCapture()));
    for (const pem of ["", "no", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
      assert.isUndefined(readerOf(pem), pem);
  });
});
