// Checks the client's side of the registry (P2, P7). The checker plays the registry.

import { ack, message } from "./engine/chat.ts";
import { defineChecks } from "./engine/check.ts";
import type { Members } from "./engine/connection.ts";
import { freePort } from "./engine/free-port.ts";
import { CHAT_STAGES } from "./engine/place.ts";

const CLIENT = { stages: CHAT_STAGES, of: "client" } as const;

function user(username: string): Members {
  return { username, host: "127.0.0.1", port: 50_001 };
}

/** The client's line when it is registered. Other checks check the port. */
const REGISTERED = /^registered as alice, listening on 127\.0\.0\.1:[0-9]+$/;

const NOT_HERE = "Warnings and notes go to standard error: programs read what is on standard output.";

const present = defineChecks(CLIENT, [
  {
    id: "P7-registered",
    title: "the client registers its name and the port where it listens, and says so",
    likelyCause: "Listen first; then you know the port that you tell the registry and the user.",
    async run(scene) {
      const alice = await scene.client("alice");
      const { type, username, port } = await scene.registry.request("register");
      const expected = { type: "register", username: "alice", port: alice.port };
      if (JSON.stringify({ type, username, port }) !== JSON.stringify(expected))
        scene.fails({
          expected: JSON.stringify(expected),
          received: JSON.stringify({ type, username, port }),
        });
      const peer = await scene.connect(alice, "a peer");
      peer.ignoresTheRest();
      await scene.step("this is the first line on standard output", () => {
        const [first = ""] = alice.lines;
        if (!REGISTERED.test(first))
          scene.fails({ expected: "registered as alice, …", received: first, likelyCause: NOT_HERE });
      });
    },
  },
  {
    id: "P7-asks",
    title: "without --name the client asks, and takes the first line that is entered",
    likelyCause: "A name is a line of the input like any other, if no option gives it.",
    async run(scene) {
      const client = await scene.startClient(undefined);
      await client.enters("alice");
      await scene.registry.registration("alice");
      await client.shows(REGISTERED);
    },
  },
  {
    id: "P7-users",
    title: "/users, or Get Users, shows who else is there",
    likelyCause: "The line is `users: ` and the names, parted by a comma and a blank, or `no other users`.",
    async run(scene) {
      const alice = await scene.client("alice");
      await alice.enters("/users");
      await alice.showsNext("no other users");
      for (const username of ["bob", "Carol"]) scene.registry.add(username, 50_001);
      for (const command of ["/users", "Get Users"]) {
        await alice.enters(command);
        await alice.showsNext("users: bob, Carol");
      }
    },
  },
  {
    id: "P7-news",
    title: "the client shows who comes and goes, in the order in which it is told",
    likelyCause:
      "Look at the type of each line of the registry; joined and left are news, and answer nothing.",
    async run(scene) {
      const alice = await scene.client("alice");
      const news: Members[] = [
        { type: "joined", ...user("bob") },
        { type: "left", username: "bob" },
        { type: "joined", ...user("carol") },
      ];
      for (const line of news) await scene.registry.tell(line);
      for (const line of ["joined: bob", "left: bob", "joined: carol"]) await alice.showsNext(line);
    },
  },
  {
    id: "P2.5-news-between",
    title: "news that comes between a question and its answer is not taken for the answer",
    likelyCause: "The next line after a question need not be its answer. Look at its type.",
    async run(scene) {
      const alice = await scene.client("alice");
      const { connection } = await scene.registry.registration("alice");
      scene.registry.answerWith = (answer, { type }) => (type === "list" ? undefined : answer);
      await alice.enters("/users");
      await scene.registry.request("list");
      await connection.sendsJson({ type: "joined", ...user("bob") });
      await connection.sendsJson({ type: "ping" });
      await connection.sendsJson({ type: "users", users: [user("bob"), user("dave")] });
      await alice.showsNext("joined: bob");
      await alice.showsNext("users: bob, dave");
    },
  },
  {
    id: "P2.6-pong",
    title: "the client answers a ping with a pong, and shows nothing of it",
    likelyCause: "Answer each ping as soon as it comes, whatever the user does.",
    async run(scene) {
      const alice = await scene.client("alice");
      for (let times = 1; times <= 2; times += 1) {
        await scene.registry.tell({ type: "ping" });
        await scene.registry.request("pong", times);
      }
      await alice.enters("/users");
      await alice.showsNext("no other users");
    },
  },
  {
    id: "P0.3-long-users",
    title: "the client takes a list of users of more than a million bytes",
    likelyCause: "For lines from the registry the limit is 4 MiB, not 262,144 bytes.",
    async run(scene) {
      const alice = await scene.client("alice");
      const usernames = Array.from({ length: 20_000 }, (_, index) => `user${10_000 + index}`);
      for (const username of usernames) scene.registry.add(username, 50_001);
      await alice.enters("/users");
      await alice.showsNext(`users: ${usernames.join(", ")}`);
    },
  },
  {
    id: "P7-unknown-user",
    title: "/chat with a name that nobody has is an error, and the program goes on",
    likelyCause: "An error line is an answer like any other: show it, and go on.",
    async run(scene) {
      const alice = await scene.client("alice");
      await alice.enters("/chat nobody");
      await alice.showsNext(/^error: ./);
      await alice.enters("/users");
      await alice.showsNext("no other users");
    },
  },
  {
    id: "P2.8-says-nothing",
    title: "the client tells the registry nothing of a chat; /quit says goodbye to it",
    likelyCause: "To the registry goes what is in the table of P2: register, list, lookup, leave, pong.",
    async run(scene) {
      const { alice, bob } = await scene.chat("responder");
      await alice.enters("between us");
      await bob.hears(message(1, "between us"));
      await bob.says(ack(1));
      await alice.shows("delivered to bob: 1");
      await bob.says(message(1, "of course"));
      await bob.hears(ack(1));
      await alice.shows("bob> of course");
      await alice.enters("/end");
      await bob.hears({ type: "bye" });
      await bob.says({ type: "bye" });
      bob.connection.end();
      await alice.shows("chat with bob ended");
      await alice.enters("/quit");
      await scene.registry.request("leave");
      await alice.endsWith(0);
      const said = scene.registry.requests.map(({ type }) => type);
      const expected = ["register", "lookup", "leave"];
      await scene.step("the registry has received nothing else", () => {
        if (said.join(" ") !== expected.join(" "))
          scene.fails({ expected: expected.join(", "), received: said.join(", "), exact: true });
      });
    },
  },
]);

