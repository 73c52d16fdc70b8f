// What the checker computes itself is held against the known answers of stage 06, which no code of ours has made.

import { expect } from "chai";
import { knownDht, knownId } from "../../tests/support/known-dht.ts";
import {
  cardCode,
  checkBytesOf,
  hkdfKey,
  identityOf,
  sha256,
  signedRecord,
  withLength,
} from "./dht-cryptography.ts";

const hex = (digits: string): Buffer => Buffer.from(digits, "hex");

describe("the checker's own cryptography for stage 06", () => {
  it("P10.1 makes the known ids and peer ids", () => {
    for (const { seed, publicKey, id, peerId } of knownDht.ids) {
      const identity = identityOf(hex(seed));
      expect(identity.publicKey.toString("hex")).to.equal(publicKey);
      expect([identity.id, identity.peerId]).to.deep.equal([id, peerId]);
    }
  });

  it("P10.2 makes the known cards", () => {
    for (const { id, secret, text } of knownDht.cards) {
      expect(`P2P06:${id}:${cardCode(id, hex(secret))}`).to.equal(text);
      expect(checkBytesOf(id, hex(secret))).to.have.length(3);
    }
  });

  it("P10.3 signs the known record with the same bytes", () => {
    const known = knownDht.records.cases.find(({ name }) => name === "valid");
    const { body } = JSON.parse(known?.value ?? "{}");
    const ann = identityOf(hex(knownId("ann").seed));
    expect(signedRecord(body, ann).toString()).to.equal(known?.value);
  });

  it("P10.6 derives the known keys", () => {
    for (const { x25519, cardSecret, hellos, salt, keys } of knownDht.sessions) {
      const both = hellos.map((hello) => withLength(Buffer.from(hello)));
      const made = sha256(...both);
      expect(made.toString("hex")).to.equal(salt);
      const secret = hex(x25519 + cardSecret);
      for (const role of ["initiator", "responder"] as const)
        expect(hkdfKey(secret, made, `p2p-chat 06 ${role}`).toString("hex")).to.equal(keys[role]);
    }
  });
});
