// Checks clauses P3.6, P3.7 and P3.10: several chats at a time, misbehaving peers, and limits.

import { isDeepStrictEqual } from "node:util";
import { ack, BYE, type Chat, type ChatStage, message, refusalInChat } from "./engine/chat.ts";
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
import { defineCheck, defineChecks } from "./engine/check.ts";
import type { Connection } from "./engine/connection.ts";
import type { ClientUnderTest } from "./engine/launcher.ts";
import { CHAT_STAGES } from "./engine/place.ts";
import { quote } from "./engine/readable-bytes.ts";
import type { Scene } from "./engine/scene.ts";
import { StepFailure } from "./engine/step-failure.ts";
import { within } from "./engine/transcript.ts";
import { unreadCapacity } from "./engine/unread.ts";

/** The answer to a caller who gets no hello (P3.3 and P3.6). */
const DECLINED = { type: "bye", reason: "declined" };

/** The handshake timeout of a check, in seconds. It is a fraction, and a client that cuts it off is too early. */
const HANDSHAKE_TIMEOUT = 1.5;

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

/** Fails unless this is all that was received: a bye that says that the user has declined. */
function isDeclinedWith(scene: Scene, received: string): void {
  let line: unknown;
  try {
    line = JSON.parse(received);
  } catch {
    // The failure below reports that.
  }
  if (!isDeepStrictEqual(line, DECLINED))
    scene.fails({ expected: JSON.stringify(DECLINED), received: quote(received) });
}

