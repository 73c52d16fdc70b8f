import { expect } from "chai";
import { LAN } from "../tests/support/lan-sessions.ts";
import { parsePublicKey, sharedSecret } from "./diffie-hellman.ts";
import { modp2048 } from "./groups.ts";
import { deriveSessionKeys, handshakeSalt } from "./session-keys.ts";

/** The public key in a hello. */
function publicKeyIn(hello: string): bigint {
  return parsePublicKey((JSON.parse(hello) as { publicKey: unknown }).publicKey, modp2048);
}

describe("the keys of a session", () => {
  for (const [i, known] of [...LAN.sessions, LAN.wrongCallee].entries()) {
    it(`P9.3 P4.5 are those of known session ${i + 1}`, () => {
      const [fromInitiator, fromResponder] = known.hellos.map(publicKeyIn);
      const privates = [known.initiatorPrivate, known.responderPrivate].map((digits) =>
        BigInt(`0x${digits}`),
      );
      const secret = sharedSecret(privates[0] ?? 0n, fromResponder ?? 0n, modp2048);
      expect(secret.toString("hex")).to.equal(known.sharedSecret);
      expect(sharedSecret(privates[1] ?? 0n, fromInitiator ?? 0n, modp2048).equals(secret)).to.equal(true);

      const salt = handshakeSalt(...known.helloTokens);
      expect(salt.toString("hex")).to.equal(known.salt);
      const keys = deriveSessionKeys(secret, salt);
      expect(keys.initiator.toString("hex")).to.equal(known.keys.initiator);
      expect(keys.responder.toString("hex")).to.equal(known.keys.responder);
    });
  }

  it("P9.3 are others when either hello is another, or both are exchanged", () => {
    const salts = [
      ["a", "b"],
      ["a", "c"],
      ["c", "b"],
      ["b", "a"],
      ["ab", ""],
    ].map(([one = "", other = ""]) => handshakeSalt(one, other).toString("hex"));
    expect(new Set(salts).size).to.equal(salts.length);
  });
});
