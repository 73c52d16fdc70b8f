import { getDiffieHellman } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { modp2048, toyGroup } from "../../../03-dh-chat/groups.ts";
import { safetyNumber as stagesSafetyNumber } from "../../../03-dh-chat/safety-number.ts";
import { toHex } from "../bytes.ts";
import { drawKeyPair, encodeInteger, keyPair, modPow, safetyNumber } from "./key-exchange.ts";

const { cases } = JSON.parse(
  readFileSync(new URL("../../../tests/vectors/dh.json", import.meta.url), "utf8"),
) as { cases: Record<string, string>[] };

describe("the key exchange in the browser", () => {
  it("has OpenSSL's group 14", () => {
    expect(toHex(encodeInteger(modp2048.prime, 256))).to.equal(getDiffieHellman("modp14").getPrime("hex"));
  });

  for (const [i, known] of cases.entries()) {
    it(`gives known answer ${i + 1} (${known.group})`, async () => {
      const group = known.group === "toy" ? toyGroup : modp2048;
      const [alice, bob] = [known.alicePrivate, known.bobPrivate].map((key) =>
        keyPair(BigInt(`0x${key}`), group),
      );
      if (alice === undefined || bob === undefined) throw new Error("a case without keys");
      expect(toHex(encodeInteger(alice.publicKey, group.bytes))).to.equal(known.alicePublic);
      expect(toHex(encodeInteger(bob.publicKey, group.bytes))).to.equal(known.bobPublic);
      const secret = modPow(bob.publicKey, alice.privateKey, group.prime);
      expect(toHex(encodeInteger(secret, group.bytes))).to.equal(known.sharedSecret);
      expect(modPow(alice.publicKey, bob.privateKey, group.prime)).to.equal(secret);
      expect(await safetyNumber(alice.publicKey, bob.publicKey, group)).to.equal(known.safetyNumber);
      expect(await safetyNumber(bob.publicKey, alice.publicKey, group)).to.equal(known.safetyNumber);
    });
  }

  it("makes the safety numbers that stage 03 makes, of fresh keys", async () => {
    for (const group of [toyGroup, modp2048]) {
      const [one, other] = [drawKeyPair(group).publicKey, drawKeyPair(group).publicKey];
      const encode = (key: bigint) => Buffer.from(encodeInteger(key, group.bytes));
      expect(await safetyNumber(one, other, group)).to.equal(stagesSafetyNumber(encode(one), encode(other)));
    }
  });

  it("draws private keys of its range, and never a public key that is refused", () => {
    const drawn = Array.from({ length: 400 }, () => drawKeyPair(toyGroup));
    const privateKeys = new Set(drawn.map(({ privateKey }) => Number(privateKey)));
    const expected = Array.from({ length: 20 }, (_, i) => i + 2).filter((key) => key !== 11);
    expect([...privateKeys].sort((a, b) => a - b)).to.deep.equal(expected);
    const large = Array.from({ length: 4 }, () => drawKeyPair(modp2048).privateKey);
    expect(large.some((key) => key > 2n ** 240n)).to.equal(true);
  });
});
