import { expect } from "chai";
import { knownIdentity, LAN, otherRole } from "../tests/support/lan-sessions.ts";
import { checkProof, makeProof } from "./proof.ts";
import { parseText } from "./sealed-tokens.ts";

const [first] = LAN.sessions;
if (first === undefined) throw new Error("no known session");
const SALT = Buffer.from(first.salt, "hex");

describe("proofs", () => {
  for (const [i, known] of [...LAN.sessions, LAN.wrongCallee].entries()) {
    it(`P9.4 of known session ${i + 1} are right, and only for their role and their salt`, () => {
      const salt = Buffer.from(known.salt, "hex");
      for (const { sender, plaintext } of known.proofs) {
        const proof = parseText(Buffer.from(plaintext)) ?? { type: "" };
        const name = sender === "initiator" ? known.initiator : known.responder;
        expect(checkProof(proof, sender, salt)?.fingerprint).to.equal(LAN.keys[name]?.fingerprint);
        expect(checkProof(proof, otherRole(sender), salt), "the other role").to.equal(undefined);
        expect(checkProof(proof, sender, Buffer.alloc(32)), "another salt").to.equal(undefined);
      }
    });
  }

  it("P9.4 are made so that they are right", () => {
    const alice = knownIdentity("alice");
    for (const role of ["initiator", "responder"] as const) {
      const proof = makeProof(alice, role, SALT);
      expect(checkProof(proof, role, SALT)?.fingerprint).to.equal(alice.fingerprint);
      expect(checkProof(proof, otherRole(role), SALT)).to.equal(undefined);
    }
  });

  it("P9.4 are refused if a member is wrong, or missing", () => {
    const proof = makeProof(knownIdentity("alice"), "initiator", SALT);
    const short = String(proof.signature).slice(0, -4);
    const changes = [
      { type: "proofs" },
      { key: undefined },
      { key: 7 },
      { key: "" },
      { key: `${proof.key} ` },
      { key: knownIdentity("bob").der.toString("base64") },
      { key: knownIdentity("alice").der.toString("base64url") },
      { signature: undefined },
      { signature: 7 },
      { signature: "" },
      { signature: short },
      { signature: `${proof.signature}\n` },
      { signature: Buffer.alloc(256).toString("base64") },
    ];
    for (const change of changes)
      expect(checkProof({ ...proof, ...change }, "initiator", SALT), JSON.stringify(change)).to.equal(
        undefined,
      );
    expect(checkProof(proof, "initiator", SALT)).to.not.equal(undefined);
  });
});
