import { expect } from "chai";
import { bytesOf, knownDht } from "../tests/support/known-dht.ts";
import { toBase64, toHex } from "./bytes.ts";
import { agree, makeShare, x25519PrivateKey } from "./cryptography.ts";

describe("X25519", () => {
  for (const { name, private: privateKey, public: share, secret } of knownDht.x25519.facts) {
    it(`P10.6 agrees as ${name}`, async () => {
      const agreed = await agree(await x25519PrivateKey(bytesOf(privateKey)), bytesOf(share));
      expect(toHex(agreed ?? new Uint8Array())).to.equal(secret);
    });
  }

  for (const { name, share, base64 } of knownDht.x25519.allZero.shares) {
    it(`P10.6 refuses a share that gives all zeros: ${name}`, async () => {
      expect(toBase64(bytesOf(share))).to.equal(base64);
      const privateKey = await x25519PrivateKey(bytesOf(knownDht.x25519.allZero.private));
      expect(await agree(privateKey, bytesOf(share))).to.equal(undefined);
      expect(await agree((await makeShare()).privateKey, bytesOf(share))).to.equal(undefined);
    });
  }

  it("P10.6 each share is fresh, and both sides agree", async () => {
    const [one, other] = await Promise.all([makeShare(), makeShare()]);
    expect(toHex(one.share)).not.to.equal(toHex(other.share));
    expect(await agree(one.privateKey, other.share)).to.deep.equal(await agree(other.privateKey, one.share));
  });

  it("P10.6 refuses a share of another length", async () => {
    const { privateKey, share } = await makeShare();
    expect(await agree(privateKey, share.slice(0, 31))).to.equal(undefined);
    expect(await agree(privateKey, new Uint8Array(33).fill(9))).to.equal(undefined);
  });
});
