// Checks clauses P3.2 to P3.4: ids, acks, and the texts that a chat may carry.

import { ack, BYE, type Chat, message, refusalInChat } from "./engine/chat.ts";
import {
  failedCall,
  isCalledAs,
  lostChat,
  opensChat,
  readsHello,
  STEERS,
  saysAtOnce,
} from "./engine/chat-steps.ts";
import { defineChecks } from "./engine/check.ts";
import type { ClientUnderTest } from "./engine/launcher.ts";
import { CHAT_STAGES } from "./engine/place.ts";
import { quote } from "./engine/readable-bytes.ts";
import type { Scene } from "./engine/scene.ts";

const REPLACEMENT = "\uFFFD";

const LEFT_RUNNING =
  "Something still runs for messages that were acknowledged long ago: when the ack comes, stop the timer of its message. Otherwise the chat is called lost after 30 s, although everything has arrived.";

/** All characters from one code point to another, both included. */
function characters(from: number, to: number): string {
  return Array.from({ length: to - from + 1 }, (_, index) => String.fromCodePoint(from + index)).join("");
}

/**
 * Expects that a client has already shown a line, now that its ack has arrived. The client prints before it sends the
 * ack (P3.3). So the line is here when our event loop has read all that waits.
 */
async function hasShownBefore(scene: Scene, client: ClientUnderTest, line: string): Promise<void> {
  await scene.step(`${client.name} has shown ${quote(line)} before its ack came`, async () => {
    await new Promise((resolve) => setImmediate(resolve));
    if (client.lines.includes(line)) return;
    const received = client.lines.at(-1);
    scene.fails({
      expected: quote(line),
      received: received === undefined ? "nothing yet" : `${quote(received)} was the last line`,
      likelyCause:
        "It is acknowledged before it is shown, or shown only into a buffer. Show, then acknowledge.",
    });
  });
}

