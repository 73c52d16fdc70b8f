// Checks clauses P3.5 and P3.8: how a chat ends, by a goodbye or by a lost connection.

import { ack, BYE, type Chat, message } from "./engine/chat.ts";
import { lostChat, opensChat, saysAtOnce } from "./engine/chat-steps.ts";
import { defineChecks } from "./engine/check.ts";
import { CHAT_STAGES } from "./engine/place.ts";

/** The ways in which a connection ends without a goodbye. */
const LOSSES: readonly ((chat: Chat) => Promise<void>)[] = [
  (chat) => chat.connection.endsHalf(),
  (chat) => chat.connection.resets(),
  (chat) => chat.connection.closes(),
  async (chat) => {
    // A goodbye without its LF does not count (P0.5).
    await chat.connection.sends(chat.wrap(BYE));
    await chat.connection.endsHalf();
  },
];

export const checks = defineChecks({ stages: CHAT_STAGES, of: "client" }, [
  {
    id: "P3.5-lost",
    title: "a chat whose connection ends without bye is shown as lost, not as ended",
    likelyCause: "The end of the connection is taken for a goodbye. Only a bye is one.",
    async run(scene) {
      const alice = await scene.client("alice", { argv: ["--accept"] });
      for (const [index, loses] of LOSSES.entries()) {
        const bob = await opensChat(scene, alice, "initiator", `bob${index}`);
        await loses(bob);
        await alice.showsNext(lostChat(bob.name));
      }
      await alice.enters("/chats", "to nobody");
      await alice.showsNext("no chats");
      await alice.showsNext(/^error: ./);
    },
  },

  {
    id: "P3.8-answered",
    title: "a bye is answered with a bye and the end of the connection; what comes after it is not looked at",
    likelyCause:
      "At a bye of the other side, answer with one of your own, close, and take nothing more from this connection.",
    async run(scene) {
      const { alice, bob } = await scene.chat("initiator");
      await bob.says(message(1, "so long"));
      await bob.hears(ack(1));
      await saysAtOnce(scene, bob, BYE, message(2, "after all"), "nonsense");
      await bob.hears(BYE);
      await bob.ended();
      await alice.shows("bob> so long");
      await alice.showsNext("chat with bob ended");
      // The peer's name is free for another chat.
      const again = await opensChat(scene, alice, "initiator", "bob");
      await again.says(message(1, "me again"));
      await again.hears(ack(1));
      await alice.showsNext("bob> me again");
      await alice.hasNotShown("after all");
    },
  },

  {
    id: "P3.8-reads-on",
    title: "who says bye sends nothing after it and ends its half, but counts the acks that still come",
    likelyCause:
      "After your own bye the connection is still read for up to 2 s: acks count, messages are neither shown nor acknowledged.",
    async run(scene) {
      const { alice, bob } = await scene.chat("initiator");
      await alice.enters("one", "/end");
      await bob.hears(message(1, "one"));
      await bob.hears(BYE);
      await bob.connection.isHalfClosed();
      await saysAtOnce(scene, bob, message(1, "one more thing"), ack(1), BYE);
      await bob.connection.endsHalf();
      await alice.showsInAnyOrder("delivered to bob: 1", "chat with bob ended");
      await alice.enters("/chats");
      await alice.showsNext("no chats");
      await alice.hasNotShown("one more thing");
      await alice.hasNotShown("lost");
    },
  },

  {
    id: "P3.8-nobody-answers",
    title: "a bye that nobody answers is waited for up to 2 s; then the program may end",
    likelyCause:
      "Waiting for the other side's bye needs a time-out of 2 s. It has ended then, and what was open was not delivered.",
    async run(scene) {
      const { alice, bob } = await scene.chat("initiator");
      await alice.enters("are you there?");
      await bob.hears(message(1, "are you there?"));
      const since = performance.now();
      await alice.enters("/quit");
      await bob.hears(BYE);
      await bob.connection.isHalfClosed();
      await alice.showsInAnyOrder("chat with bob ended", "not delivered to bob: 1");
      await scene.step("that was after 2 s, and not before", () => {
        const seconds = (performance.now() - since) / 1000;
        if (seconds < 1.9)
          scene.fails({
            expected: "the end of the chat after 2 s",
            received: `it after ${seconds.toFixed(1)} s`,
          });
      });
      await alice.endsWith(0);
    },
  },
]);
