import { createHash, createPrivateKey, createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { decodeBase64 } from "./base64.ts";
import {
  type Identity,
  identityOf,
  isFingerprint,
  isSignedBy,
  makeIdentity,
  openSealedKey,
  parsePublicKey,
  pemOf,
  sealKey,
  sign,
} from "./identity.ts";

interface Known {
  pem: string;
  spki: string;
  fingerprint: string;
}

interface Letter {
  name: string;
  body: string;
  signature: string;
  sender: string;
  reader: string;
  expect: string;
  fernetKey?: string;
}

const vectors = JSON.parse(readFileSync(new URL("../tests/vectors/lan.json", import.meta.url), "utf8"));
const keys = vectors.keys as Record<string, Known>;
const refusedKeys = vectors.refusedKeys as { name: string; spki: string; pem: string | null }[];
const base64 = (text: string): Buffer => Buffer.from(text, "base64");

function known(name: string): Identity {
  const identity = identityOf(keys[name]?.pem ?? "");
  if (identity === undefined) throw new Error(`the key of ${name} was refused`);
  return identity;
}

describe("identities", () => {
  for (const [name, { pem, spki, fingerprint }] of Object.entries(keys)) {
    it(`P8.2 reads the key of ${name}, and gives its fingerprint`, () => {
      expect(identityOf(pem)?.fingerprint).to.equal(fingerprint);
      expect(parsePublicKey(base64(spki))?.fingerprint).to.equal(fingerprint);
      expect(identityOf(pem)?.der.equals(base64(spki))).to.equal(true);
      expect(isFingerprint(fingerprint)).to.equal(true);
    });
  }

  for (const { name, spki, pem } of refusedKeys) {
    it(`P8.2 refuses: ${name}`, () => {
      expect(parsePublicKey(base64(spki))).to.equal(undefined);
      if (pem !== null) expect(identityOf(pem)).to.equal(undefined);
    });
  }

  it("P8.2 refuses a modulus whose top bit is not set", () => {
    const der = Buffer.from(known("alice").der);
    der.writeUInt8(0x7f, 33);
    expect(parsePublicKey(der)).to.equal(undefined);
  });

  it("keeps no view of the bytes that it was given", () => {
    const der = Buffer.from(known("alice").der);
    const parsed = parsePublicKey(der);
    der.fill(0);
    expect(parsed?.der.equals(known("alice").der)).to.equal(true);
  });

  it("P8.2 draws a key of 2,048 bits with e = 65537, and reads it again from its PEM", async () => {
    const made = await makeIdentity();
    expect(made.privateKey.asymmetricKeyDetails).to.include({ modulusLength: 2048, publicExponent: 65537n });
    expect(pemOf(made)).to.match(/^-----BEGIN PRIVATE KEY-----\n/);
    expect(identityOf(pemOf(made))?.fingerprint).to.equal(made.fingerprint);
    expect(made.fingerprint).to.equal(createHash("sha256").update(made.der).digest("base64url"));
  });

  it("refuses a PEM that is empty, cut, a public key, PKCS#1, or damaged inside", () => {
    const { pem = "" } = keys.alice ?? {};
    const key = createPrivateKey(pem);
    const damaged = Buffer.from(key.export({ format: "der", type: "pkcs8" }));
    damaged.writeUInt8(damaged.readUInt8(100) ^ 1, 100); // Within the modulus.
    const asPem = `-----BEGIN PRIVATE KEY-----\n${damaged.toString("base64")}\n-----END PRIVATE KEY-----\n`;
    const wrong = [
      "",
      pem.slice(0, 200),
      createPublicKey(key).export({ format: "pem", type: "spki" }).toString(),
      key.export({ format: "pem", type: "pkcs1" }).toString(),
      key.export({ format: "pem", type: "pkcs8", cipher: "aes-256-cbc", passphrase: "x" }).toString(),
      asPem,
    ];
    for (const text of wrong) expect(identityOf(text), text).to.equal(undefined);
  });

  it("a fingerprint has 43 letters, and the last one has no bits too many", () => {
    const { fingerprint } = known("alice");
    for (const wrong of ["", fingerprint.slice(1), `${fingerprint}=`, `${fingerprint.slice(0, 42)}p`, 5])
      expect(isFingerprint(wrong), String(wrong)).to.equal(false);
  });

  for (const { name, body, signature, sender } of (vectors.letters.cases as Letter[]).slice(0, 2)) {
    it(`P8.5 knows a right signature: the letter "${name}"`, () => {
      const bytes = base64(signature);
      const text = Buffer.from(body);
      expect(isSignedBy(known(sender), "p2p-mesh 05 letter", text, bytes)).to.equal(true);
      expect(isSignedBy(known("mallory"), "p2p-mesh 05 letter", text, bytes)).to.equal(false);
      expect(isSignedBy(known(sender), "p2p-mesh 05 beacon", text, bytes)).to.equal(false);
      expect(isSignedBy(known(sender), "p2p-mesh 05 letter", Buffer.from(`${body} `), bytes)).to.equal(false);
    });
  }

  it("signs what it then knows, and never a message under another label", () => {
    const alice = known("alice");
    const signature = sign(alice, "one", Buffer.from("two"));
    expect(signature.length).to.equal(256);
    expect(isSignedBy(alice, "one", Buffer.from("two"), signature)).to.equal(true);
    // The NUL parts the label from the message.
    expect(isSignedBy(alice, "onet", Buffer.from("wo"), signature)).to.equal(false);
    expect(isSignedBy(alice, "one", Buffer.from("two"), Buffer.alloc(0))).to.equal(false);
    expect(isSignedBy(alice, "one", Buffer.from("two"), Buffer.concat([signature, signature]))).to.equal(
      false,
    );
  });

  for (const { name, body, reader, fernetKey } of vectors.letters.cases as Letter[]) {
    if (fernetKey === undefined) continue;
    it(`P8.2 opens the key that was sealed in the letter "${name}"`, () => {
      const sealed = decodeBase64(JSON.parse(body).key);
      expect(openSealedKey(known(reader), sealed ?? Buffer.alloc(0))?.toString("hex")).to.equal(fernetKey);
    });
  }

  it("opens what was sealed for it, and nothing else", () => {
    const key = Buffer.alloc(32, 5);
    const sealed = sealKey(known("bob"), key);
    expect(sealed.length).to.equal(256);
    expect(openSealedKey(known("bob"), sealed)?.equals(key)).to.equal(true);
    expect(openSealedKey(known("alice"), sealed)).to.equal(undefined);
    expect(openSealedKey(known("bob"), sealed.subarray(1))).to.equal(undefined);
    expect(openSealedKey(known("bob"), Buffer.alloc(256, 0xff))).to.equal(undefined);
    expect(openSealedKey(known("bob"), sealKey(known("bob"), Buffer.alloc(16)))).to.equal(undefined);
  });
});
