// Clauses P3.1, P3.6 and P3.7: who may begin a chat, and how a handshake ends that does not lead to one.

import { expect } from "chai";
import { ack, message, refusalOf } from "./support/raw-peer.ts";
import { failedCall, useScene } from "./support/scene.ts";

for (const stage of ["02", "04"] as const) {
  describe(`the handshake of stage ${stage}`, () => {
    const scene = useScene(stage);

    it("P3.1 a responder says hello when its user accepts, an initiator at once", async () => {
      const alice = await scene.client("alice");
      const bob = await scene.connected(alice, "initiator", "bob");
      bob.sendHello();
      await alice.line("bob wants to chat: /accept bob or /decline bob");
      alice.enter("/accept bob");
      await bob.receiveHello();
      await bob.exchangeKeys();
      await alice.line("chat with bob started");
      const carol = await scene.connected(alice, "responder", "carol");
      await carol.receiveHello();
      carol.sendHello();
      await carol.exchangeKeys();
      await alice.line("chat with carol started");
    });

    it("P3.1 P3.7 a user who declines, or does not answer in time, sends bye with the reason declined", async () => {
      const alice = await scene.client("alice", "--request-timeout", "0.3");
      const bob = await scene.connected(alice, "initiator", "bob");
      bob.sendHello();
      await alice.line("bob wants to chat: /accept bob or /decline bob");
      alice.enter("/decline bob");
      expect(await bob.wire.json()).to.deep.equal({ type: "bye", reason: "declined" });
      await bob.ended();
      const carol = await scene.connected(alice, "initiator", "carol");
      carol.sendHello();
      await alice.line("carol wants to chat: /accept carol or /decline carol");
      expect(await carol.wire.json()).to.deep.equal({ type: "bye", reason: "declined" });
      await carol.ended();
      alice.enter("/accept carol");
      await alice.line(/^error: ./);
    });

    it("P3.1 P7 a call that is declined is shown as declined", async () => {
      const alice = await scene.client("alice");
      const bob = await scene.connected(alice, "responder", "bob");
      await bob.receiveHello();
      bob.wire.sendJson({ type: "bye", reason: "declined" });
      await alice.line("bob declined");
      await bob.wire.end();
      // The name is free for another call.
      const again = await scene.connected(alice, "initiator", "bob");
      again.sendHello();
      await alice.line("bob wants to chat: /accept bob or /decline bob");
    });

    it("P3.1 P3.7 a responder refuses a first line that is no proper hello, and shows none of it", async () => {
      const alice = await scene.client("alice");
      const hello = { type: "hello", stage, from: "mallory", to: "alice" };
      const otherStage = stage === "02" ? "03" : "02";
      const cases: [line: string | Buffer, code: string][] = [
        [JSON.stringify({ ...hello, stage: otherStage }), "wrong-stage"],
        [JSON.stringify({ ...hello, stage: "05" }), "wrong-stage"],
        [JSON.stringify({ ...hello, to: "bob" }), "wrong-peer"],
        [JSON.stringify({ ...hello, to: "alicea" }), "wrong-peer"],
        [JSON.stringify({ ...hello, from: "alice" }), "bad-request"],
        [JSON.stringify({ ...hello, from: "Alice" }), "bad-request"],
        [JSON.stringify({ ...hello, from: "you" }), "bad-request"],
        [JSON.stringify({ ...hello, from: "YOU" }), "bad-request"],
        [JSON.stringify({ ...hello, from: "" }), "bad-request"],
        [JSON.stringify({ ...hello, from: "mal lory" }), "bad-request"],
        [JSON.stringify({ ...hello, from: "mallory\n" }), "bad-request"],
        [JSON.stringify({ ...hello, from: "mallöry" }), "bad-request"],
        [JSON.stringify({ ...hello, from: "m".repeat(33) }), "bad-request"],
        [JSON.stringify({ ...hello, from: 7 }), "bad-request"],
        [JSON.stringify({ type: "hello", stage, to: "alice" }), "bad-request"],
        [JSON.stringify({ type: "message", id: 1, text: "hi" }), "bad-request"],
        [JSON.stringify({ type: "ack", id: 1 }), "bad-request"],
        [JSON.stringify({ type: "key", group: "modp2048", publicKey: "02" }), "bad-request"],
        [JSON.stringify({ type: "HELLO", stage, from: "mallory", to: "alice" }), "bad-request"],
        [JSON.stringify({ stage, from: "mallory", to: "alice" }), "bad-request"],
        ["[]", "bad-request"],
        ["null", "bad-request"],
        ['"hello"', "bad-request"],
        ["", "bad-request"],
        ["GET / HTTP/1.1", "bad-request"],
        ['{"type":"hello"', "bad-request"],
        [Buffer.from('{"type":"hello\xff"}', "latin1"), "bad-encoding"],
        ["x".repeat(262_144), "line-too-long"],
      ];
      for (const [line, expected] of cases) {
        const wire = await scene.connect(alice.port);
        wire.send(Buffer.concat([Buffer.from(line), Buffer.from("\n")]));
        const { code } = await refusalOf(wire);
        expect(code, line.toString().slice(0, 100)).to.equal(expected);
      }
      const bob = await scene.connected(alice, "initiator", "bob");
      bob.sendHello();
      await alice.line("bob wants to chat: /accept bob or /decline bob");
      expect(alice.lines.filter((line) => line.includes("wants to chat"))).to.have.length(1);
    });

    it("P3.1 P3.7 an initiator checks the responder's hello the same way", async () => {
      const alice = await scene.client("alice");
      const cases: [line: (name: string) => string | Buffer, code: string][] = [
        [(name) => JSON.stringify({ type: "hello", stage: "05", from: name, to: "alice" }), "wrong-stage"],
        [() => JSON.stringify({ type: "hello", stage, from: "carol", to: "alice" }), "wrong-peer"],
        [(name) => JSON.stringify({ type: "hello", stage, from: name, to: "carol" }), "wrong-peer"],
        [() => JSON.stringify({ type: "message", id: 1, text: "hi" }), "bad-request"],
        [() => "hello", "bad-request"],
        [() => Buffer.from([0xc3, 0x28]), "bad-encoding"],
        [() => "x".repeat(262_144), "line-too-long"],
      ];
      for (const [index, [line, expected]] of cases.entries()) {
        const name = `bob${index}`;
        const bob = await scene.connected(alice, "responder", name);
        await bob.receiveHello();
        bob.wire.send(Buffer.concat([Buffer.from(line(name)), Buffer.from("\n")]));
        expect(await bob.refusal(), `case ${index}`).to.equal(expected);
        await alice.line(failedCall(name));
      }
      expect(alice.lines.filter((line) => / started$|> /.test(line))).to.deep.equal([]);
    });

    it("P3.1 an error of the responder ends the call and is reported", async () => {
      const alice = await scene.client("alice");
      const bob = await scene.connected(alice, "responder", "bob");
      await bob.receiveHello();
      bob.wire.sendJson({ type: "error", code: "wrong-stage", message: "another stage" });
      await alice.line(failedCall("bob"));
      await bob.wire.end();
    });

    it("P3.1 P0.1 P0.2 hellos and keys in pieces, with CR and unknown members, are understood", async () => {
      const alice = await scene.client("alice", "--accept");
      const bob = await scene.connected(alice, "initiator", "bob");
      bob.wire.socket.setNoDelay(true);
      const hello = ` { "note" : "Grüße ☕", "to":"alice",\t"from":"bob", "stage":"${stage}", "type":"hello" } `;
      bob.hello.initiator = hello;
      for (const byte of Buffer.from(`${hello}\r\n`)) bob.wire.send(Buffer.of(byte));
      await bob.receiveHello();
      if (stage !== "02") {
        const key = `{"publicKey":"${bob.publicKey.toString("hex")}" , "extra":[1,{}], "type":"key","group":"modp2048"}`;
        bob.sendKeyLine(key, "\r\n");
        await bob.receiveKey();
        bob.deriveKeys();
      }
      await alice.line("chat with bob started");
      bob.say(message(1, "hi"));
      await alice.line("bob> hi");
      await bob.expect({ type: "ack", id: 1 });
    });

    it("P3.1 P4.1 P0.2 a responder may send its hello and what follows it in one piece", async () => {
      const alice = await scene.client("alice");
      const bob = await scene.connected(alice, "responder", "bob");
      await bob.receiveHello();
      bob.wire.socket.cork();
      bob.sendHello();
      if (stage === "02") bob.say(message(1, "hi"));
      else bob.sendKey();
      bob.wire.socket.uncork();
      if (stage !== "02") {
        await bob.receiveKey();
        bob.deriveKeys();
        bob.say(message(1, "hi"));
      }
      await bob.expect(ack(1));
      await alice.line("chat with bob started");
      await alice.line("bob> hi");
    });

    it("P3.1 P3.4 what an error of the peer says cannot steer the terminal", async () => {
      const alice = await scene.client("alice");
      const bob = await scene.connected(alice, "responder", "bob");
      await bob.receiveHello();
      const steering = "\u001b[2J\u0007\u009b31m\u202e\nchat with bob started\r";
      bob.wire.sendJson({ type: "error", code: steering, message: steering });
      const shown = await alice.line(failedCall("bob"));
      expect(shown).to.not.match(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
      alice.enter("/chats");
      await alice.line("no chats");
      expect(alice.lines.filter((line) => line === "chat with bob started")).to.deep.equal([]);
    });

    it("P3.1 P0.5 a hello without its LF is no hello", async () => {
      const alice = await scene.client("alice");
      const mallory = await scene.connected(alice, "initiator", "mallory");
      mallory.wire.send(JSON.stringify({ type: "hello", stage, from: "mallory", to: "alice" }));
      mallory.wire.endHalf();
      await mallory.wire.end();
      const bob = await scene.connected(alice, "initiator", "bob");
      bob.sendHello();
      await alice.line("bob wants to chat: /accept bob or /decline bob");
      expect(alice.shown("mallory")).to.deep.equal([]);
    });

    it("P3.6 a hello from a name with a chat or an open request is declined, in any case of letters", async () => {
      const alice = await scene.client("alice");
      const first = await scene.connected(alice, "initiator", "bob");
      first.sendHello();
      await alice.line("bob wants to chat: /accept bob or /decline bob");
      for (const name of ["bob", "BOB"]) {
        const second = await scene.connected(alice, "initiator", name);
        second.sendHello();
        expect(await second.wire.json()).to.deep.equal({ type: "bye", reason: "declined" });
        await second.ended();
      }
      alice.enter("/accept bob");
      await first.receiveHello();
      await first.exchangeKeys();
      await alice.line("chat with bob started");
      for (const name of ["bob", "BOB"]) {
        const second = await scene.connected(alice, "initiator", name);
        second.sendHello();
        expect(await second.wire.json()).to.deep.equal({ type: "bye", reason: "declined" });
        await second.ended();
      }
      first.say(message(1, "hi"));
      await first.expect({ type: "ack", id: 1 });
      await alice.line("bob> hi");
      expect(alice.lines.filter((line) => line.includes("wants to chat"))).to.have.length(1);
    });

    it("P3.7 who completes no handshake in time is closed; the user's time to accept does not count", async () => {
      const alice = await scene.client("alice", "--handshake-timeout", "0.3");
      const bob = await scene.connected(alice, "initiator", "bob");
      bob.sendHello();
      await alice.line("bob wants to chat: /accept bob or /decline bob");
      // These two connect after bob, and are closed while he waits.
      const silent = await scene.connect(alice.port);
      const slow = await scene.connect(alice.port);
      slow.send('{"type":"hello","st');
      await Promise.all([silent.end(), slow.end()]);
      alice.enter("/accept bob");
      await bob.receiveHello();
      await bob.exchangeKeys();
      await alice.line("chat with bob started");
      bob.say(message(1, "hi"));
      await bob.expect({ type: "ack", id: 1 });
    });

    if (stage !== "02") {
      it("P3.7 P4.1 who says hello and sends no key in time is closed, in both roles", async () => {
        const alice = await scene.client("alice", "--accept", "--handshake-timeout", "0.3");
        const bob = await scene.connected(alice, "initiator", "bob");
        await bob.exchangeHellos();
        await bob.receiveKey();
        await bob.wire.end();
        const carol = await scene.connected(alice, "responder", "carol");
        await carol.exchangeHellos();
        await carol.receiveKey();
        await carol.wire.end();
        await alice.line(failedCall("carol"));
        expect(alice.lines.filter((line) => line.endsWith("started"))).to.deep.equal([]);
      });
    }
  });
}
