// Checks clauses P3.6, P3.7 and P3.10: several chats at a time, misbehaving peers, and limits.

import { ack, BYE, type Chat, message, refusalInChat } from "./engine/chat.ts";
import {
  asksForChat,
  callsAs,
  failedCall,
  isAccepted,
  isCalledAs,
  lostChat,
  opensChat,
  readsHello,
  talk,
} from "./engine/chat-steps.ts";
import { defineChecks } from "./engine/check.ts";
import type { Connection } from "./engine/connection.ts";
import type { ClientUnderTest } from "./engine/launcher.ts";
import { CHAT_STAGES } from "./engine/place.ts";
import type { Scene } from "./engine/scene.ts";

/** The answer to a caller who gets no hello (P3.3 and P3.6). */
const DECLINED = { type: "bye", reason: "declined" };

/** What a misbehaving peer does on a connection of its own. */
const NEIGHBOURS: readonly ((neighbour: Connection, scene: Scene) => Promise<void>)[] = [
  (neighbour) => neighbour.sends("{"),
  (neighbour) => neighbour.endsHalf(),
  (neighbour) => neighbour.resets(),
  (neighbour, { random }) => neighbour.sends(random.bytes(20_000)),
  (neighbour) => neighbour.sends(Buffer.alloc(300_000, "x")),
];

/** Calls the client in this name. The client must decline without asking its user. */
async function isDeclined(scene: Scene, alice: ClientUnderTest, name: string): Promise<void> {
  const chat = await callsAs(scene, alice, name);
  await chat.sendsHello();
  await chat.connection.receivesJson(DECLINED);
  await chat.ended();
}