const absent = defineChecks(CLIENT, [
  {
    id: "P7-no-registry",
    title:
      "without a registry at the start the client says how to start one, in one line, and ends with exit code 1",
    likelyCause: "A connection that is refused is an event to tell the user of, not an exception to die of.",
    async run(scene) {
      const alice = await scene.startClient("alice", {}, await freePort());
      await alice.showsNext(/^error: .*\bstart\b/);
      await alice.endsWith(1);
      if (alice.lines.length > 1) scene.fails({ expected: "one line", received: alice.lines.join("\n") });
    },
  },
  {
    id: "P7-name-refused",
    title: "without a terminal, a name that is taken or not allowed is an error, and exit code 1",
    likelyCause: "Without a person to ask for another name there is nothing to go on with.",
    async run(scene) {
      const registry = await scene.playRegistry();
      registry.answerWith = () => ({ type: "error", code: "username-taken", message: "this name is taken" });
      const alice = await scene.startClient("alice");
      await alice.showsNext(/^error: ./);
      await alice.endsWith(1);
      const nameless = await scene.startClient("a b");
      await nameless.showsNext(/^error: ./);
      await nameless.endsWith(1);
    },
  },
  {
    id: "P7-registry-lost",
    title: "when the registry goes away the chats go on, and the client says so once and registers again",
    likelyCause:
      "The connection to the registry and the chats are apart: when one ends, nothing happens to the others.",
    async run(scene) {
      const { alice, bob } = await scene.chat("initiator");
      await scene.registry.drops();
      await alice.showsNext(/^error: ./);
      await bob.says(message(1, "and now?"));
      await bob.hears(ack(1));
      await alice.showsNext("bob> and now?");
      const { port } = await scene.registry.registration("alice", 2);
      await alice.showsNext(`registered as alice, listening on 127.0.0.1:${alice.port}`);
      if (port !== alice.port)
        scene.fails({ expected: `port ${alice.port} again`, received: `port ${port}` });
      await alice.enters("/chats");
      await alice.showsNext("chats: bob (current)");
    },
  },
  {
    id: "P7-comes-back",
    title: "the client tries again and again to come back, and tells each loss once",
    likelyCause:
      "An attempt that fails is followed by another, after twice the time; only the loss itself is told.",
    async run(scene) {
      const alice = await scene.client("alice");
      const { registry } = scene;
      // The client's first attempt fails as well, because the registry closes that connection, too.
      registry.answerWith = () => undefined;
      await registry.drops();
      await registry.registration("alice", 2);
      registry.answerWith = (answer) => answer;
      const since = performance.now();
      await registry.drops();
      await registry.registration("alice", 3);
      await scene.step("the second attempt comes after 2 s, not before", () => {
        const after = (performance.now() - since) / 1000;
        if (after < 1.9)
          scene.fails({
            expected: "the second attempt 2 s after the first",
            received: `it after ${after.toFixed(1)} s`,
          });
      });
      await alice.showsNext(/^error: ./);
      await alice.showsNext(REGISTERED);
      await registry.drops();
      await alice.showsNext(/^error: ./);
    },
  },
]);

export const checks = [...present, ...absent];
