import { expect } from "chai";
import { LAN, TEAM, TEAM_KEY } from "../tests/support/lan-sessions.ts";
import { decryptToken } from "./fernet.ts";
import { modp2048 } from "./groups.ts";
import { helloText, parseHello } from "./hello.ts";
import { encodeInteger } from "./integers.ts";

const [first] = LAN.sessions;
const FROM_ALICE = JSON.parse(first?.hellos[0] ?? "") as Record<string, unknown>;
const FROM_BOB = JSON.parse(first?.hellos[1] ?? "") as Record<string, unknown>;

function bytesOf(object: unknown): Buffer {
  return Buffer.from(JSON.stringify(object));
}

function hex(integer: bigint): string {
  return encodeInteger(integer, modp2048.bytes).toString("hex");
}

describe("hellos", () => {
  for (const [i, known] of [...LAN.sessions, LAN.wrongCallee].entries()) {
    it(`P9.2 are those of known session ${i + 1}`, () => {
      for (const [j, role] of (["initiator", "responder"] as const).entries()) {
        const opened = decryptToken(TEAM_KEY, known.helloTokens[j] ?? "");
        expect(opened?.plaintext.toString()).to.equal(known.hellos[j]);
        const hello = parseHello(opened?.plaintext ?? Buffer.of(), role, TEAM);
        if (hello === undefined) throw new Error("a known hello was refused");
        expect(helloText(hello)).to.equal(known.hellos[j]);
      }
    });
  }

  it("P9.2 may have other members in another order, which are passed over", () => {
    const { publicKey, ...rest } = FROM_ALICE;
    expect(parseHello(bytesOf({ more: [1], publicKey, ...rest }), "initiator", TEAM)?.from).to.equal("alice");
  });

  it("P9.2 P4.4 are refused if a member is wrong, or missing", () => {
    const changes: Record<string, unknown[]> = {
      type: ["Hello", "proof", 5],
      stage: ["04", "5", 5],
      from: ["", "you", "All", "a b", "a".repeat(33), 7, null],
      team: ["Rocket", "", 7],
      address: ["", "10.0.0.1", "10.0.0.1:0", "localhost:5000", "10.0.0.1:65536", 5000],
      to: [
        "alice",
        `${FROM_ALICE.to}A`,
        `${FROM_ALICE.to}`.slice(1),
        `${FROM_ALICE.to}`.replace(/.$/, "B"),
        null,
      ],
      nonce: ["", "ABCDEF".repeat(6).slice(0, 32), "0".repeat(31), "0".repeat(33), "0".repeat(34), 0],
      group: ["toy", "MODP2048", 14],
      publicKey: [
        "",
        hex(0n),
        hex(1n),
        hex(modp2048.prime - 1n),
        hex(modp2048.prime),
        hex(2n).toUpperCase().replace(/0/, "A"),
        hex(2n).slice(2),
        `00${hex(2n)}`,
        2,
      ],
    };
    for (const [member, values] of Object.entries(changes)) {
      for (const value of [...values, undefined])
        expect(
          parseHello(bytesOf({ ...FROM_ALICE, [member]: value }), "initiator", TEAM),
          `${member}: ${value}`,
        ).to.equal(undefined);
    }
    for (const key of [2n, modp2048.prime - 2n])
      expect(
        parseHello(bytesOf({ ...FROM_ALICE, publicKey: hex(key) }), "initiator", TEAM)?.publicKey,
      ).to.equal(key);
  });

  it("P9.2 name the key that is called, or none; those of a responder never name one", () => {
    const unknown = { ...FROM_ALICE, to: "" };
    expect(parseHello(bytesOf(unknown), "initiator", TEAM)?.to).to.equal("");
    expect(parseHello(bytesOf(FROM_BOB), "responder", TEAM)?.from).to.equal("bob");
    expect(parseHello(bytesOf({ ...FROM_BOB, to: FROM_ALICE.to }), "responder", TEAM)).to.equal(undefined);
  });

  it("P9.2 are refused if they are no JSON object", () => {
    for (const text of ["", "[]", "null", "7", '"hello"', "{", JSON.stringify([FROM_ALICE])])
      expect(parseHello(Buffer.from(text), "initiator", TEAM), text).to.equal(undefined);
    const notUtf8 = bytesOf({ ...FROM_ALICE, more: "x" });
    notUtf8[notUtf8.length - 3] = 0xff;
    expect(parseHello(notUtf8, "initiator", TEAM)).to.equal(undefined);
  });
});