export const checks = defineChecks({ stages: CHAT_STAGES, of: "client" }, [
  {
    id: "P3.6-several-chats",
    title: "several chats go on beside each other, each with ids of its own",
    likelyCause:
      "What belongs to one chat (ids, keys, what is open) is kept once for the whole program. Keep it per connection.",
    async run(scene) {
      const { alice, bob } = await scene.chat("initiator");
      const carol = await opensChat(scene, alice, "initiator", "carol");
      const dave = await opensChat(scene, alice, "initiator", "dave");
      for (const chat of [dave, bob, carol]) await talk(alice, chat, 1);
      await carol.says(BYE);
      await carol.hears(BYE);
      await alice.showsNext("chat with carol ended");
      await dave.connection.resets();
      await alice.showsNext(lostChat("dave"));
      await talk(alice, bob, 2);
      await alice.enters("/chats");
      await alice.showsNext("chats: bob (current)");
    },
  },

  {
    id: "P3.6-one-chat-a-name",
    title: "a hello from a name that has a chat or an open request is declined, in any case of letters",
    likelyCause:
      "A name may have one chat or one request at a time. Look it up, in lower case, before the user is asked.",
    async run(scene) {
      const alice = await scene.client("alice");
      const bob = await asksForChat(scene, alice, "bob");
      await isDeclined(scene, alice, "BOB");
      await isAccepted(alice, bob);
      await isDeclined(scene, alice, "bob");
      await isDeclined(scene, alice, "Bob");
      await bob.says(message(1, "hi"));
      await bob.hears(ack(1));
      await alice.showsNext("bob> hi");
    },
  },

  {
    id: "P3.7-handshake-time",
    title: "who completes no handshake in time is closed; the user's time to accept does not count",
    likelyCause:
      "A connection that says nothing, or half a hello, must be closed after the handshake timeout. Stop that timer while the user is asked.",
    async run(scene) {
      const alice = await scene.client("alice", { argv: ["--handshake-timeout", "1"] });
      const bob = await asksForChat(scene, alice, "bob");
      // These two connect after Bob, and are closed while he waits.
      const silent = await scene.connect(alice, "a silent peer");
      const slow = await scene.connect(alice, "a slow peer");
      await slow.sends('{"type":"hello","st');
      await silent.isClosedAfter();
      await slow.isClosedAfter();
      await isAccepted(alice, bob);
    },
  },

  {
    id: "P3.7-request-time",
    title: "a request that the user does not answer in time is declined",
    likelyCause:
      "A request needs a timer (--request-timeout): when it is over, say bye with the reason declined, and close.",
    async run(scene) {
      const alice = await scene.client("alice", { argv: ["--request-timeout", "0.3"] });
      const bob = await asksForChat(scene, alice, "bob");
      await bob.connection.receivesJson(DECLINED);
      await bob.ended();
      await alice.enters("/accept bob");
      await alice.shows(/^error: ./);
    },
  },

  {
    id: "P3.7-nonsense",
    title: "a peer that sends nonsense is told what was wrong, and closed; other chats go on",
    likelyCause:
      "Between peers, what is not UTF-8, too long, no JSON or not allowed at this place ends the connection, with the code that says which: bad-encoding, line-too-long or bad-request.",
    async run(scene) {
      const alice = await scene.client("alice", { argv: ["--accept"] });
      const friend = await opensChat(scene, alice, "initiator", "friend");
      const firstLines: readonly (readonly [line: string | Buffer, code: string])[] = [
        [Buffer.from('{"type":"hello\xff"}', "latin1"), "bad-encoding"],
        [Buffer.alloc(262_144, "x"), "line-too-long"],
        ['{"type":"hello"', "bad-request"],
        ["[]", "bad-request"],
      ];
      for (const [line, code] of firstLines) {
        const stranger = await scene.connect(alice, "a stranger");
        await stranger.sends(Buffer.concat([Buffer.from(line), Buffer.from("\n")]));
        await stranger.receivesError(code);
        await stranger.sends("\n"); // A client that goes on would answer this, too.
        await stranger.isClosed();
      }
      const inChat = [
        { type: "ping" },
        { type: "hello", stage: scene.stage, from: "bob", to: "alice" },
        "hi",
      ];
      for (const [index, payload] of inChat.entries()) {
        const bob = await opensChat(scene, alice, "initiator", `bob${index}`);
        await bob.says(payload);
        await bob.refused(refusalInChat(bob.stage));
        await alice.showsNext(lostChat(bob.name));
      }
      await talk(alice, friend, 1);
    },
  },

  {
    id: "P3.7-message-too-early",
    title: "a message before the answer to the hello is refused",
    likelyCause: "Until the user has accepted, the only line that may come is a bye.",
    async run(scene) {
      const alice = await scene.client("alice");
      const bob = await asksForChat(scene, alice, "bob");
      await bob.connection.sendsJson(message(1, "I cannot wait"));
      await bob.refused("bad-request");
      await alice.enters("/accept bob", "/chats");
      await alice.shows("no chats");
      await alice.hasNotShown("I cannot wait");
    },
  },

  {
    id: "P3.10-times",
    title: "a call waits as long as a request and a handshake may take together, as the options say",
    likelyCause: "Who calls gives up when the other one's user may still answer: add the two times.",
    async run(scene) {
      const argv = ["--request-timeout", "0.7", "--handshake-timeout", "0.7"];
      const alice = await scene.client("alice", { argv });
      const since = performance.now();
      const bob = await isCalledAs(scene, alice, "bob");
      await readsHello(bob);
      await alice.showsAfter(1.4, since, failedCall("bob"));
      await bob.connection.isClosedAfter();
    },
  },

  {
    id: "P3.7-neighbours",
    title: "bad neighbours disturb no other chat",
    likelyCause:
      "An error on one connection reaches the whole program. Catch it where the connection is, and close only that one.",
    async run(scene) {
      const alice = await scene.client("alice", { argv: ["--accept"] });
      const friend = await opensChat(scene, alice, "initiator", "friend");
      let id = 0;
      for (const [index, behaves] of NEIGHBOURS.entries()) {
        // A stranger misbehaves before a hello, and another one after the handshake.
        const stranger = await scene.connect(alice, "a stranger");
        await behaves(stranger, scene);
        stranger.ignoresTheRest();
        const neighbour = await opensChat(scene, alice, "initiator", `neighbour${index}`);
        await behaves(neighbour.connection, scene);
        neighbour.connection.ignoresTheRest();
        id += 1;
        await talk(alice, friend, id);
      }
    },
  },

  {
    id: "P3.10-open-messages",
    title: "64 messages may be open; then input waits, while reading goes on",
    likelyCause:
      "Count the messages that are sent and not acknowledged. At 64 wait with the next one, but go on reading.",
    async run(scene) {
      const { alice, bob } = await scene.chat("initiator");
      const texts = Array.from({ length: 70 }, (_, index) => `text ${index + 1}`);
      await alice.enters(...texts);
      for (let id = 1; id <= 64; id += 1) await bob.hears(message(id, `text ${id}`));
      // Alice's next line must acknowledge this message. It must not be her message 65.
      await bob.says(message(1, "are you there?"));
      await bob.hears(ack(1));
      await alice.shows("bob> are you there?");
      for (let id = 1; id <= 6; id += 1) {
        await bob.says(ack(id));
        await bob.hears(message(64 + id, `text ${64 + id}`));
      }
      for (let id = 7; id <= 70; id += 1) await bob.says(ack(id));
      await alice.shows("delivered to bob: 70");
    },
  },

  {
    id: "P3.10-requests",
    title: "16 requests wait for the user's answer; more are declined",
    likelyCause:
      "Count the requests that wait. Who is one too many gets bye with the reason declined, and nothing is shown.",
    async run(scene) {
      const alice = await scene.client("alice");
      const waiting: Chat[] = [];
      for (let number = 1; number <= 16; number += 1)
        waiting.push(await asksForChat(scene, alice, `bob${number}`));
      await isDeclined(scene, alice, "carol");
      // When the user answers a request, there is room for another one.
      await alice.enters("/decline bob16");
      await waiting.pop()?.connection.receivesJson(DECLINED);
      for (const bob of waiting) bob.connection.ignoresTheRest();
      const dave = await asksForChat(scene, alice, "dave");
      dave.connection.ignoresTheRest();
    },
  },
]);
