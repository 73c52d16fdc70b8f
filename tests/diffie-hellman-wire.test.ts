// Tests clauses P4.1 to P4.6: the helpers of checks/diffie-hellman.ts, and what takes too many chats for a check.

import { readFileSync } from "node:fs";
import { expect } from "chai";
import { callsAs, failedCall } from "../checks/engine/chat-steps.ts";
import { decode, encode, MODP2048, power, safetyNumber, TOY, xorKey } from "../checks/engine/cryptography.ts";
import { startProgram } from "../programs/stage-programs.ts";
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
      bob.connection.ignoresTheRest(); // The client waits for Bob's key, but not forever.
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
    const reason = await alice.shows(failedCall("bob"));
    expect(reason, "both groups are named")
      .to.match(/\btoy\b/)
      .and.match(/\bmodp2048\b/);
    expect([...alice.lines, ...bob.lines].filter((line) => line.endsWith("started"))).to.deep.equal([]);
  });

  it("P4.2 a group that is not known is not repeated in the answer", async (scene) => {
    const alice = await scene.client("alice", { argv: ["--accept"] });
    const bob = await callsAs(scene, alice, "bob");
    await bob.exchangesHellos();
    await bob.receivesKey();
    await bob.sendsKeyLine(JSON.stringify({ type: "key", group: "constructor", publicKey: "08" }));
    const { code, message } = await bob.connection.receivesJson();
    expect({ code, message }).to.deep.equal({
      code: "group-mismatch",
      message: "one side uses the group modp2048, the other one that is not known here",
    });
  });
});

describe("the safety number", () => {
  for (const stage of ["03", "04"] as const) {
    const it = testsOf(stage);
    for (const [group, advice] of [
      ["modp2048", /^compare both numbers by voice or in person: if unequal, somebody is in between$/],
      ["toy", /^with the toy group a safety number proves nothing: /],
    ] as const) {
      it(`P4.6 P7 of stage ${stage}, group ${group}, comes with what it is good for, on standard error`, async (scene) => {
        const argv = ["--accept", "--group", group];
        await scene.playRegistry();
        const [alice] = await Promise.all([scene.client("alice", { argv }), scene.client("bob", { argv })]);
        const said = (): number => alice.errors.filter((line) => advice.test(line)).length;
        await alice.enters("/chat bob");
        await alice.shows(/^safety number with bob: /);
        await alice.prints(advice);
        expect(said()).to.equal(1);
        await alice.enters("/verify", "/quit");
        await alice.endsWith(0);
        expect(said(), "once more after /verify").to.equal(2);
        expect(
          alice.lines.filter((line) => !/^(registered|joined|chat|safety number) /.test(line)),
        ).to.deep.equal([]);
      });
    }
  }
});

describe("npm run dh:prime", () => {
  it("says of its g that its powers are half of the numbers, and so they are", async () => {
    const program = startProgram("03-dh-chat/dh-prime.ts", ["64"]);
    const prime = BigInt((await program.line(/^p = 0x[0-9a-f]{16}$/)).slice(4));
    const about = /^g = ([0-9]+), whose powers are the squares: half of the numbers from 1 to p - 1$/;
    const generator = BigInt(about.exec(await program.line(about))?.[1] ?? 0);
    expect(await program.exitCode()).to.equal(0);
    expect(generator > 1n).to.equal(true);
    expect(power(generator, (prime - 1n) / 2n, prime)).to.equal(1n);
  });
});
