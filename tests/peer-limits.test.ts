// Clauses P3.6, P3.7 and P3.10: several chats at a time, bad neighbours, and what is bounded.

import { randomBytes } from "node:crypto";
import { expect } from "chai";
import { ack, BYE, message, type RawPeer } from "./support/raw-peer.ts";
import { type ChatClient, failedCall, lostChat, useScene } from "./support/scene.ts";
import type { Wire } from "./support/wire.ts";

/** How a bad neighbour behaves, on a connection that a client made or accepted. */
const NEIGHBOURS: Record<string, (wire: Wire) => void> = {
  silent: () => {},
  slow: (wire) => wire.send("{"),
  halfclosing: (wire) => wire.endHalf(),
  resetting: (wire) => wire.reset(),
  closing: (wire) => wire.close(),
  babbling: (wire) => wire.send(randomBytes(100_000)),
  endless: (wire) => wire.send(Buffer.alloc(1_000_000, "x")),
  talkative: (wire) => wire.send('{"type":"message","id":1,"text":"hi"}\n'.repeat(1000)),
};

for (const stage of ["02", "04"] as const) {
  describe(`several chats and neighbours of stage ${stage}`, () => {
    const scene = useScene(stage);

    /** Shows that a chat still works in both directions. */
    async function talk(client: ChatClient, friend: RawPeer, id: number): Promise<void> {
      friend.say(message(id, `still here ${id}`));
      await friend.expect(ack(id));
      await client.line(`${friend.name}> still here ${id}`);
      client.enterAll([`/switch ${friend.name}`, `so am I ${id}`]);
      await friend.expect(message(id, `so am I ${id}`));
      friend.say(ack(id));
      await client.line(`delivered to ${friend.name}: ${id}`);
    }

    it("P3.6 several chats at a time go on beside each other, each with ids of its own", async () => {
      const alice = await scene.client("alice", "--accept");
      const bob = await scene.chat(alice, "initiator", "bob");
      const carol = await scene.chat(alice, "responder", "carol");
      const dave = await scene.chat(alice, "initiator", "dave");
      for (const id of [1, 2]) for (const peer of [dave, bob, carol]) await talk(alice, peer, id);
      carol.say(BYE);
      await carol.expect(BYE);
      await alice.line("chat with carol ended");
      dave.wire.reset();
      await alice.line(lostChat("dave"));
      await talk(alice, bob, 3);
      alice.enter("/chats");
      await alice.line("chats: bob (current)");
    });

    it("P3.7 P0.7 bad neighbours that call a client disturb no other chat", async () => {
      const alice = await scene.client("alice", "--accept");
      const friend = await scene.chat(alice, "initiator", "friend");
      let id = 0;
      for (const [name, behave] of Object.entries(NEIGHBOURS)) {
        // Once before a hello, once after the handshake.
        behave(await scene.connect(alice.port));
        await talk(alice, friend, ++id);
        const neighbour = await scene.connected(alice, "initiator", name);
        await neighbour.shakeHands();
        behave(neighbour.wire);
        await talk(alice, friend, ++id);
      }
      expect(alice.shown("talkative> ").length).to.be.at.most(1);
      expect(alice.shown("chat with friend")).to.deep.equal(["chat with friend started"]);
    });

    it("P3.7 P0.7 bad neighbours that a client calls disturb no other chat", async () => {
      const alice = await scene.client("alice", "--accept");
      const friend = await scene.chat(alice, "initiator", "friend");
      const closed = await scene.listen();
      closed.close();
      await scene.list("absent", closed.port);
      alice.enter("/chat absent");
      await alice.line(failedCall("absent"));
      let id = 0;
      for (const [name, behave] of Object.entries(NEIGHBOURS)) {
        const caught = await scene.connected(alice, "responder", name);
        behave(caught.wire);
        await talk(alice, friend, ++id);
        const neighbour = await scene.connected(alice, "responder", `${name}2`);
        await neighbour.shakeHands();
        behave(neighbour.wire);
        await talk(alice, friend, ++id);
      }
      expect(alice.shown("chat with friend")).to.deep.equal(["chat with friend started"]);
    });

    it("P3.10 64 messages may be open; then input waits, while reading goes on", async () => {
      const alice = await scene.client("alice", "--accept");
      const bob = await scene.chat(alice, "initiator", "bob");
      const texts = Array.from({ length: 70 }, (_, index) => `text ${index + 1}`);
      alice.enterAll(texts);
      for (let id = 1; id <= 64; id += 1) await bob.expect(message(id, `text ${id}`));
      // The next line that alice sends is the answer to this, not her message 65.
      bob.say(message(1, "are you there?"));
      await bob.expect(ack(1));
      await alice.line("bob> are you there?");
      for (let id = 1; id <= 6; id += 1) {
        bob.say(ack(id));
        await bob.expect(message(64 + id, `text ${64 + id}`));
      }
      // The window was full again all the while.
      bob.say(message(2, "and now?"));
      await bob.expect(ack(2));
      for (let id = 7; id <= 70; id += 1) bob.say(ack(id));
      await alice.line("delivered to bob: 70");
      expect(alice.shown("delivered to bob: ")).to.have.length(70);
      expect(alice.shown("you> ")).to.deep.equal(texts.map((text) => `you> ${text}`));
    });

    it("P3.10 16 requests wait for the user's answer, more are declined", async () => {
      const alice = await scene.client("alice");
      const waiting: RawPeer[] = [];
      for (let number = 1; number <= 16; number += 1) {
        const name = `bob${number}`;
        const bob = await scene.connected(alice, "initiator", name);
        bob.sendHello();
        await alice.line(`${name} wants to chat: /accept ${name} or /decline ${name}`);
        waiting.push(bob);
      }
      const tooMany = await scene.connected(alice, "initiator", "carol");
      tooMany.sendHello();
      expect(await tooMany.wire.json()).to.deep.equal({ type: "bye", reason: "declined" });
      await tooMany.ended();
      // An answer makes room for one more.
      alice.enter("/accept bob16");
      await waiting[15]?.receiveHello();
      const dave = await scene.connected(alice, "initiator", "dave");
      dave.sendHello();
      await alice.line("dave wants to chat: /accept dave or /decline dave");
      expect(alice.shown("carol")).to.deep.equal([]);
    });
  });
}

describe("a peer that reads nothing", () => {
  const scene = useScene("04");

  it("P3.10 P3.7 loses its chat when it has left too much unread, and no other chat ends", async () => {
    const alice = await scene.client("alice", "--accept");
    const friend = await scene.chat(alice, "initiator", "friend");
    const mallory = await scene.chat(alice, "initiator", "mallory");
    mallory.wire.socket.pause();
    // As many as it takes: the acks fill the buffers of the system first, then what alice holds back for mallory.
    for (let id = 1; id <= 60_000 && alice.shown("chat with mallory lost").length === 0; ) {
      let lines = "";
      for (const end = id + 2000; id < end; id += 1) lines += `${mallory.wrap(message(id, "x"))}\n`;
      await new Promise<unknown>((resolve) => mallory.wire.socket.write(lines, resolve));
    }
    await alice.line(lostChat("mallory"));
    friend.say(message(1, "hi"));
    await friend.expect(ack(1));
    await alice.line("friend> hi");
  });
});
