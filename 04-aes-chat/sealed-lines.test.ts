import { readFileSync } from "node:fs";
import { expect } from "chai";
import { parsePublicKey, sharedSecret } from "./diffie-hellman.ts";
import { modp2048 } from "./groups.ts";
import { deriveKeys, hkdf, transcriptHash } from "./key-schedule.ts";
import { parseObject } from "./messages.ts";
import { safetyNumber } from "./safety-number.ts";
import { Opener, Sealer } from "./sealed-lines.ts";

interface Session {
  alicePrivate: string;
  bobPrivate: string;
  handshake: [string, string, string, string];
  transcriptSha256: string;
  sharedSecret: string;
  keys: { initiatorKey: string; responderKey: string };
  safetyNumber: string;
  records: { sender: "initiator" | "responder"; plaintext: string; line: string }[];
}

const { sessions } = JSON.parse(
  readFileSync(new URL("../tests/vectors/sealed.json", import.meta.url), "utf8"),
) as {
  sessions: Session[];
};
const hex = (text: string): Buffer => Buffer.from(text, "hex");

describe("stage 04's keys and lines", () => {
  for (const [i, known] of sessions.entries()) {
    it(`P4.5 P4.6 P6.1 derive the keys of known session ${i + 1}`, () => {
      const [initiatorHello, responderHello, initiatorKey, responderKey] = known.handshake;
      const [alice, bob] = [initiatorKey, responderKey].map((line) =>
        parsePublicKey(parseObject(line).publicKey, modp2048),
      );
      const secret = sharedSecret(BigInt(`0x${known.alicePrivate}`), bob ?? 0n, modp2048);
      expect(secret.toString("hex")).to.equal(known.sharedSecret);
      expect(sharedSecret(BigInt(`0x${known.bobPrivate}`), alice ?? 0n, modp2048).equals(secret)).to.equal(
        true,
      );

      const hash = transcriptHash({ initiatorHello, responderHello, initiatorKey, responderKey });
      expect(hash.toString("hex")).to.equal(known.transcriptSha256);
      const keys = deriveKeys(secret, hash);
      expect(keys.initiator.toString("hex")).to.equal(known.keys.initiatorKey);
      expect(keys.responder.toString("hex")).to.equal(known.keys.responderKey);

      const [one, other] = [initiatorKey, responderKey].map((line) =>
        hex(String(parseObject(line).publicKey)),
      );
      expect(safetyNumber(one ?? hex(""), other ?? hex(""))).to.equal(known.safetyNumber);
    });

    it(`P6.2 P6.3 seal and open the lines of known session ${i + 1}`, () => {
      for (const sender of ["initiator", "responder"] as const) {
        const key = hex(known.keys[`${sender}Key`]);
        const records = known.records.filter((record) => record.sender === sender);
        const ivs = records.map(({ line }) => hex(String(parseObject(line).iv)));
        const sealer = new Sealer(key, () => ivs.shift() ?? hex(""));
        const opener = new Opener(key);
        for (const { plaintext, line } of records) {
          expect(sealer.seal(plaintext)).to.equal(line);
          expect(opener.open(parseObject(line))?.toString()).to.equal(plaintext);
        }
      }
    });
  }

  it("P6.1 use HKDF as RFC 5869, appendix A.1 and A.3", () => {
    const secret = hex("0b".repeat(22));
    expect(
      hkdf(secret, hex("000102030405060708090a0b0c"), hex("f0f1f2f3f4f5f6f7f8f9"), 42).toString("hex"),
    ).to.equal("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
    expect(hkdf(secret, hex(""), hex(""), 42).toString("hex")).to.equal(
      "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
    );
  });

  it("P6.1 give other keys when a line of the handshake was changed", () => {
    const transcript = { initiatorHello: "a", responderHello: "b", initiatorKey: "c", responderKey: "d" };
    const hash = transcriptHash(transcript);
    for (const line of Object.keys(transcript)) {
      expect(transcriptHash({ ...transcript, [line]: "x" }).equals(hash), line).to.equal(false);
    }
  });

  it("P6.2 draw a fresh IV for every line, so that equal lines look different", () => {
    const sealer = new Sealer(Buffer.alloc(64, 7));
    const [one, two] = [parseObject(sealer.seal("same")), parseObject(sealer.seal("same"))];
    expect(one.iv).to.match(/^[0-9a-f]{32}$/);
    expect(one.iv).to.not.equal(two.iv);
    expect(one.ciphertext).to.not.equal(two.ciphertext);
    expect([one.seq, two.seq]).to.deep.equal([0, 1]);
  });

  it("P6.3 refuse a line again, too early, reflected, or renumbered", () => {
    const sealer = new Sealer(Buffer.alloc(64, 7));
    const [first, second, third] = ["1", "2", "3"].map((line) => parseObject(sealer.seal(line)));
    if (first === undefined || second === undefined || third === undefined)
      throw new Error("three lines were sealed");
    const opener = new Opener(Buffer.alloc(64, 7));
    expect(opener.open(second), "too early").to.equal(undefined);
    expect(opener.open(first)?.toString()).to.equal("1");
    expect(opener.open(first), "again").to.equal(undefined);
    expect(opener.open({ ...first, seq: 1 }), "renumbered").to.equal(undefined);
    expect(opener.open({ ...third, seq: 1 }), "renumbered").to.equal(undefined);
    expect(new Opener(Buffer.alloc(64, 8)).open(first), "the other direction's key").to.equal(undefined);
    expect(opener.open(second)?.toString()).to.equal("2");
  });

  it("P6.3 refuse a line whose members are not as they should be", () => {
    const good = parseObject(new Sealer(Buffer.alloc(64, 7)).seal("text"));
    const upper = (value: unknown): string => String(value).toUpperCase();
    const changes = [
      { type: "message" },
      { seq: "0" },
      { seq: -0.5 },
      { seq: undefined },
      { iv: "" },
      { iv: 0 },
      { iv: `${good.iv}00` },
      { iv: upper(`${good.iv}`).replace(/^[0-9]/, "A") },
      { ciphertext: "" },
      { ciphertext: "zz" },
      { ciphertext: undefined },
      { tag: "" },
      { tag: `${good.tag}00` },
      { tag: null },
    ];
    for (const change of changes) {
      const opener = new Opener(Buffer.alloc(64, 7));
      expect(opener.open({ ...good, ...change }), JSON.stringify(change)).to.equal(undefined);
      expect(opener.open(good)?.toString()).to.equal("text");
    }
  });
});
