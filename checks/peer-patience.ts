// Checks clause P3.10: how long a chat waits for an ack, and a call for its connection.

import { setTimeout as pause } from "node:timers/promises";
import { ack, message } from "./engine/chat.ts";
import { failedCall, lostChat, opensChat, talk } from "./engine/chat-steps.ts";
import { defineCheck } from "./engine/check.ts";
import { startDeafServer } from "./engine/deaf-server.ts";
import { CHAT_STAGES } from "./engine/place.ts";

/** Seconds from Alice's messages to Bob until she writes to Carol. The next: until Bob speaks again. */
const CAROL = 8;
const BOB = 10;

export const checks = [
  defineCheck({
    id: "P3.10-owed-ack",
    stages: CHAT_STAGES,
    of: "client",
    title:
      "a chat is lost when the other side owes an ack for 30 s, whatever else it says, and no other chat is",
    likelyCause:
      "Every message that is sent needs a time limit of its own, 30 s, which its own ack ends and nothing else.",
    waits: 30 + CAROL,
    async run(scene) {
      const { alice, bob } = await scene.chat("initiator");
      const carol = await opensChat(scene, alice, "initiator", "carol");
      const dave = await opensChat(scene, alice, "initiator", "dave");
      const since = performance.now();
      const until = (seconds: number): Promise<void> => pause(since + 1000 * seconds - performance.now());
      await alice.enters("/switch bob", "one", "two");
      await bob.hears(message(1, "one"));
      await bob.hears(message(2, "two"));
      await scene.step(`${CAROL} s pass`, () => until(CAROL));
      await alice.enters("/switch carol", "hello");
      await carol.hears(message(1, "hello"));
      await scene.step(`${BOB} s have passed`, () => until(BOB));
      // Bob owes the ack of message 1. Another ack or a message of his own does not replace it.
      await bob.says(ack(2));
      await alice.shows("delivered to bob: 2");
      await bob.says(message(1, "hi"));
      await bob.hears(ack(1));
      await alice.showsAfter(30, since, /^chat with (?:bob|carol) lost: /);
      // If Bob's lines had given him more time, the chat with Carol would be lost first.
      await scene.step("it was the chat with bob", () => {
        const lost = alice.lines.filter((line) => line.includes(" lost: "));
        if (lost.length !== 1 || !lostChat("bob").test(lost[0] ?? ""))
          scene.fails({ expected: "chat with bob lost: …, and no other", received: lost.join("\n") });
      });
      await alice.shows("not delivered to bob: 1");
      await bob.connection.isClosedAfter();
      await alice.showsAfter(30 + CAROL, since, lostChat("carol"));
      await alice.shows("not delivered to carol: 1");
      await carol.connection.isClosedAfter();
      await alice.enters("/switch dave");
      await talk(alice, dave, 1);
    },
  }),

  defineCheck({
    id: "P3.10-connect",
    stages: CHAT_STAGES,
    of: "client",
    title: "a call is given up if it takes more than 5 s to connect, and no other chat ends",
    likelyCause: "Connecting needs a time limit of its own, 5 s. The system's takes minutes.",
    waits: 5,
    async run(scene) {
      const alice = await scene.client("alice", { argv: ["--accept"] });
      const friend = await opensChat(scene, alice, "initiator", "friend");
      const bob = await startDeafServer(scene);
      scene.registry.add("bob", bob.port);
      const since = performance.now();
      await alice.enters("/chat bob");
      try {
        await alice.showsAfter(5, since, failedCall("bob"));
      } catch (error) {
        if (bob.isDeaf()) throw error;
        return; // Here the system answers in the server's place, so this cannot be tried.
      }
      await alice.enters("/switch friend");
      await talk(alice, friend, 1);
    },
  }),
];
