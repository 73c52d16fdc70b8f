// Tests clause P3.8: two goodbyes at the same time. Their order depends on the system, so no check can demand one.

import { expect } from "chai";
import { BYE } from "../checks/engine/chat.ts";
import { shown, testsOf } from "./support/on-the-wire.ts";

for (const stage of ["02", "04"] as const) {
  describe(`the end of a chat of stage ${stage}`, () => {
    const it = testsOf(stage);

    it("P3.8 two byes that cross end a chat for both", async (scene) => {
      const { alice, bob } = await scene.chat("initiator");
      // Bob sends a bye before Bob has read Alice's.
      await alice.enters("/end");
      await bob.says(BYE);
      await bob.hears(BYE);
      await bob.ended();
      await alice.shows("chat with bob ended");
      await alice.enters("/chats");
      await alice.shows("no chats");
      expect(shown(alice, "chat with bob")).to.deep.equal(["chat with bob started", "chat with bob ended"]);
    });
  });
}
