// The checker's own keys, tokens and signatures give the known answers of stage 05.

import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect } from "chai";
import {
  isSigned,
  KeySupply,
  type LanKey,
  lanKeyOf,
  lanSafetyNumber,
  lanSessionKeys,
  openKey,
  openToken,
  readKey,
  sealKey,
  sealToken,
  sign,
  teamKeyOf,
} from "./lan-cryptography.ts";

const VECTORS = JSON.parse(readFileSync(new URL("../../tests/vectors/lan.json", import.meta.url), "utf8"));

function keyOf(name: string): LanKey {
  return lanKeyOf(createPrivateKey(VECTORS.keys[name].pem));
}

describe("the keys and tokens of played peers", () => {
  it("P8.2 reads the keys that are keys, and no others", () => {
    for (const { spki, fingerprint } of Object.values<{ spki: string; fingerprint: string }>(VECTORS.keys)) {
      expect(readKey(spki)).to.be.an("object");
      expect(lanKeyOf(createPrivateKey(keyPem(spki))).fingerprint).to.equal(fingerprint);
    }
    for (const { name, spki } of VECTORS.refusedKeys) expect(readKey(spki), name).to.be.a("string");
  });

  it("P8.3 derives the team keys", async function () {
    this.timeout(60_000);
    for (const { passphraseUtf8, team, key, note } of VECTORS.teamKeys) {
      const passphrase = Buffer.from(passphraseUtf8, "hex").toString();
      expect((await teamKeyOf(passphrase, team)).toString("hex"), note).to.equal(key);
    }
  });

  it("P8.4 opens the valid tokens, makes the same ones, and refuses the others", () => {
    for (const { name, key, token, time, plaintext } of VECTORS.fernet.valid) {
      const bytes = Buffer.from(key, "hex");
      const opened = openToken(bytes, token);
      if (typeof opened === "string") throw new Error(`${name}: ${opened}`);
      expect([Number(opened.seconds), opened.plaintext.toString("hex")], name).to.deep.equal([
        time,
        plaintext,
      ]);
      const again = sealToken(bytes, opened.plaintext, { seconds: opened.seconds, iv: opened.iv });
      expect(again, name).to.equal(token);
    }
    for (const { name, key, token } of VECTORS.fernet.invalid)
      expect(openToken(Buffer.from(key, "hex"), token), name).to.be.a("string");
  });

  it("P9.3 P9.4 derives the keys of sessions, and checks their proofs", () => {
    for (const { sharedSecret, helloTokens, salt, keys, proofs } of VECTORS.sessions) {
      const derived = lanSessionKeys(Buffer.from(sharedSecret, "hex"), helloTokens);
      expect(derived.salt.toString("hex")).to.equal(salt);
      expect(derived.initiator.toString("hex")).to.equal(keys.initiator);
      expect(derived.responder.toString("hex")).to.equal(keys.responder);
      for (const { sender, plaintext } of proofs) {
        const { key, signature } = JSON.parse(plaintext);
        const read = readKey(key);
        if (typeof read === "string") throw new Error(read);
        const signed = Buffer.concat([derived.salt, read.der]);
        expect(isSigned(read.key, `proof ${sender}`, signed, signature)).to.equal(true);
        expect(isSigned(read.key, "proof", signed, signature)).to.equal(false);
      }
    }
  });

  it("P9.5 computes the safety numbers", () => {
    for (const { one, other, number } of VECTORS.safetyNumbers)
      if (VECTORS.keys[one] && VECTORS.keys[other])
        expect(lanSafetyNumber(keyOf(one).der, keyOf(other).der)).to.equal(number);
  });

  it("P9.8 opens the sealed key of a letter", () => {
    const [{ body, fernetKey }] = VECTORS.letters.cases;
    expect(openKey(keyOf("bob").privateKey, JSON.parse(body).key)?.toString("hex")).to.equal(fernetKey);
    expect(openKey(keyOf("carol").privateKey, JSON.parse(body).key)).to.equal(undefined);
  });

  it("makes keys that sign and seal, each another one", async () => {
    const supply = new KeySupply();
    const keys: LanKey[] = [];
    for (let count = 0; count < 7; count += 1) keys.push(await supply.next());
    expect(new Set(keys.map(({ fingerprint }) => fingerprint)).size).to.equal(7);
    for (const { der, privateKey, publicKey } of keys) {
      expect(readKey(der.toString("base64"))).to.be.an("object");
      expect(isSigned(publicKey, "beacon", "text", sign(privateKey, "beacon", "text"))).to.equal(true);
      const secret = Buffer.alloc(32, 7);
      expect(openKey(privateKey, sealKey(publicKey, secret))?.equals(secret)).to.equal(true);
    }
  });
});

/** The private key, in PEM, that belongs to a public one. */
function keyPem(spki: string): string {
  return (
    Object.values<{ spki: string; pem: string }>(VECTORS.keys).find((one) => one.spki === spki)?.pem ?? ""
  );
}
