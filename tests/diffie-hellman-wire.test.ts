// Clauses P4.1 to P4.6: the key exchange as it is seen on the wire, and the safety number on the terminal.

import { readFileSync } from "node:fs";
import { expect } from "chai";
import {
  decode,
  encode,
  MODP2048,
  power,
  randomPrivateKey,
  safetyNumber,
  TOY,
  xorKey,
} from "../course/checking/cryptography.ts";
import { ack, BYE, message, ROLES } from "./support/raw-peer.ts";
import { failedCall, useScene } from "./support/scene.ts";

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

/** A number as a public key of the 2048-bit group. */
const hexadecimal = (value: bigint): string => encode(value, MODP2048).toString("hex");

describe("the raw peer's Diffie-Hellman", () => {
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

for (const stage of ["03", "04"] as const) {
  describe(`the key exchange of stage ${stage}`, () => {
    const scene = useScene(stage);

    for (const role of ROLES) {
      it(`P4.1 P4.5 P4.6 a client sends its key without waiting for the ${role}'s, and shows the safety number`, async () => {
        const alice = await scene.client("alice", "--accept");
        const bob = await scene.connected(alice, role, "bob");
        await bob.exchangeHellos();
        // The raw peer has sent no key yet.
        await bob.receiveKey();
        expect(decode(bob.otherPublicKey) < MODP2048.prime).to.equal(true);
        bob.sendKey();
        bob.deriveKeys();
        await alice.line("chat with bob started");
        await alice.line(`safety number with bob: ${bob.safetyNumber}`);
        alice.enter("hi");
        await bob.expect(message(1, "hi"));
        bob.say(ack(1));
        bob.say(message(1, "hello"));
        await bob.expect(ack(1));
        await alice.line("bob> hello");
        alice.enter("/verify");
        await alice.line(`safety number with bob: ${bob.safetyNumber}`);
        bob.say(BYE);
        await bob.expect(BYE);
      });

      it(`P4.5 leading zero bytes are kept, of the shared secret and of the ${role}'s public key`, async () => {
        const alice = await scene.client("alice", "--accept");
        const { prime, generator } = MODP2048;
        const limit = 1n << 2040n;
        const secret = await scene.connected(alice, role, "secret");
        await secret.exchangeHellos();
        await secret.receiveKey();
        const alicePublic = decode(secret.otherPublicKey);
        // Alice's key is known before ours is chosen: step on until y^x begins with a zero byte.
        let exponent = randomPrivateKey();
        let product = power(alicePublic, exponent, prime);
        for (; product >= limit; exponent += 1n) product = (product * alicePublic) % prime;
        secret.privateKey = exponent;
        secret.sendKey();
        secret.deriveKeys();
        expect(secret.sharedSecret[0]).to.equal(0);
        expect(secret.sharedSecret).to.have.length(256);
        await alice.line(`safety number with secret: ${secret.safetyNumber}`);
        secret.say(message(1, "zero secret"));
        await secret.expect(ack(1));
        await alice.line("secret> zero secret");
        const short = await scene.connected(alice, role, "short");
        exponent = randomPrivateKey();
        product = power(generator, exponent, prime);
        for (; product >= limit; exponent += 1n) product = (product * generator) % prime;
        short.privateKey = exponent;
        expect(short.publicKey[0]).to.equal(0);
        await short.shakeHands();
        await alice.line(`safety number with short: ${short.safetyNumber}`);
        short.say(message(1, "zero key"));
        await short.expect(ack(1));
        await alice.line("short> zero key");
      });
    }

    it("P4.6 two clients show the same safety number, and /verify shows it again", async () => {
      const [alice, bob] = await Promise.all([scene.client("alice"), scene.client("bob", "--accept")]);
      alice.enter("/chat bob");
      await Promise.all([alice.line("chat with bob started"), bob.line("chat with alice started")]);
      const shown = await alice.line(/^safety number with bob: [0-9]{5}(?: [0-9]{5}){5}$/);
      const number = shown.slice(shown.indexOf(": ") + 2);
      await bob.line(`safety number with alice: ${number}`);
      alice.enter("/verify");
      await alice.line(`safety number with bob: ${number}`);
    });

    // What follows is the same code in both stages; tests/carried-files.test.ts sees to that.
    if (stage === "03") return;

    for (const role of ROLES) {
      it(`P4.4 a public key of the ${role} that is not allowed is refused, and no chat starts`, async () => {
        const alice = await scene.client("alice", "--accept");
        const { prime } = MODP2048;
        const good = encode(power(2n, randomPrivateKey(), prime), MODP2048).toString("hex");
        const bad: Record<string, unknown> = {
          zero: hexadecimal(0n),
          one: hexadecimal(1n),
          "p - 1": hexadecimal(prime - 1n),
          p: hexadecimal(prime),
          "p + 1": hexadecimal(prime + 1n),
          "p + 2": hexadecimal(prime + 2n),
          "2^2048 - 1": "f".repeat(512),
          short: good.slice(2),
          "one digit short": good.slice(1),
          "short, a small number": "02",
          long: `00${good}`,
          "one digit long": `${good}0`,
          empty: "",
          "not hexadecimal": `g${good.slice(1)}`,
          "with 0x": `0x${good.slice(2)}`,
          "with a sign": `-${good.slice(1)}`,
          "with a space": ` ${good.slice(1)}`,
          "with an LF": `${good}\n`,
          "upper case": `A${good.slice(1)}`,
          missing: undefined,
          "a number": 7,
          null: null,
          "a list": [good],
        };
        for (const [index, [what, publicKey]] of Object.entries(bad).entries()) {
          const mallory = await scene.connected(alice, role, `mallory${index}`);
          await mallory.exchangeHellos();
          await mallory.receiveKey();
          mallory.sendKey({ publicKey });
          expect(await mallory.refusal(), what).to.equal("bad-public-key");
          if (role === "responder") await alice.line(failedCall(mallory.name));
        }
        expect(alice.lines.filter((line) => /started$|^safety number/.test(line))).to.deep.equal([]);
      });

      it(`P4.2 P3.7 another group, or no key where one is due, is refused; the ${role} sent it`, async () => {
        const alice = await scene.client("alice", "--accept");
        const cases: [line: string, code: string][] = [
          [JSON.stringify({ type: "key", group: "toy", publicKey: "08" }), "group-mismatch"],
          [JSON.stringify({ type: "key", group: "modp4096", publicKey: "ab".repeat(512) }), "group-mismatch"],
          [JSON.stringify(message(1, "in clear")), "bad-request"],
          [JSON.stringify({ type: "hello", stage, from: "mallory", to: "alice" }), "bad-request"],
          ["key", "bad-request"],
        ];
        for (const [index, [line, code]] of cases.entries()) {
          const mallory = await scene.connected(alice, role, `mallory${index}`);
          await mallory.exchangeHellos();
          await mallory.receiveKey();
          mallory.sendKeyLine(line);
          expect(await mallory.refusal(), line.slice(0, 80)).to.equal(code);
          if (role === "responder") await alice.line(failedCall(mallory.name));
        }
        expect(alice.lines.filter((line) => /started$|^mallory[0-9]> /.test(line))).to.deep.equal([]);
      });
    }

    it("P4.4 the smallest and the largest public key that are allowed are taken", async () => {
      const alice = await scene.client("alice", "--accept");
      const { prime } = MODP2048;
      for (const [name, publicKey] of [
        ["smallest", 2n],
        ["largest", prime - 2n],
      ] as const) {
        const bob = await scene.connected(alice, "initiator", name);
        await bob.exchangeHellos();
        await bob.receiveKey();
        bob.sendKey({ publicKey: hexadecimal(publicKey) });
        await alice.line(`chat with ${name} started`);
        const number = safetyNumber(encode(publicKey, MODP2048), bob.otherPublicKey);
        await alice.line(`safety number with ${name}: ${number}`);
      }
    });

    it("P4.3 a client has a fresh key in every chat", async () => {
      const alice = await scene.client("alice", "--accept");
      const keys = new Set<string>();
      for (const role of ROLES) {
        for (const name of [`${role}1`, `${role}2`]) {
          const bob = await scene.chat(alice, role, name);
          keys.add(bob.otherPublicKey.toString("hex"));
        }
      }
      expect(keys.size).to.equal(4);
    });

    it("P4.2 P4.3 P4.4 the toy group is used when asked for, warns, and never sends a key that is refused", async () => {
      const alice = await scene.client("alice", "--accept", "--group", "toy");
      const keys = new Set<number>();
      for (let number = 1; number <= 40; number += 1) {
        const bob = await scene.connected(alice, "initiator", `bob${number}`);
        bob.group = TOY;
        await bob.exchangeHellos();
        await bob.receiveKey();
        const key = Number(decode(bob.otherPublicKey));
        expect(key).to.be.within(2, 21);
        keys.add(key);
      }
      expect(keys.size, "different keys in 40 chats").to.be.above(1);
      for (const role of ROLES) {
        const bob = await scene.connected(alice, role, role);
        bob.group = TOY;
        bob.privateKey = 6n;
        await bob.shakeHands();
        await alice.line(`chat with ${role} started`);
        await alice.line(`safety number with ${role}: ${bob.safetyNumber}`);
        bob.say(message(1, "hi"));
        await bob.expect(ack(1));
        await alice.line(`${role}> hi`);
      }
      for (const [index, publicKey] of ["00", "01", "16", "17", "18", "ff", "2", "002", "", "0C"].entries()) {
        const mallory = await scene.connected(alice, "initiator", `mallory${index}`);
        mallory.group = TOY;
        await mallory.exchangeHellos();
        await mallory.receiveKey();
        mallory.sendKey({ publicKey });
        expect(await mallory.refusal(), publicKey).to.equal("bad-public-key");
      }
      for (const [index, publicKey] of ["02", "15"].entries()) {
        const bob = await scene.connected(alice, "initiator", `edge${index}`);
        bob.group = TOY;
        await bob.exchangeHellos();
        await bob.receiveKey();
        bob.sendKey({ publicKey });
        await alice.line(`chat with edge${index} started`);
      }
      const stranger = await scene.connected(alice, "initiator", "stranger");
      await stranger.exchangeHellos();
      await stranger.wire.line();
      stranger.sendKey();
      expect(await stranger.refusal()).to.equal("group-mismatch");
      expect(alice.errors).to.match(/toy/i);
    });

    it("P4.2 clients with different groups have no chat", async () => {
      const [alice, bob] = await Promise.all([
        scene.client("alice", "--group", "toy"),
        scene.client("bob", "--accept", "--group", "modp2048"),
      ]);
      alice.enter("/chat bob");
      await alice.line(failedCall("bob"));
      expect([...alice.lines, ...bob.lines].filter((line) => line.endsWith("started"))).to.deep.equal([]);
    });
  });
}
