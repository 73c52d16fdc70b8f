// Checks of clause P3.10: for how long a chat puts up with a peer that owes an ack.

import { ack, message } from "../checking/chat.ts";
import { CHAT_STAGES, defineCheck } from "../checking/check.ts";
import { lostChat, opensChat, talk } from "../checking/opening-chats.ts";

export const checks = [
  defineCheck({
    id: "P3.10-owed-ack",
    stages: CHAT_STAGES,
    of: "client",
    title:
      "a chat is lost when the other side owes an ack for 30 s, whatever else it says, and no other chat is",
    likelyCause:
      "Every message that is sent needs a time limit of its own, 30 s, which its own ack ends and nothing else.",
    waits: 30,
    async run(scene) {
      const { alice, bob } = await scene.chat("initiator");
      const carol = await opensChat(scene, alice, "initiator", "carol");
      await alice.enters("/switch bob");
      const since = performance.now();
      await alice.enters("one", "two");
      await bob.hears(message(1, "one"));
      await bob.hears(message(2, "two"));
      // Neither the ack of another message nor a message of bob's own is what he owes.
      await bob.says(ack(2));
      await alice.shows("delivered to bob: 2");
      await bob.says(message(1, "hi"));
      await bob.hears(ack(1));
      await alice.showsAfter(30, since, lostChat("bob"));
      await alice.shows("not delivered to bob: 1");
      await bob.connection.isClosedAfter();
      await talk(alice, carol, 1);
    },
  }),
];
