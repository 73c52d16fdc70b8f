// Checks clauses P5.1 and P5.2: stage 03's XORed lines on the wire, and what its programs say about them.

import { ack, BYE, type Chat, type ChatRole, message, ROLES } from "./engine/chat.ts";
import { connectsAs, isEnded, lostChat, WEAK } from "./engine/chat-steps.ts";
import { defineCheck, defineChecks } from "./engine/check.ts";
import type { ClientUnderTest } from "./engine/launcher.ts";
import type { ProgramUnderTest } from "./engine/program-under-test.ts";
import type { Scene } from "./engine/scene.ts";

const CLIENT = { stages: ["03"], of: "client" } as const;

/** Expects the warning, but not on standard output (P7). */
async function warns(scene: Scene, program: ProgramUnderTest): Promise<void> {
  await program.prints(WEAK);
  await scene.step("the warning is on standard error", () => {
    const line = program.lines.find((one) => WEAK.test(one));
    if (line === undefined) return;
    scene.fails({
      expected: "no warning on standard output",
      received: line,
      likelyCause: "The warning goes to standard output. Standard error is the place for it (P7).",
    });
  });
}

/** A chat that has started. Its safety number is not checked, because it does not depend on the cipher. */
async function startsChat(scene: Scene, alice: ClientUnderTest, role: ChatRole, name: string): Promise<Chat> {
  const chat = await connectsAs(scene, alice, role, name);
  await chat.shakesHands();
  await alice.shows(`chat with ${name} started`);
  return chat;
}

/** Expects that the last line is refused, and that the chat is lost. */
async function isRefused(alice: ClientUnderTest, chat: Chat): Promise<void> {
  await chat.refused("bad-request");
  await alice.shows(lostChat(chat.name));
}

const xored = defineChecks(CLIENT, [
  {
    id: "P5.1-xored-lines",
    title: "every line in a chat is XORed, from the first byte of the key on",
    likelyCause:
      "The key does not start anew in every line, is not repeated after 32 bytes, or is applied to characters instead of bytes.",
    async run(scene) {
      const alice = await scene.client("alice", { argv: ["--accept"] });
      for (const role of ROLES) {
        const bob = await startsChat(scene, alice, role, role);
        const text = "Grüße ☕, and a text that is longer than the key of 32 bytes";
        await alice.enters(text);
        await bob.hears(message(1, text));
        await bob.says(ack(1));
        await alice.shows(`delivered to ${role}: 1`);
        await bob.says(message(1, "naïve café ☕"));
        await bob.hears(ack(1));
        await alice.shows(`${role}> naïve café ☕`);
        await isEnded(alice, bob);
      }
    },
  },
  {
    id: "P5.1-nothing-in-clear",
    title: "after the keys, a line that is not XORed is refused, and nothing of it is shown",
    likelyCause: "What comes after the keys is taken although its type is not xored.",
    async run(scene) {
      const alice = await scene.client("alice", { argv: ["--accept"] });
      const lines = [
        JSON.stringify(message(1, "in clear")),
        JSON.stringify(BYE),
        JSON.stringify({ type: "xored" }),
        JSON.stringify({ type: "xored", ciphertext: 7 }),
        JSON.stringify({ type: "xored", ciphertext: "abc" }),
        JSON.stringify({ type: "xored", ciphertext: "not hexadecimal!" }),
        JSON.stringify({ type: "sealed", seq: 0, iv: "", ciphertext: "", tag: "" }),
      ];
      for (const [index, line] of lines.entries()) {
        const bob = await startsChat(scene, alice, "initiator", `bob${index}`);
        await bob.connection.sends(`${line}\n`);
        await isRefused(alice, bob);
      }
      await alice.hasNotShown("> ");
    },
  },
  {
    id: "P5.1-nothing-but-p3",
    title: "an XORed line that is no line of P3 is refused",
    likelyCause:
      "What comes out of the cipher is not checked like any line from outside. With this cipher anything may come out.",
    async run(scene) {
      const alice = await scene.client("alice", { argv: ["--accept"] });
      const payloads = [
        "no JSON",
        "[]",
        JSON.stringify({ type: "bogus" }),
        JSON.stringify(message(2, "not 1")),
      ];
      for (const [index, payload] of payloads.entries()) {
        const bob = await startsChat(scene, alice, "initiator", `bob${index}`);
        await bob.says(payload);
        await isRefused(alice, bob);
      }
      await alice.hasNotShown("> ");
    },
  },
  {
    id: "P5.1-error-in-clear",
    title: "an error line in clear ends the chat, which is lost",
    likelyCause: "Error lines are not XORed: look at the type before you decrypt.",
    async run(scene) {
      const { alice, bob } = await scene.chat("initiator");
      await bob.connection.sendsJson({ type: "error", code: "bad-request", message: "no idea" });
      await bob.ended();
      await alice.shows(lostChat("bob"));
    },
  },
]);

export const checks = [
  ...xored,
  defineCheck({
    id: "P5.2-server-warns",
    stages: ["03"],
    of: "server",
    title: "the server says at its start that stage 03's cipher is weak",
    likelyCause: "Nothing is said on standard error. Who starts a weak program should know that it is one.",
    async run(scene) {
      const { program } = await scene.startServer();
      await warns(scene, program);
    },
  }),
  defineCheck({
    id: "P5.2-client-warns",
    ...CLIENT,
    title: "the client says at its start that stage 03's cipher is weak",
    likelyCause: "Nothing is said on standard error. Who starts a weak program should know that it is one.",
    async run(scene) {
      const alice = await scene.client("alice");
      await warns(scene, alice);
    },
  }),
];
