// Checks clause P7: which lines a chat prints on the terminal, and what its user may enter. (registry-client.ts checks
// the lines about the registry.)

import { ack, BYE, message } from "./engine/chat.ts";
import {
  asksForChat,
  callsAs,
  isAccepted,
  isCalledAs,
  lostChat,
  opensChat,
  readsHello,
  wantsToChat,
} from "./engine/chat-steps.ts";
import { defineChecks } from "./engine/check.ts";
import { freePort } from "./engine/free-port.ts";
import { CHAT_STAGES } from "./engine/place.ts";

/** Commands that are impossible while no other user is registered and no chat is open. */
const IMPOSSIBLE = [
  "hello?",
  "/chat",
  "/chat no body",
  "/chat alice",
  "/accept",
  "/accept nobody",
  "/decline nobody",
  "/switch nobody",
  "/end",
  "EOM",
  "/nonsense",
  "/verify",
];

export const checks = defineChecks({ stages: CHAT_STAGES, of: "client" }, [
  {
    id: "P7-chat",
    title: "a chat is shown event by event, a line for each, exactly, and nothing else",
    likelyCause:
      "Programs read these lines, too: every word, blank and sign is as the table of P7 says, and nothing stands between.",
    async run(scene) {
      const alice = await scene.client("alice");
      const bob = await asksForChat(scene, alice, "bob");
      await alice.enters("/accept bob");
      await bob.receivesHello();
      await bob.exchangesKeys();
      await alice.showsNext("chat with bob started");
      if (bob.stage !== "02") {
        await alice.showsNext(`safety number with bob: ${bob.safetyNumber}`);
        await alice.enters("/verify");
        await alice.showsNext(`safety number with bob: ${bob.safetyNumber}`);
      }
      await alice.enters("hi");
      await alice.showsNext("you> hi");
      await bob.hears(message(1, "hi"));
      await bob.says(ack(1));
      await alice.showsNext("delivered to bob: 1");
      await bob.says(message(1, "hello"));
      await bob.hears(ack(1));
      await alice.showsNext("bob> hello");
      await alice.enters("/chats", "/end");
      await alice.showsNext("chats: bob (current)");
      await bob.hears(BYE);
      await bob.says(BYE);
      await bob.ended();
      await alice.showsNext("chat with bob ended");
      await alice.enters("/chats");
      await alice.showsNext("no chats");
    },
  },

  {
    id: "P7-requests",
    title: "a request that is withdrawn, and one that is declined, are shown, each in its words",
    likelyCause: "Programs read these lines, too: every word is as the table of P7 says.",
    async run(scene) {
      const alice = await scene.client("alice");
      const bob = await asksForChat(scene, alice, "bob");
      await bob.connection.sendsJson(BYE);
      await alice.showsNext("bob no longer wants to chat");
      await bob.connection.isClosedAfter();
      const carol = await isCalledAs(scene, alice, "carol");
      await readsHello(carol);
      await carol.connection.sendsJson({ type: "bye", reason: "declined" });
      await alice.showsNext("carol declined");
      carol.connection.ignoresTheRest(); // The client may send a bye.
    },
  },

  {
    id: "P7-current-chat",
    title: "a line goes to the chat of the user's own last /chat, /accept or /switch, whatever comes in",
    likelyCause:
      "Only the user's own commands choose the current chat. A request, or a message from another chat, does not.",
    async run(scene) {
      const alice = await scene.client("alice");
      const bob = await callsAs(scene, alice, "bob");
      await bob.sendsHello();
      await alice.shows(wantsToChat("bob"));
      await isAccepted(alice, bob);
      const carol = await callsAs(scene, alice, "carol");
      await carol.sendsHello();
      await alice.shows(wantsToChat("carol"));
      await alice.enters("to bob");
      await bob.hears(message(1, "to bob"));
      await isAccepted(alice, carol);
      await alice.enters("/chats", "to carol");
      await alice.showsNext("chats: bob, carol (current)");
      await carol.hears(message(1, "to carol"));
      await alice.enters("/switch bob");
      await carol.says(message(1, "look here"));
      await carol.hears(ack(1));
      await alice.shows("carol> look here");
      await alice.enters("to bob again");
      await bob.hears(message(2, "to bob again"));
      const dave = await opensChat(scene, alice, "responder", "dave");
      await alice.enters("to dave");
      await dave.hears(message(1, "to dave"));
    },
  },

  {
    id: "P7-accept-option",
    title: "--accept accepts every chat, and makes one the current chat only if there is none",
    likelyCause:
      "A chat that was accepted by itself must not take over what the user is writing. When the current chat is over, there is none.",
    async run(scene) {
      const { alice, bob } = await scene.chat("initiator");
      const carol = await opensChat(scene, alice, "initiator", "carol");
      await alice.enters("/chats", "to bob");
      await alice.showsNext("chats: bob (current), carol");
      await bob.hears(message(1, "to bob"));
      await alice.showsNext("you> to bob");
      await bob.connection.resets();
      await alice.showsNext(lostChat("bob"));
      await alice.showsNext("not delivered to bob: 1");
      await alice.enters("to nobody", "/chats");
      await alice.showsNext(/^error: ./);
      await alice.showsNext("chats: carol");
      const dave = await opensChat(scene, alice, "initiator", "dave");
      await alice.enters("to dave", "/switch carol", "to carol");
      await dave.hears(message(1, "to dave"));
      await carol.hears(message(1, "to carol"));
    },
  },

  {
    id: "P7-end",
    title: "/end and EOM end the current chat, and then there is none",
    likelyCause: "EOM alone on a line means /end. It is no text, and what follows it has nowhere to go.",
    async run(scene) {
      const alice = await scene.client("alice", { argv: ["--accept"] });
      for (const [name, line] of [
        ["bob", "/end"],
        ["carol", "EOM"],
      ] as const) {
        const peer = await opensChat(scene, alice, "initiator", name);
        await alice.enters(line);
        await peer.hears(BYE);
        await peer.says(BYE);
        await peer.ended();
        await alice.showsNext(`chat with ${name} ended`);
        await alice.enters("anybody?");
        await alice.showsNext(/^error: ./);
      }
    },
  },

  {
    id: "P7-listen",
    title: "--listen says on which port the client listens, and the registry learns of it",
    likelyCause:
      "The option's port is where to listen, what the user is shown, and what the registry is told.",
    async run(scene) {
      const port = await freePort();
      const alice = await scene.client("alice", { argv: ["--listen", String(port)] });
      await scene.step(`alice listens on port ${port}`, () => {
        if (alice.port !== port) scene.fails({ expected: `port ${port}`, received: `port ${alice.port}` });
      });
      const bob = await asksForChat(scene, alice, "bob");
      bob.connection.ignoresTheRest();
    },
  },

  {
    id: "P7-host",
    title: "--host says on which address the client listens",
    likelyCause: "The option's address is where to listen, and what the user is shown.",
    async run(scene) {
      const alice = await scene.startClient("alice", { argv: ["--host", "0.0.0.0"] });
      const { port } = await scene.registry.registration("alice");
      await alice.showsNext(`registered as alice, listening on 0.0.0.0:${port}`);
      const peer = await scene.connect({ port }, "a peer");
      peer.ignoresTheRest();
    },
  },

  {
    id: "P7-quit",
    title: "/quit, EXIT and the end of the input say goodbye to peers and registry, with exit code 0",
    likelyCause:
      "At the end say bye in every chat, wait for the answers, leave the registry, and end with exit code 0.",
    async run(scene) {
      const ways = ["/quit", "EXIT", undefined];
      for (const [index, line] of ways.entries()) {
        const client = await scene.client(`alice${index}`, { argv: ["--accept"] });
        const bob = await opensChat(scene, client, "initiator", "bob");
        const carol = await opensChat(scene, client, "initiator", "carol");
        await (line === undefined ? client.endsInput() : client.enters(line));
        for (const peer of [bob, carol]) {
          await peer.hears(BYE);
          await peer.says(BYE);
          await peer.ended();
        }
        await scene.registry.request("leave", index + 1);
        await client.showsInAnyOrder("chat with bob ended", "chat with carol ended");
        await client.endsWith(0);
      }
    },
  },

  {
    id: "P7-errors",
    title: "what cannot be done is an error on standard output, and the program goes on",
    likelyCause:
      "Every line that the user enters is answered: what cannot be done by one line that begins with `error: `.",
    async run(scene) {
      const alice = await scene.client("alice");
      for (const line of IMPOSSIBLE) {
        await alice.enters(line);
        await alice.showsNext(/^error: ./);
      }
      await alice.enters("/chats");
      await alice.showsNext("no chats");
    },
  },

  {
    id: "P7-help",
    title: "/help names every command",
    likelyCause: "A command that /help does not name is one that nobody finds.",
    async run(scene) {
      const alice = await scene.client("alice");
      await alice.enters("/help", "/chats");
      await alice.shows("no chats");
      const help = alice.lines.join("\n");
      for (const command of ["/users", "/chat ", "/accept", "/decline", "/switch", "/chats", "/end", "/quit"])
        await scene.step(`it names ${command.trim()}`, () => {
          if (!help.includes(command))
            scene.fails({ expected: `a line with ${command.trim()}`, received: help });
        });
    },
  },

  {
    id: "P7-as-entered",
    title: "a text is sent as it was entered, blanks and all; only what begins with / is a command",
    likelyCause:
      "Do not trim what the user enters, and compare EOM, EXIT and Get Users with the whole line, letter by letter.",
    async run(scene) {
      const { alice, bob } = await scene.chat("initiator");
      const texts = ["  two blanks  ", " /quit", "eom", "exit", "Grüße ☕ 😀", '{"type":"bye"}', "tab\tin"];
      for (const [index, text] of texts.entries()) {
        await alice.enters(text);
        await bob.hears(message(index + 1, text));
        await alice.showsNext(`you> ${text}`);
      }
    },
  },
]);
