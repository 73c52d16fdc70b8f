import { expect } from "chai";
import fc from "fast-check";
import { bytesOf, knownDht, knownId } from "../tests/support/known-dht.ts";
import { type Bytes, concat, toHex, toUtf8 } from "./bytes.ts";
import { ed25519Verify } from "./cryptography.ts";
import {
  identityFromSeed,
  idOf,
  isId,
  isPublicKey,
  isSignedBy,
  makeIdentity,
  peerIdOf,
  publicKeyOfPeerId,
  sign,
} from "./identity.ts";

const message = toUtf8("a message");

describe("identity", () => {
  for (const { name, seed, publicKey, id, peerId } of knownDht.ids) {
    it(`P10.1 key, id and peer id: ${name}`, async () => {
      const identity = await identityFromSeed(bytesOf(seed));
      expect(toHex(identity.publicKey)).to.equal(publicKey);
      expect(identity.id).to.equal(id);
      expect(identity.peerId).to.equal(peerId);
      expect(await idOf(bytesOf(publicKey))).to.equal(id);
      expect(peerIdOf(bytesOf(publicKey))).to.equal(peerId);
      expect(toHex(publicKeyOfPeerId(peerId) ?? new Uint8Array())).to.equal(publicKey);
      expect(isId(id)).to.equal(true);
    });
  }

  for (const value of [
    ...knownDht.refusedIds,
    "141065404484172\n",
    141065404484172,
    null,
    ["141065404484172"],
  ]) {
    it(`P10.1 no id: ${JSON.stringify(value)}`, () => {
      expect(isId(value)).to.equal(false);
    });
  }

  it("P10.1 each one is new", async () => {
    const [one, other] = await Promise.all([makeIdentity(), makeIdentity()]);
    expect(one.id).not.to.equal(other.id);
    expect(toHex(one.seed)).not.to.equal(toHex(other.seed));
    expect((await identityFromSeed(one.seed)).peerId).to.equal(one.peerId);
  });

  it("P10.1 a seed has 32 bytes", async () => {
    for (const length of [0, 31, 33, 64]) {
      const thrown = await identityFromSeed(new Uint8Array(length)).catch((error: unknown) => error);
      expect(thrown).to.be.instanceOf(RangeError);
    }
  });

  it("P10.1 a peer id has one spelling, and is one of an Ed25519 key", () => {
    const { peerId } = knownId("ann");
    const qm = "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N";
    const others = [
      "",
      `1${peerId}`,
      `${peerId}1`,
      peerId.slice(0, -1),
      ` ${peerId}`,
      peerId.replace("S", "0"),
      qm,
    ];
    for (const other of [...others, "z".repeat(52), "1".repeat(38), "z".repeat(100_000)])
      expect(publicKeyOfPeerId(other), other.slice(0, 60)).to.equal(undefined);
  });

  it("P10.1 every key is read back from its peer id", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (key) => {
        expect(publicKeyOfPeerId(peerIdOf(Uint8Array.from(key)))).to.deep.equal(Uint8Array.from(key));
      }),
    );
  });
});

describe("signatures", () => {
  it("P10.3 RFC 8032 section 7.1, test 1", async () => {
    const identity = await identityFromSeed(bytesOf(knownId("RFC 8032 7.1 test 1").seed));
    expect(toHex(await sign(identity, new Uint8Array()))).to.equal(
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155" +
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    );
  });

  it("P10.3 holds for its key, its message and all of its bits", async () => {
    const [identity, other] = await Promise.all([makeIdentity(), makeIdentity()]);
    const signature = await sign(identity, message);
    expect(await isSignedBy(identity.publicKey, message, signature)).to.equal(true);
    expect(await isSignedBy(other.publicKey, message, signature)).to.equal(false);
    expect(await isSignedBy(identity.publicKey, toUtf8("another"), signature)).to.equal(false);
    for (const length of [0, 63, 65])
      expect(
        await isSignedBy(identity.publicKey, message, concat(signature, signature).slice(0, length)),
      ).to.equal(false);
    for (const at of [0, 31, 32, 63]) {
      const changed = signature.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(await isSignedBy(identity.publicKey, message, changed), `byte ${at}`).to.equal(false);
    }
  });

  // Points of order 1, 2, 4, 4, 8 (four), as RFC 8032 section 5.1.2 writes them.
  const smallOrder = [
    `01${"00".repeat(31)}`,
    `ec${"ff".repeat(30)}7f`,
    "00".repeat(32),
    `${"00".repeat(31)}80`,
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
  ];
  for (const key of smallOrder) {
    it(`P10.3 refuses a key of small order, for which anybody can sign: ${key}`, async () => {
      // R is the neutral point and S is 0: that holds whenever the hash, times the key, is the neutral point.
      const forged = concat(bytesOf(`01${"00".repeat(31)}`), new Uint8Array(32));
      const taken: Bytes[] = [];
      for (let number = 0; number < 200 && taken.length === 0; number += 1)
        if (await ed25519Verify(bytesOf(key), toUtf8(`${number}`), forged)) taken.push(toUtf8(`${number}`));
      expect(isPublicKey(bytesOf(key))).to.equal(false);
      for (const text of taken) expect(await isSignedBy(bytesOf(key), text, forged)).to.equal(false);
    });
  }

  it("P10.3 refuses a key whose y is not below the prime, and one of another length", () => {
    for (const first of ["ed", "ee", "ef", "f0", "ff"]) {
      expect(isPublicKey(bytesOf(`${first}${"ff".repeat(30)}7f`)), first).to.equal(false);
      expect(isPublicKey(bytesOf(`${first}${"ff".repeat(30)}ff`)), first).to.equal(false);
    }
    const key = bytesOf(knownId("ann").publicKey);
    expect(isPublicKey(key)).to.equal(true);
    expect(isPublicKey(key.slice(0, 31))).to.equal(false);
    expect(isPublicKey(concat(key, Uint8Array.of(0)))).to.equal(false);
  });

  it("P10.3 takes every key that is made", async () => {
    for (let number = 0; number < 20; number += 1)
      expect(isPublicKey((await makeIdentity()).publicKey)).to.equal(true);
    for (const { publicKey } of knownDht.ids) expect(isPublicKey(bytesOf(publicKey))).to.equal(true);
  });
});
