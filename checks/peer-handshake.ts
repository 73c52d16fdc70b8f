// Checks clause P3.1: who may begin a chat, and which lines both sides send before the first message.

import { ack, type Chat, message } from "./engine/chat.ts";
import {
  asksForChat,
  callsAs,
  failedCall,
  isAccepted,
  isCalledAs,
  readsHello,
  started,
  wantsToChat,
} from "./engine/chat-steps.ts";
import { defineChecks } from "./engine/check.ts";
import type { Members } from "./engine/connection.ts";
import { CHAT_STAGES } from "./engine/place.ts";

/** A line that must be refused, what is wrong with it, and the error code. */
type Wrong = readonly [what: string, line: string | Members, code: string];

/** The value of a member that is left out of a hello. */
const MISSING = undefined;

export const checks = defineChecks({ stages: CHAT_STAGES, of: "client" }, [
  {
    id: "P3.1-hello",
    title: "who calls says hello, and the chat starts when the other one has said it, too",
    likelyCause:
      "A hello has exactly the members type, stage, from and to. It is the first line on the connection, and the caller waits for the answer.",
    async run(scene) {
      const alice = await scene.client("alice");
      const bob = await isCalledAs(scene, alice, "bob");
      await bob.receivesHello();
      // Bob has not accepted yet, so there is no chat.
      await alice.enters("/chats");
      await alice.showsNext("no chats");
      await bob.sendsHello();
      await bob.exchangesKeys();
      await started(alice, bob);
      await bob.says(message(1, "hi"));
      await bob.hears(ack(1));
      await alice.shows("bob> hi");
    },
  },

  {
    id: "P3.1-answer-checked",
    title: "the caller refuses an answer that is not from the one it called, or not for itself",
    likelyCause:
      "The answer is taken for what it should be. Compare its stage, its to with your own name, and its from with the name you have called.",
    async run(scene) {
      const alice = await scene.client("alice");
      const hello = (others: Members): Members => ({
        type: "hello",
        stage: scene.stage,
        to: "alice",
        ...others,
      });
      const cases: readonly Wrong[] = [
        ["from somebody else", hello({ from: "carol" }), "wrong-peer"],
        ["for somebody else", hello({ from: "bob1", to: "carol" }), "wrong-peer"],
        ["of another stage", hello({ from: "bob2", stage: "05" }), "wrong-stage"],
        ["that is no hello", message(1, "hi"), "bad-request"],
      ];
      for (const [index, [what, line, code]] of cases.entries()) {
        const name = `bob${index}`;
        const bob = await isCalledAs(scene, alice, name);
        await readsHello(bob);
        scene.transcript.steps.push(`an answer comes ${what}`);
        // A message follows at once: a client that wrongly accepts the answer would acknowledge the message.
        await bob.connection.sends(`${JSON.stringify(line)}\n${JSON.stringify(message(1, "gotcha"))}\n`);
        await bob.refused(code);
        await alice.shows(failedCall(name));
      }
      await alice.hasNotShown("started");
      await alice.hasNotShown("gotcha");
      if (scene.stage !== "02") return; // From stage 03 on, the rest would need keys.
      const dora = await isCalledAs(scene, alice, "dora");
      await readsHello(dora);
      scene.transcript.steps.push("an answer comes with the right name in another case (P2.1)");
      await dora.sendsHello({ from: "DORA" });
      await started(alice, dora);
    },
  },

  {
    id: "P3.1-consent",
    title: "who is called says hello only when its user accepts, and bye if its user declines",
    likelyCause:
      "The hello of the one who is called is its user's consent. Send it at /accept, and a bye with the reason declined at /decline.",
    async run(scene) {
      const alice = await scene.client("alice");
      const carol = await callsAs(scene, alice, "carol");
      await carol.sendsHello();
      await alice.shows(wantsToChat("carol"));
      await alice.enters("/decline carol");
      await carol.connection.receivesJson({ type: "bye", reason: "declined" });
      await carol.ended();
      const bob = await asksForChat(scene, alice, "bob");
      await alice.enters("/chats", "/accept bob");
      await alice.showsNext("no chats");
      await bob.receivesHello();
      await bob.exchangesKeys();
      await started(alice, bob);
    },
  },

  {
    id: "P3.1-declined",
    title:
      "a call that is declined, or refused with an error, is shown as that, and the name can be called again",
    likelyCause: "A bye before the hello means no. An error there ends the call. Forget it in both cases.",
    async run(scene) {
      const alice = await scene.client("alice");
      const peer = await scene.peer("bob");
      const isCalled = async (): Promise<Chat> => {
        await alice.enters("/chat bob");
        const bob = await peer.isCalled(alice);
        await readsHello(bob);
        return bob;
      };
      const first = await isCalled();
      await first.connection.sendsJson({ type: "bye", reason: "declined" });
      await alice.showsNext("bob declined");
      first.connection.ignoresTheRest(); // The client may send a bye.
      const second = await isCalled();
      await second.connection.sendsJson({ type: "error", code: "wrong-stage", message: "another stage" });
      await alice.showsNext(failedCall("bob"));
      const third = await isCalled();
      await third.sendsHello();
      await third.exchangesKeys();
      await started(alice, third);
    },
  },

  {
    id: "P3.1-stranger-checked",
    title: "who is called refuses a first line that is no proper hello, and bothers nobody with it",
    likelyCause:
      "Before a user is asked, the hello's stage, to and from are checked, each with its own code, and the connection is closed.",
    async run(scene) {
      const alice = await scene.client("alice");
      const hello = (others: Members): Members => ({
        type: "hello",
        stage: scene.stage,
        from: "mallory",
        to: "alice",
        ...others,
      });
      const cases: readonly Wrong[] = [
        ["of another stage", hello({ stage: scene.stage === "02" ? "03" : "02" }), "wrong-stage"],
        ["for somebody else", hello({ to: "bob" }), "wrong-peer"],
        ["for a longer name", hello({ to: "alicea" }), "wrong-peer"],
        ["in our own name", hello({ from: "Alice" }), "bad-request"],
        ["in the name you", hello({ from: "You" }), "bad-request"],
        ["with a blank in the name", hello({ from: "mal lory" }), "bad-request"],
        ["with an order to the terminal", hello({ from: "\u001b[2J" }), "bad-request"],
        ["without a name", hello({ from: MISSING }), "bad-request"],
        ["with a name that is too long", hello({ from: "m".repeat(33) }), "bad-request"],
        ["with a number for a name", hello({ from: 7 }), "bad-request"],
        ["that is a message", message(1, "hi"), "bad-request"],
        ["that is a hello in capitals", hello({ type: "HELLO" }), "bad-request"],
        ["without a type", hello({ type: MISSING }), "bad-request"],
        ["that is empty", "", "bad-request"],
        ["of another protocol", "GET / HTTP/1.1", "bad-request"],
      ];
      for (const [what, line, code] of cases) {
        const mallory = await scene.connect(alice, "mallory");
        scene.transcript.steps.push(`a first line comes ${what}`);
        await mallory.sends(`${typeof line === "string" ? line : JSON.stringify(line)}\n`);
        await mallory.receivesError(code);
        await mallory.sends("\n"); // A client that goes on would answer this, too.
        await mallory.isClosed();
      }
      const bob = await asksForChat(scene, alice, "bob");
      bob.connection.ignoresTheRest();
    },
  },

  {
    id: "P3.1-unknown-members",
    title: "a hello in pieces, in capitals, with blanks, a CR and members that nobody knows, is understood",
    likelyCause:
      "A line may come in any number of pieces, even in the middle of a character (P0.2), a CR before the LF is dropped (P0.1), case does not count in names (P2.1), and unknown members are ignored.",
    async run(scene) {
      const alice = await scene.client("alice");
      const bob = await callsAs(scene, alice, "bob");
      const hello = ` { "note" : "Grüße ☕", "to":"ALICE",\t"from":"bob", "stage":"${scene.stage}", "type":"hello" } `;
      bob.hello.initiator = hello;
      const bytes = Buffer.from(`${hello}\r\n`);
      const inCharacter = bytes.indexOf("ü") + 1;
      await bob.connection.sendsInPieces(bytes, [1, inCharacter, bytes.length - 1]);
      await alice.shows(wantsToChat("bob"));
      await isAccepted(alice, bob);
      // Stage 04's keys depend on every byte of both hellos, so a message can be read only if both sides agree.
      await bob.says(message(1, "hi"));
      await bob.hears(ack(1));
      await alice.shows("bob> hi");
    },
  },
]);
