// Clause P3.8: two goodbyes at the same time. Which comes first is up to the system, so no check can demand it.

import { expect } from "chai";
import { BYE } from "./support/raw-peer.ts";
import { useScene } from "./support/scene.ts";

for (const stage of ["02", "04"] as const) {
  describe(`the end of a chat of stage ${stage}`, () => {
    const scene = useScene(stage);

    it("P3.8 two byes that cross end a chat for both", async () => {
      const alice = await scene.client("alice", "--accept");
      const bob = await scene.chat(alice, "initiator", "bob");
      // Bob has not read alice's bye when he sends his own.
      alice.enter("/end");
      bob.say(BYE);
      await bob.expect(BYE);
      await bob.ended();
      bob.wire.endHalf();
      await alice.line("chat with bob ended");
      alice.enter("/chats");
      await alice.line("no chats");
      expect(alice.shown("chat with bob")).to.deep.equal(["chat with bob started", "chat with bob ended"]);
    });
  });
}
