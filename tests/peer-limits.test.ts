// Tests clauses P3.7 and P3.10: misbehaving peers that a client has called itself, and a peer that reads nothing.

import { expect } from "chai";
import { ack, message } from "../checks/engine/chat.ts";
import { failedCall, isCalledAs, lostChat, opensChat, talk } from "../checks/engine/chat-steps.ts";
import type { Connection } from "../checks/engine/connection.ts";
import type { Scene } from "../checks/engine/scene.ts";
import { shown, testsOf } from "./support/on-the-wire.ts";

/** What a misbehaving peer does on a connection that a client has made or accepted. */
const NEIGHBOURS: Record<string, (neighbour: Connection, scene: Scene) => Promise<void>> = {
  silent: async () => {},
  slow: (neighbour) => neighbour.sends("{"),
  halfclosing: (neighbour) => neighbour.endsHalf(),
  resetting: (neighbour) => neighbour.resets(),
  closing: (neighbour) => neighbour.closes(),
  babbling: (neighbour, { random }) => neighbour.sends(random.bytes(100_000)),
  endless: (neighbour) => neighbour.sends(Buffer.alloc(1_000_000, "x")),
  talkative: (neighbour) => neighbour.sends('{"type":"message","id":1,"text":"hi"}\n'.repeat(1000)),
};

for (const stage of ["02", "04"] as const) {
  describe(`several chats and neighbours of stage ${stage}`, () => {
    const it = testsOf(stage);

    it("P3.7 P0.7 bad neighbours that a client calls disturb no other chat", async (scene) => {
      const { alice, bob: friend } = await scene.chat("initiator", { peer: "friend" });
      const closed = await scene.listener("absent");
      closed.close();
      scene.registry.add("absent", closed.port);
      await alice.enters("/chat absent");
      await alice.shows(failedCall("absent"));
      let id = 0;
      for (const [name, behaves] of Object.entries(NEIGHBOURS)) {
        const caught = await isCalledAs(scene, alice, name);
        caught.connection.ignoresTheRest();
        await behaves(caught.connection, scene);
        await talk(alice, friend, ++id);
        const neighbour = await isCalledAs(scene, alice, `${name}2`);
        neighbour.connection.ignoresTheRest();
        await neighbour.shakesHands();
        await behaves(neighbour.connection, scene);
        await talk(alice, friend, ++id);
      }
      expect(shown(alice, "chat with friend")).to.deep.equal(["chat with friend started"]);
    });
  });
}

describe("a peer that reads nothing", () => {
  const it = testsOf("04");

  it("P3.10 P3.7 loses its chat when it has left too much unread, and no other chat ends", async (scene) => {
    const { alice, bob: friend } = await scene.chat("initiator", { peer: "friend" });
    const mallory = await opensChat(scene, alice, "initiator", "mallory");
    mallory.connection.ignoresTheRest();
    mallory.connection.socket.pause();
    // The acks first fill the buffers of the system, and then what Alice may keep for Mallory.
    for (let id = 1; id <= 60_000 && shown(alice, "chat with mallory lost").length === 0; ) {
      let lines = "";
      for (const end = id + 2000; id < end; id += 1) lines += `${mallory.wrap(message(id, "x"))}\n`;
      await new Promise<unknown>((resolve) => mallory.connection.socket.write(lines, resolve));
    }
    await alice.shows(lostChat("mallory"));
    await friend.says(message(1, "hi"));
    await friend.hears(ack(1));
    await alice.shows("friend> hi");
  });
});
