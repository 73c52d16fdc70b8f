// Checks clause P3.10: how long a chat waits for an ack, and a call for its connection.

import { connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { ack, message } from "./engine/chat.ts";
import { failedCall, lostChat, opensChat, talk } from "./engine/chat-steps.ts";
import { defineCheck } from "./engine/check.ts";
import { CHAT_STAGES } from "./engine/place.ts";
import type { Scene } from "./engine/scene.ts";

/** Seconds from Alice's messages to Bob until Alice writes to Carol. The next: until Bob speaks again. */
const CAROL = 8;
const BOB = 10;

/** This server never accepts a connection: its only thread sleeps, and its queue is short. */
const DEAF_SERVER = `
  const server = require("node:net").createServer();
  server.listen({ host: "127.0.0.1", port: 0, backlog: 1 }, () => {
    require("node:fs").writeSync(1, "port " + server.address().port + "\\n");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
`;
/** More connections than fit into the queue. The system gives later ones no answer, so they try again for minutes. */
const CALLERS = 8;
/** After so many milliseconds a call that was not answered will not be. */
const UNANSWERED = 500;

/** A port whose calls are neither taken nor refused; undefined on systems that do not let us make one. */
async function deafPort(scene: Scene): Promise<number | undefined> {
  if (process.platform === "win32") return undefined; // Windows refuses calls that do not fit into a queue.
  const line = await scene
    .run("the deaf server", [process.execPath, "-e", DEAF_SERVER])
    .shows(/^port [0-9]+$/);
  const port = Number(line.slice("port ".length));
  const sockets: Socket[] = [];
  scene.afterwards(() => {
    for (const socket of sockets) socket.destroy();
  });
  for (let number = 0; number < CALLERS; number += 1) {
    const socket = connect({ host: "127.0.0.1", port });
    socket.on("error", () => {});
    sockets.push(socket);
  }
  await pause(UNANSWERED);
  return sockets.at(-1)?.connecting ? port : undefined;
}

export const checks = [
  defineCheck({
    id: "P3.10-connect",
    stages: CHAT_STAGES,
    of: "client",
    title: "a call that is neither taken nor refused is given up after 5 s, and no other chat ends",
    likelyCause: "The system tries for minutes to connect. Give up after 5 s, with a timer of your own.",
    waits: 6,
    async run(scene) {
      const alice = await scene.client("alice", { argv: ["--accept"] });
      const friend = await opensChat(scene, alice, "initiator", "friend");
      const port = await deafPort(scene);
      if (port !== undefined) {
        scene.registry.add("bob", port);
        const since = performance.now();
        await alice.enters("/chat bob");
        await alice.showsAfter(5, since, failedCall("bob"));
      }
      await alice.enters("/switch friend");
      await talk(alice, friend, 1);
    },
  }),
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
      // What has been acknowledged in time must not end this chat 30 s later.
      await talk(alice, dave, 1);
      const since = performance.now();
      const until = (seconds: number): Promise<void> => pause(since + 1000 * seconds - performance.now());
      await alice.enters("/switch bob", "one", "two");
      await bob.hears(message(1, "one"));
      await bob.hears(message(2, "two"));
      await scene.step(`${CAROL} s pass`, () => until(CAROL));
      await alice.enters("/switch carol", "hello");
      await carol.hears(message(1, "hello"));
      await scene.step(`${BOB} s have passed`, () => until(BOB));
      // Bob owes the ack of message 1. Another ack or a message of Bob's own does not replace it.
      await bob.says(ack(2));
      await alice.shows("delivered to bob: 2");
      await bob.says(message(1, "hi"));
      await bob.hears(ack(1));
      await alice.showsAfter(30, since, /^chat with (?:bob|carol) lost: /);
      // If Bob's lines had given Bob more time, the chat with Carol would be lost first.
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
      await talk(alice, dave, 2);
    },
  }),
];