const limits = defineChecks({ stages: CHAT_STAGES, of: "client" }, [
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
      const alice = await scene.client("alice", {
        argv: ["--handshake-timeout", String(HANDSHAKE_TIMEOUT)],
      });
      const bob = await asksForChat(scene, alice, "bob");
      // These two connect after Bob, and are closed while Bob waits.
      const since = performance.now();
      const silent = await scene.connect(alice, "a silent peer");
      const slow = await scene.connect(alice, "a slow peer");
      await slow.sends('{"type":"hello","st');
      await silent.isClosedAfterSeconds(HANDSHAKE_TIMEOUT, since);
      await slow.isClosedAfterSeconds(HANDSHAKE_TIMEOUT, since);
      await isAccepted(alice, bob);
      if (scene.stage === "02") return;
      // Who says hello has not completed the handshake yet. The key is due, too.
      const mallory = await asksForChat(scene, alice, "mallory");
      await alice.enters("/accept mallory");
      await mallory.receivesHello();
      await mallory.receivesKey();
      await mallory.connection.isClosedAfter();
      await alice.hasNotShown("chat with mallory started");
    },
  },

  {
    id: "P3.7-request-time",
    title: "a request that the user does not answer in time is declined",
    likelyCause:
      "A request needs a timer (--request-timeout): when it is over, say bye with the reason declined, and close.",
    async run(scene) {
      const alice = await scene.client("alice", { argv: ["--request-timeout", "0.6"] });
      const since = performance.now();
      const bob = await asksForChat(scene, alice, "bob");
      const rest = await bob.connection.isClosedAfterSeconds(0.6, since);
      isDeclinedWith(scene, rest);
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
      // Alice's next line must acknowledge this message. It must not be Alice's message 65.
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

/** The longest text that needs the most bytes in JSON: each of its characters is written as \u0001. */
const LONG_TEXT = "\u0001".repeat(8192);
const LONG_TEXT_IN_JSON = 6 * LONG_TEXT.length;
const MIB = 1_048_576;
/** How many messages may be open, and how many Mallory sends at once. */
const OPEN_MESSAGES = 64;
const MESSAGES_AT_ONCE = 1000;

/** How many bytes a payload of P3 has at least on the wire, with its LF. */
function bytesOnTheWire(stage: ChatStage, payload: number): number {
  if (stage === "02") return payload + 1;
  // In hexadecimal digits. Stage 04 adds padding, an IV and a tag.
  return 2 * payload + (stage === "03" ? 33 : 180);
}

/** Sends many messages at once, and waits until the client has taken them or has broken the connection. */
async function floods(scene: Scene, mallory: Chat, first: number): Promise<void> {
  const lines = Array.from({ length: MESSAGES_AT_ONCE }, (_, index) =>
    mallory.wrap(message(first + index, String(first + index))),
  );
  const taken = new Promise<void>((resolve) =>
    mallory.connection.socket.write(lines.map((line) => `${line}\n`).join(""), () => resolve()),
  );
  const expected = "that the client reads on";
  const late = (): StepFailure => new StepFailure({ expected, received: "it takes no more messages" });
  await within(scene.timeout, taken, late);
}

const unread = defineCheck({
  id: "P3.10-unread",
  stages: CHAT_STAGES,
  of: "client",
  title:
    "a chat is lost when the other side leaves more than 1 MiB unread, not when it leaves less; no other is",
  likelyCause:
    "What is written to a peer that does not read is held in memory. Look how much that is, and give the chat up at 1 MiB.",
  async run(scene) {
    const { alice, bob: friend } = await scene.chat("initiator", { peer: "friend" });
    const mallory = await opensChat(scene, alice, "initiator", "m");
    const textBytes = bytesOnTheWire(mallory.stage, LONG_TEXT_IN_JSON);
    const few = Math.floor((0.9 * MIB) / textBytes);
    await alice.enters("/switch m");
    await scene.step(`m reads late what has ${few * textBytes} bytes`, async () => {
      mallory.connection.socket.pause();
      alice.write(`${LONG_TEXT}\n`.repeat(few));
      await talk(alice, friend, 1);
      mallory.connection.socket.resume();
      for (let id = 1; id <= few; id += 1) await mallory.hears(message(id, LONG_TEXT));
      for (let id = 1; id <= few; id += 1) await mallory.says(ack(id));
      await alice.shows(`delivered to m: ${few}`);
    });

    // What the system takes is not noticed, so the texts are to fill that, and the acks the rest.
    const limit = 2 * (await unreadCapacity()) + 2 * MIB;
    await scene.step("m stops reading, and does not stop sending, until the chat is lost", async () => {
      mallory.connection.leavesAllUnread();
      await alice.enters("/switch m");
      alice.write(`${LONG_TEXT}\n`.repeat(OPEN_MESSAGES));
      const ackBytes = bytesOnTheWire(mallory.stage, JSON.stringify(ack(1)).length);
      for (let id = 1; ; id += MESSAGES_AT_ONCE) {
        await floods(scene, mallory, id);
        const last = id + MESSAGES_AT_ONCE - 1;
        const shown = await alice.shows(new RegExp(`^(?:m> ${last}|chat with m lost: .+)$`));
        if (lostChat("m").test(shown)) return;
        const own = alice.lines.filter((line) => line.startsWith("you> \ufffd")).length - few;
        const unread = last * ackBytes + own * textBytes;
        if (unread > limit)
          scene.fails({
            sent: `${last} messages, and nothing was read`,
            expected: "chat with m lost: …",
            received: `m> ${last}, when ${unread} bytes or more are unread`,
          });
      }
    });
    await friend.says(message(2, "still here"));
    await friend.hears(ack(2));
    await alice.shows("friend> still here");
  },
});

const defaultTimes = defineCheck({
  id: "P3.7-default-times",
  stages: CHAT_STAGES,
  of: "client",
  title: "by default a peer has 10 s for its handshake, and the user 60 s to accept",
  likelyCause:
    "Without its option, the handshake timeout is 10 s and the request timeout 60 s, neither more nor less.",
  waits: 60,
  async run(scene) {
    const alice = await scene.client("alice");
    const since = performance.now();
    const bob = await asksForChat(scene, alice, "bob");
    const silent = await scene.connect(alice, "a silent peer");
    await silent.isClosedAfterSeconds(10, since);
    const rest = await bob.connection.isClosedAfterSeconds(60, since);
    await scene.step("bob was declined", () => {
      isDeclinedWith(scene, rest);
    });
  },
});

export const checks = [...limits, unread, defaultTimes];
