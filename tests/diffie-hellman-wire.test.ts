// Tests clauses P4.1 to P4.6: the helpers of checks/diffie-hellman.ts, and what takes too many chats for a check.

import { readFileSync } from "node:fs";
import { expect } from "chai";
import { callsAs, failedCall } from "../checks/engine/chat-steps.ts";
import { decode, encode, MODP2048, power, safetyNumber, TOY, xorKey } from "../checks/engine/cryptography.ts";
import { testsOf } from "./support/on-the-wire.ts";

interface KnownAnswer {
  group: string;
  alicePrivate: string;
  bobPrivate: string;
  alicePublic: string;
  bobPublic: string;
  sharedSecret: string;
  xorKey: string;
  safetyNumber: string;
}

const KNOWN_ANSWERS: { cases: KnownAnswer[] } = JSON.parse(
  readFileSync(new URL("vectors/dh.json", import.meta.url), "utf8"),
);

describe("the checker's Diffie-Hellman", () => {
  for (const [index, known] of KNOWN_ANSWERS.cases.entries()) {
    it(`P4.1 P4.5 P4.6 P5.1 gives the known answer ${index + 1} (${known.group})`, () => {
      const group = known.group === "toy" ? TOY : MODP2048;
      const alice = BigInt(`0x${known.alicePrivate}`);
      const bob = BigInt(`0x${known.bobPrivate}`);
      const alicePublic = encode(power(group.generator, alice, group.prime), group);
      const bobPublic = encode(power(group.generator, bob, group.prime), group);
      const secret = encode(power(decode(bobPublic), alice, group.prime), group);
      expect(encode(power(decode(alicePublic), bob, group.prime), group)).to.deep.equal(secret);
      expect({
        alicePublic: alicePublic.toString("hex"),
        bobPublic: bobPublic.toString("hex"),
        sharedSecret: secret.toString("hex"),
        xorKey: xorKey(secret).toString("hex"),
        safetyNumber: safetyNumber(alicePublic, bobPublic),
      }).to.deep.equal({
        alicePublic: known.alicePublic,
        bobPublic: known.bobPublic,
        sharedSecret: known.sharedSecret,
        xorKey: known.xorKey,
        safetyNumber: known.safetyNumber,
      });
    });
  }
});

describe("the key exchange of stage 03", () => {
  const it = testsOf("03");

  it("P4.2 P4.3 the toy group never sends a key that has to be refused", async (scene) => {
    const alice = await scene.client("alice", { argv: ["--accept", "--group", "toy"] });
    const keys = new Set<number>();
    for (let number = 1; number <= 40; number += 1) {
      const bob = await callsAs(scene, alice, `bob${number}`);
      bob.group = TOY;
      await bob.exchangesHellos();
      await bob.receivesKey();
      const key = Number(decode(bob.otherPublicKey));
      expect(key).to.be.within(2, 21);
      keys.add(key);
      bob.connection.ignoresTheRest(); // The client waits for his key, but not forever.
    }
    expect(keys.size, "different keys in 40 chats").to.be.above(1);
  });

  it("P4.2 clients with different groups have no chat", async (scene) => {
    await scene.playRegistry();
    const [alice, bob] = await Promise.all([
      scene.client("alice", { argv: ["--group", "toy"] }),
      scene.client("bob", { argv: ["--accept", "--group", "modp2048"] }),
    ]);
    await alice.enters("/chat bob");
    await alice.shows(failedCall("bob"));
    expect([...alice.lines, ...bob.lines].filter((line) => line.endsWith("started"))).to.deep.equal([]);
  });
});