export const checks = defineChecks({ stages: CHAT_STAGES, of: "client" }, [
  {
    id: "P3.2-out-of-turn",
    title:
      "messages in turn are shown, then acknowledged; one whose id is not the next is refused and not shown",
    likelyCause:
      "The id of a message is not compared with the one that must come next. Remember the last id, and refuse any other but the following one.",
    async run(scene) {
      const alice = await scene.client("alice", { argv: ["--accept"] });
      const cases: readonly (readonly [first: readonly number[], wrong: unknown])[] = [
        [[], 2],
        [[1], 1],
        [[1, 2], 4],
        [[], 0],
        [[], 1.5],
        [[], "1"],
        [[], undefined],
      ];
      for (const [index, [first, wrong]] of cases.entries()) {
        const bob = await opensChat(scene, alice, "initiator", `bob${index}`);
        for (const id of first) {
          await bob.says(message(id, `in turn ${id}`));
          await bob.hears(ack(id));
          await hasShownBefore(scene, alice, `${bob.name}> in turn ${id}`);
        }
        await bob.says({ type: "message", id: wrong, text: "never shown" });
        await bob.refused(refusalInChat(bob.stage));
        await alice.shows(lostChat(bob.name));
      }
      await alice.hasNotShown("never shown");
    },
  },

  {
    id: "P3.2-own-ids",
    title: "a client counts its messages from 1, by one, whatever comes from the other side",
    likelyCause: "The ids begin with another number, or one counter is used for both directions.",
    async run(scene) {
      const { alice, bob } = await scene.chat("initiator");
      for (const id of [1, 2]) {
        await bob.says(message(id, `from bob ${id}`));
        await bob.hears(ack(id));
      }
      await saysAll(alice, bob, ["one", "two", "three"]);
    },
  },

  {
    id: "P3.3-both-ways",
    title: "messages are shown and then acknowledged, in both directions, each counted from 1",
    likelyCause:
      "Each side counts its own messages from 1. A message is shown, and then acknowledged with its own id; an ack is shown as delivered.",
    async run(scene) {
      const { alice, bob } = await scene.chat("initiator");
      await bob.says(message(1, "eins"));
      await bob.hears(ack(1));
      await hasShownBefore(scene, alice, "bob> eins");
      await alice.enters("one");
      await bob.hears(message(1, "one"));
      await bob.says(ack(1));
      await alice.shows("delivered to bob: 1");
      await alice.enters("two", "three");
      await bob.hears(message(2, "two"));
      await bob.hears(message(3, "three"));
      await saysAtOnce(scene, bob, message(2, "zwei"), message(3, "drei"));
      await bob.hears(ack(2));
      await bob.hears(ack(3));
      await hasShownBefore(scene, alice, "bob> drei");
      await saysAtOnce(scene, bob, ack(2), ack(3));
      await alice.shows("delivered to bob: 2");
      await alice.shows("delivered to bob: 3");
    },
  },

  {
    id: "P3.3-open-acks",
    title: "acks may come in any order, but only for messages that wait for one",
    likelyCause:
      "An ack is believed without a look at what is open. Keep the ids that wait for an ack, take each one out when its ack comes, and refuse any other.",
    async run(scene) {
      const { alice, bob } = await scene.chat("initiator");
      await saysAll(alice, bob, ["one", "two", "three"]);
      await bob.says(ack(2));
      await alice.shows("delivered to bob: 2");
      await bob.says(ack(1));
      await alice.shows("delivered to bob: 1");
      // A message follows at once. A client that wrongly accepts the ack shows that when it acknowledges the message.
      await saysAtOnce(scene, bob, ack(2), message(1, "still there?"));
      await bob.refused(refusalInChat(bob.stage));
      await alice.shows(lostChat("bob"));
      const carol = await opensChat(scene, alice, "initiator", "carol");
      await saysAtOnce(scene, carol, ack(1), message(1, "still there?"));
      await carol.refused(refusalInChat(carol.stage));
      await alice.shows(lostChat("carol"));
    },
  },

  {
    id: "P3.3-not-delivered",
    title:
      "what is not acknowledged when the chat is lost or ends is reported as not delivered, and only that",
    likelyCause:
      "The ids that wait for an ack are those to report: an id is taken out when its ack comes, and what is left at the end was not delivered.",
    async run(scene) {
      const { alice, bob } = await scene.chat("initiator");
      await saysAll(alice, bob, ["one", "two", "three"]);
      await bob.says(ack(2));
      await alice.shows("delivered to bob: 2");
      await bob.connection.resets();
      await alice.showsNext(lostChat("bob"));
      await alice.showsNext("not delivered to bob: 1");
      await alice.showsNext("not delivered to bob: 3");
      // The same must hold after a goodbye, so Carol says one.
      const carol = await opensChat(scene, alice, "initiator", "carol");
      await saysAll(alice, carol, ["four", "five"]);
      await saysAtOnce(scene, carol, ack(1), BYE);
      await alice.shows("delivered to carol: 1");
      await alice.showsInAnyOrder("chat with carol ended", "not delivered to carol: 2");
      await alice.enters("/chats");
      await alice.showsNext("no chats");
      await carol.hears(BYE);
      await carol.ended();
      // A timer of an acknowledged message that still runs would keep the program alive, and end the chat after 30 s.
      await alice.enters("/quit");
      await alice.endsWith(0, LEFT_RUNNING);
    },
  },

  {
    id: "P3.4-text",
    title: "a text of 8,192 bytes is shown whole; an empty one, a longer one, or half a character is refused",
    likelyCause:
      "The length of a text counts in bytes of UTF-8, from 1 to 8,192, and JSON can express a lone surrogate, which is no text.",
    async run(scene) {
      const alice = await scene.client("alice", { argv: ["--accept"] });
      const friend = await opensChat(scene, alice, "initiator", "friend");
      for (const [index, text] of ["x".repeat(8192), "é".repeat(4096), "😀".repeat(2048)].entries()) {
        await friend.says(message(index + 1, text));
        await friend.hears(ack(index + 1));
        await alice.showsNext(`friend> ${text}`);
      }
      // A program in another language may write the same characters in JSON like this.
      await friend.says('{"type":"message","id":4,"text":"\\ud83d\\ude00 caf\\u00e9"}');
      await friend.hears(ack(4));
      await alice.showsNext("friend> 😀 café");
      const wrong: readonly unknown[] = [
        "",
        `${"é".repeat(4096)}x`,
        "high \ud800",
        "\udc00 low",
        5,
        undefined,
      ];
      for (const [index, text] of wrong.entries()) {
        const bob = await opensChat(scene, alice, "initiator", `bob${index}`);
        await bob.says({ type: "message", id: 1, text });
        await bob.refused(refusalInChat(bob.stage));
        await alice.showsNext(lostChat(bob.name));
      }
    },
  },

  {
    id: "P3.4-own-text",
    title: "a client never sends an empty text or one of more than 8,192 bytes, and says so",
    likelyCause: "What the user enters is sent as it is. Count its bytes first: a character may have four.",
    async run(scene) {
      const { alice, bob } = await scene.chat("initiator");
      const longest = "é".repeat(4096);
      await alice.enters("", `${longest}x`, longest);
      await bob.hears(message(1, longest));
      await alice.shows(/^error: ./);
      await alice.showsNext(`you> ${longest}`);
    },
  },

  {
    id: "P3.4-terminal",
    title: "each character that could steer the terminal is shown as U+FFFD, and every other as it is",
    likelyCause:
      "Each of these characters becomes one U+FFFD, and no other does: C0 without the tab, DEL, C1 (U+0080 to U+009F), U+202A to U+202E and U+2066 to U+2069.",
    async run(scene) {
      const { alice, bob } = await scene.chat("initiator");
      const cases: readonly (readonly [sent: string, shown: string])[] = [
        ["\u001b[31mred\u001b[0m", `${REPLACEMENT}[31mred${REPLACEMENT}[0m`],
        ["a\r\nbob> b\u0085c", `a${REPLACEMENT}${REPLACEMENT}bob> b${REPLACEMENT}c`],
        [`<${characters(0x00, 0x1f)}>`, `<${REPLACEMENT.repeat(9)}\t${REPLACEMENT.repeat(22)}>`],
        [`<${characters(0x7f, 0x9f)}>`, `<${REPLACEMENT.repeat(33)}>`],
        [`<${characters(0x202a, 0x202e)}>`, `<${REPLACEMENT.repeat(5)}>`],
        [`<${characters(0x2066, 0x2069)}>`, `<${REPLACEMENT.repeat(4)}>`],
        // These characters are next to those that are replaced, and must stay.
        ["< ~\u00a0\u200e\u200f\u2029\u202f\u2065\u206a>", "< ~\u00a0\u200e\u200f\u2029\u202f\u2065\u206a>"],
        ["naïve café ☕ 😀 👩‍👩‍👧", "naïve café ☕ 😀 👩‍👩‍👧"],
      ];
      for (const [index, [sent, shown]] of cases.entries()) {
        await bob.says(message(index + 1, sent));
        await bob.hears(ack(index + 1));
        await alice.showsNext(`bob> ${shown}`, (line) => whyNotSafe(sent, `bob> ${shown}`, line));
      }
    },
  },

  {
    id: "P3.4-words-of-others",
    title: "the words of a peer's or a registry's error cannot steer the terminal either",
    likelyCause:
      "Only messages are made safe. Names, reasons and errors come from elsewhere, too: replace control characters where text goes to the terminal.",
    async run(scene) {
      const alice = await scene.client("alice");
      const steering = "\u001b[2J\u0007\u009b31m\u202e\nchat with bob started\r";
      const bob = await isCalledAs(scene, alice, "bob");
      await readsHello(bob);
      await bob.connection.sendsJson({ type: "error", code: steering, message: steering });
      await showsSafely(scene, alice, failedCall("bob"));
      scene.registry.answerWith = (answer, { type }) =>
        type === "lookup" ? { type: "error", code: "bad-request", message: steering } : answer;
      await alice.enters("/chat carol");
      await showsSafely(scene, alice, /^error: ./);
      await alice.enters("/chats");
      await alice.showsNext("no chats");
    },
  },
]);

