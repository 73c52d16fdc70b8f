// Tests clauses P5.1 and P5.2: the helpers of checks/toy-cipher.ts, and a weakness of the cipher.

import { readFileSync } from "node:fs";
import { expect } from "chai";
import { ack, message } from "../checks/engine/chat.ts";
import { xor } from "../checks/engine/cryptography.ts";
import { testsOf } from "./support/on-the-wire.ts";

const KNOWN_ANSWERS: { cases: { key: string; plaintext: string; ciphertext: string }[] } = JSON.parse(
  readFileSync(new URL("vectors/xor.json", import.meta.url), "utf8"),
);

describe("the checker's toy cipher", () => {
  for (const [index, { key, plaintext, ciphertext }] of KNOWN_ANSWERS.cases.entries()) {
    it(`P5.1 gives the known answer ${index + 1}`, () => {
      expect(xor(Buffer.from(plaintext), Buffer.from(key, "hex")).toString("hex")).to.equal(ciphertext);
    });
  }
});

describe("stage 03 on the wire", () => {
  const it = testsOf("03");

  it("P5.1 P4.6 the lines can be altered on the way, and nothing tells: that is the stage's weakness", async (scene) => {
    const { alice, bob } = await scene.chat("initiator");
    const line = JSON.parse(bob.wrap(message(1, "pay 100")));
    const ciphertext = Buffer.from(line.ciphertext, "hex");
    const position = JSON.stringify(message(1, "pay 100")).indexOf("100");
    ciphertext[position] = (ciphertext[position] ?? 0) ^ "1".charCodeAt(0) ^ "9".charCodeAt(0);
    await bob.connection.sendsJson({ ...line, ciphertext: ciphertext.toString("hex") });
    await alice.shows("bob> pay 900");
    await bob.hears(ack(1));
  });
});
