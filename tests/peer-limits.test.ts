// Clauses P3.7 and P3.10: bad neighbours that a client has called itself, and one that reads nothing.

import { randomBytes } from "node:crypto";
import { expect } from "chai";
import { ack, message, type RawPeer } from "./support/raw-peer.ts";
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