/** The client's user enters these texts in this chat, which must be the current one. They arrive with ids from 1. */
async function saysAll(alice: ClientUnderTest, chat: Chat, texts: readonly string[]): Promise<void> {
  await alice.enters(...texts);
  for (const [index, text] of texts.entries()) await chat.hears(message(index + 1, text));
}

/** Characters that a terminal may obey: without the tab, which moves the cursor only forward. */
const UNSAFE = /(?!\t)[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;

/** What is likely if a text is shown in another way than it should be; undefined if that cannot be told. */
function whyNotSafe(sent: string, expected: string, line: string): string | undefined {
  const count = (text: string): number => text.split(REPLACEMENT).length - 1;
  const [obeyed] = UNSAFE.exec(line) ?? [];
  if (obeyed !== undefined) return `${codeOf(obeyed)} is not replaced: the terminal would obey it.`;
  if (sent.includes("\n") && expected.startsWith(line))
    return "U+000A is not replaced: the terminal makes two lines of one message, and the second says what the sender wants.";
  if (count(line) > count(expected)) {
    const [first] = [...sent].filter((one) => !UNSAFE.test(one) && !line.includes(one));
    const what = first === "\t" ? ", the tab," : "";
    return `Too much is replaced${first === undefined ? "" : `: ${codeOf(first)}${what} has to stay as it is`}.`;
  }
  return count(line) < count(expected)
    ? "Each character that is not safe becomes one U+FFFD: none is left out, and several in a row become several."
    : undefined;
}

function codeOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** Expects a line without any character that a terminal would obey. */
async function showsSafely(scene: Scene, client: ClientUnderTest, expected: RegExp): Promise<void> {
  const shown = await client.showsNext(expected);
  await scene.step("there is nothing in it that could steer a terminal", () => {
    if (STEERS.test(shown))
      scene.fails({ expected: "no control characters; each is shown as U+FFFD", received: quote(shown) });
  });
}
