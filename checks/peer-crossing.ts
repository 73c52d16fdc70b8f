// Checks clause P3.9: calls that cross, and calls that are withdrawn.

import { ack, BYE, type Chat, message } from "./engine/chat.ts";
import { asksForChat, callsAs, failedCall, isCalledAs, readsHello, started } from "./engine/chat-steps.ts";
import { defineChecks } from "./engine/check.ts";
import { CHAT_STAGES } from "./engine/place.ts";

const CROSSED = { type: "bye", reason: "crossed" };

export const checks = defineChecks({ stages: CHAT_STAGES, of: "client" }, [
  {
    id: "P3.9-smaller-stands",
    title: "of two calls that cross, that of the smaller name stands: it answers the other one with crossed",
    likelyCause:
      "A hello from the one whom we are calling is no ordinary request. Compare the names in lower case; if ours is the smaller, answer crossed and wait for our own call.",
    async run(scene) {
      const alice = await scene.client("alice");
      const standing = await isCalledAs(scene, alice, "Bob");
      await readsHello(standing);
      const crossing = await callsAs(scene, alice, "Bob");
      await crossing.sendsHello();
      await crossing.connection.receivesJson(CROSSED);
      await crossing.ended();
      await standing.sendsHello();
      await standing.exchangesKeys();
      await started(alice, standing);
      await standing.says(message(1, "hi"));
      await standing.hears(ack(1));
      await alice.showsNext("Bob> hi");
      for (const part of ["wants to chat", "error", "lost", "declined"]) await alice.hasNotShown(part);
    },
  },

  {
    id: "P3.9-greater-takes",
    title: "of two calls that cross, the greater name takes the other's call without asking its user",
    likelyCause:
      "Whoever has the greater name drops its own call and takes the one that comes, before or after the answer crossed: its user wanted this chat.",
    async run(scene) {
      const zoe = await scene.client("Zoe");
      // The peer's call and its answer `crossed` use two connections, so they may arrive in either order.
      for (const [name, crossedFirst] of [
        ["bob", false],
        ["carol", true],
      ] as const) {
        const crossing = await isCalledAs(scene, zoe, name);
        await readsHello(crossing);
        const standing = await callsAs(scene, zoe, name);
        const answersCrossed = async (): Promise<void> => {
          await crossing.connection.sendsJson(CROSSED);
          await crossing.connection.isClosedAfter();
        };
        if (crossedFirst) await answersCrossed();
        await standing.sendsHello();
        await standing.receivesHello();
        await standing.exchangesKeys();
        if (!crossedFirst) await answersCrossed();
        await started(zoe, standing);
        await zoe.enters("hello");
        await standing.hears(message(1, "hello"));
        await zoe.shows("you> hello");
      }
      for (const part of ["wants to chat", "error", "lost", "declined"]) await zoe.hasNotShown(part);
    },
  },

  {
    id: "P3.9-gives-up",
    title: "a call that nobody answers, or whose standing call does not come, is given up",
    likelyCause:
      "A call needs an end of its own: after the request timeout and the handshake timeout together, or after the handshake timeout once crossed was said.",
    async run(scene) {
      // The clause says 70 s: 60 s for the user's answer and 10 s for the handshake. The options set both.
      const zoe = await scene.client("zoe", {
        argv: ["--request-timeout", "0.8", "--handshake-timeout", "0.7"],
      });
      const since = performance.now();
      const silent = await isCalledAs(scene, zoe, "alice");
      await readsHello(silent);
      await zoe.showsAfter(1.5, since, failedCall("alice"));
      await silent.connection.isClosedAfter();
      const crossing = await isCalledAs(scene, zoe, "bob");
      await readsHello(crossing);
      const crossed = performance.now();
      await crossing.connection.sendsJson(CROSSED);
      await zoe.showsAfter(0.7, crossed, failedCall("bob"));
      crossing.connection.ignoresTheRest(); // The client may send a bye.
      // A later call is a normal one again, so the client must ask its user.
      const late = await asksForChat(scene, zoe, "bob");
      late.connection.ignoresTheRest();
    },
  },

  {
    id: "P3.9-withdrawn",
    title:
      "a request that is withdrawn before it is answered is shown as such, and cannot be accepted any more",
    likelyCause:
      "While a request waits for the user, its connection must still be read: a bye, or the end of the connection, withdraws it.",
    async run(scene) {
      const ways: readonly ((chat: Chat) => Promise<void>)[] = [
        (chat) => chat.connection.sendsJson(BYE),
        (chat) => chat.connection.endsHalf(),
        (chat) => chat.connection.resets(),
      ];
      const alice = await scene.client("alice");
      for (const [index, withdraws] of ways.entries()) {
        const bob = await asksForChat(scene, alice, `bob${index}`);
        await withdraws(bob);
        await alice.showsNext(`${bob.name} no longer wants to chat`);
        await bob.connection.isClosedAfter();
        await alice.enters(`/accept ${bob.name}`);
        await alice.showsNext(/^error: ./);
      }
    },
  },
]);
