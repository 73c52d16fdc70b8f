// Clauses P5.1 and P5.2: stage 03's XORed lines as they are on the wire.

import { readFileSync } from "node:fs";
import { expect } from "chai";
import { Program } from "../course/programs.ts";
import { xor, xorKey } from "../course/checking/cryptography.ts";
import { ack, BYE, message, ROLES } from "./support/raw-peer.ts";
import { lostChat, useScene } from "./support/scene.ts";

const KNOWN_ANSWERS: { cases: { key: string; plaintext: string; ciphertext: string }[] } = JSON.parse(
  readFileSync(new URL("vectors/xor.json", import.meta.url), "utf8"),
);

describe("the raw peer's toy cipher", () => {
  for (const [index, { key, plaintext, ciphertext }] of KNOWN_ANSWERS.cases.entries()) {
    it(`P5.1 gives the known answer ${index + 1}`, () => {
      expect(xor(Buffer.from(plaintext), Buffer.from(key, "hex")).toString("hex")).to.equal(ciphertext);
    });
  }
});

describe("stage 03 on the wire", () => {
  const scene = useScene("03");

  for (const role of ROLES) {
    it(`P5.1 P3.3 P3.8 messages, acks and byes are XORed, each line from key byte 0; with the ${role}`, async () => {
      const alice = await scene.client("alice", "--accept");
      const bob = await scene.chat(alice, role, "bob");
      const key = xorKey(bob.sharedSecret);
      alice.enter("Grüße ☕, and a text that is longer than the key of 32 bytes");
      const outer = await bob.wire.json();
      expect(Object.keys(outer).sort()).to.deep.equal(["ciphertext", "type"]);
      expect(outer.type).to.equal("xored");
      expect(outer.ciphertext).to.match(/^(?:[0-9a-f]{2})+$/);
      const inner = xor(Buffer.from(String(outer.ciphertext), "hex"), key).toString();
      expect(inner).to.not.include("\n");
      expect(JSON.parse(inner)).to.deep.equal(
        message(1, "Grüße ☕, and a text that is longer than the key of 32 bytes"),
      );
      bob.say(ack(1));
      await alice.line("delivered to bob: 1");
      bob.say(message(1, "naïve café ☕"));
      await bob.expect(ack(1));
      await alice.line("bob> naïve café ☕");
      alice.enter("/end");
      await bob.expect(BYE);
      bob.say(BYE);
      await bob.ended();
      await alice.line("chat with bob ended");
    });

    it(`P5.1 after the keys anything else is refused in clear, and nothing of it is shown; the ${role} sent it`, async () => {
      const alice = await scene.client("alice", "--accept");
      const inClear = [
        JSON.stringify(message(1, "in clear")),
        JSON.stringify(ack(1)),
        JSON.stringify(BYE),
        JSON.stringify({ type: "hello", stage: "03", from: "bob", to: "alice" }),
        JSON.stringify({ type: "xored" }),
        JSON.stringify({ type: "xored", ciphertext: 7 }),
        JSON.stringify({ type: "xored", ciphertext: "" }),
        JSON.stringify({ type: "xored", ciphertext: "abc" }),
        JSON.stringify({ type: "xored", ciphertext: "not hexadecimal!" }),
        JSON.stringify({ type: "sealed", seq: 0, iv: "", ciphertext: "", tag: "" }),
      ];
      for (const [index, line] of inClear.entries()) {
        const bob = await scene.chat(alice, role, `bob${index}`);
        bob.wire.send(`${line}\n`);
        expect(await bob.refusal(), line).to.equal("bad-request");
        await alice.line(lostChat(`bob${index}`));
      }
      // XORed, and still nothing that P3 knows.
      const carol = await scene.chat(alice, role, "carol");
      carol.say("no JSON");
      expect(await carol.refusal()).to.equal("bad-request");
      await alice.line(lostChat("carol"));
      const dave = await scene.chat(alice, role, "dave");
      dave.say(dave.wrap(message(1, "XORed twice")));
      expect(await dave.refusal()).to.equal("bad-request");
      await alice.line(lostChat("dave"));
      expect(alice.lines.filter((line) => /> |ended$/.test(line))).to.deep.equal([]);
    });

    it(`P5.1 P3.1 an error of the ${role} in clear ends the chat, which is lost`, async () => {
      const alice = await scene.client("alice", "--accept");
      const bob = await scene.chat(alice, role, "bob");
      bob.wire.sendJson({ type: "error", code: "bad-request", message: "no idea" });
      await alice.line(lostChat("bob"));
      await bob.wire.end();
    });
  }

  it("P5.1 P4.6 the lines can be altered on the way, and nothing tells: that is the stage's weakness", async () => {
    const alice = await scene.client("alice", "--accept");
    const bob = await scene.chat(alice, "initiator", "bob");
    const line = JSON.parse(bob.wrap(message(1, "pay 100")));
    const ciphertext = Buffer.from(line.ciphertext, "hex");
    const position = JSON.stringify(message(1, "pay 100")).indexOf("100");
    ciphertext[position] = (ciphertext[position] ?? 0) ^ "1".charCodeAt(0) ^ "9".charCodeAt(0);
    bob.wire.sendJson({ ...line, ciphertext: ciphertext.toString("hex") });
    await alice.line("bob> pay 900");
    await bob.expect(ack(1));
  });

  it("P5.2 server and client say at their start that the cipher is weak, on standard error", async () => {
    const server = new Program("03-dh-chat/server.ts", ["--port", "0"]);
    scene.afterwards(() => server.kill());
    const [alice] = await Promise.all([
      scene.client("alice"),
      server.line(/^listening on 127\.0\.0\.1:[0-9]+$/),
    ]);
    alice.endInput();
    server.signal("SIGTERM");
    expect(await alice.exitCode()).to.equal(0);
    expect(await server.exitCode()).to.equal(0);
    for (const errors of [alice.errors, server.errors]) {
      expect(errors).to.match(/weak|toy|insecure|breaks|broken|not secure|no secur/i);
    }
    expect(server.lines).to.have.length(1);
    expect(alice.lines).to.have.length(1);
  });
});
