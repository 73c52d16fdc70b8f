// Checks the client's side of the registry (P2, P7). The checker plays the registry.

import { ack, message } from "./engine/chat.ts";
import { STEERS, talk } from "./engine/chat-steps.ts";
import { defineChecks } from "./engine/check.ts";
import type { Members } from "./engine/connection.ts";
import { freePort } from "./engine/free-port.ts";
import { CHAT_STAGES } from "./engine/place.ts";
import { quote } from "./engine/readable-bytes.ts";

const CLIENT = { stages: CHAT_STAGES, of: "client" } as const;

function user(username: string): Members {
  return { username, host: "127.0.0.1", port: 50_001 };
}

/** The client's line when it is registered. Other checks check the port. */
const REGISTERED = /^registered as alice, listening on 127\.0\.0\.1:[0-9]+$/;

const NOT_HERE = "Warnings and notes go to standard error: programs read what is on standard output.";
/** The longest line from a registry, in bytes with its LF (P0.3). */
const LONGEST_USERS = 4_194_304;

/** An answer that is as long as a line may be. */
function padded(answer: Members | undefined): Members {
  const length = JSON.stringify({ ...answer, note: "" }).length + 1;
  return { ...answer, note: "x".repeat(LONGEST_USERS - length) };
}

/** What a registry could put into a line in order to steer the terminal, and a line of the client that it forges. */
const FORGED = "chat with zoe started";
const STEERING = `\u001b[2J\u0007\u009b31m\u202e\n${FORGED}\r`;

/** Lines that P2 does not allow a registry, each without its LF. */
const NONSENSE: readonly (string | Buffer)[] = [
  `\u001b[2J\u0007\u009b31m\u202e`,
  Buffer.from('{"type":"\xff\x1b[2J"}', "latin1"),
  ...[
    { type: STEERING },
    { type: "joined", ...user("zoe"), username: STEERING },
    { type: "left", username: STEERING },
    { type: "registered", username: STEERING },
    { type: "users", users: [{ ...user("zoe"), username: STEERING }] },
    { type: "error", code: STEERING, message: STEERING },
  ].map((line) => JSON.stringify(line)),
];

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
    title: "the client takes a list of users of 4 MiB, and of a line that is longer no more than that",
    likelyCause: "For lines from the registry the limit is 4 MiB, not 262,144 bytes, and there is one.",
    async run(scene) {
      const alice = await scene.client("alice");
      const usernames = Array.from({ length: 20_000 }, (_, index) => `user${10_000 + index}`);
      for (const username of usernames) scene.registry.add(username, 50_001);
      scene.registry.answerWith = (answer, { type }) => (type === "list" ? padded(answer) : answer);
      await alice.enters("/users");
      await alice.showsNext(`users: ${usernames.join(", ")}`);
      const { connection } = await scene.registry.registration("alice");
      await connection.sends("x".repeat(LONGEST_USERS + 1));
      await connection.isClosedAfter();
      await scene.registry.registration("alice", 2);
    },
  },
  {
    id: "P2.9-nonsense",
    title: "nothing that a registry must not send ends the client, or steers the terminal",
    likelyCause:
      "What a registry sends is believed, or shown as it came. Check each line; pass a wrong one over or come back to the registry, and make safe what you show.",
    waits: 10,
    async run(scene) {
      const { alice, bob } = await scene.chat("initiator");
      await scene.preparing(() => talk(alice, bob, 1));
      const { registry } = scene;
      for (const line of NONSENSE) {
        const connection = await registry.stillThere("alice");
        await connection.sends(Buffer.concat([Buffer.from(line), Buffer.from("\n")]));
      }
      await registry.stillThere("alice");
      for (const [command, type] of [
        ["/users", "list"],
        ["/chat zoe", "lookup"],
      ] as const) {
        registry.answerWith = (answer, request) =>
          request.type !== type
            ? answer
            : type === "list"
              ? { type: "users", users: [{ ...user("bob"), username: STEERING }] }
              : { type: "user", ...user("zoe"), host: STEERING };
        await alice.enters(command);
        await registry.request(type);
        await registry.stillThere("alice");
      }
      registry.answerWith = (answer) => answer;
      await talk(alice, bob, 2);
      await scene.step("nothing that was shown could steer a terminal", () => {
        const steers = [...alice.lines, ...alice.errors].find(
          (line) => STEERS.test(line) || line.startsWith(FORGED),
        );
        if (steers !== undefined)
          scene.fails({
            expected: "no control characters; each is shown as U+FFFD",
            received: quote(steers),
          });
      });
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

/** The pauses before the first attempts to come back, in seconds. */
const PAUSES = [1, 2, 4];

/** How many seconds a timer may be early. */
const TIMER_TOLERANCE = 0.1;

const absent = defineChecks(CLIENT, [
  {
    id: "P7-no-registry",
    title:
      "without a registry at the start the client says how to start one, in one line, and ends with exit code 1",
    likelyCause: "A connection that is refused is an event to tell the user of, not an exception to die of.",
    async run(scene) {
      const alice = await scene.startClient("alice", {}, await freePort());
      await alice.showsNext(/^error: .*\b(?:start|run|launch|node|npm|python\d?)\b/i);
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
    id: "P7-pauses",
    title: "the client tries to come back after 1, 2 and 4 s, and after 1 s again once it was registered",
    likelyCause:
      "After an attempt that failed, the pause is twice as long; after one that succeeded, it begins with 1 s again.",
    waits: 8,
    async run(scene) {
      const alice = await scene.client("alice");
      const { registry } = scene;
      const answering = registry.answerWith;
      registry.answerWith = () => undefined;
      let longest = 0;
      for (const [index, seconds] of [...PAUSES, ...PAUSES.slice(0, 1)].entries()) {
        const since = performance.now();
        await registry.drops();
        await registry.registration("alice", index + 2, 1000 * seconds);
        await scene.step(`that was ${seconds} s after the loss, and not before`, () => {
          const after = (performance.now() - since) / 1000;
          // A busy machine makes every pause longer, so the last one is compared with the longest.
          if (after < seconds - TIMER_TOLERANCE || (index === PAUSES.length && after > longest))
            scene.fails({
              expected: `an attempt after ${seconds} s`,
              received: `it after ${after.toFixed(1)} s`,
            });
          longest = Math.max(longest, after);
        });
        // The last but one is answered, and shown.
        if (index === PAUSES.length - 2) registry.answerWith = answering;
        if (index === PAUSES.length - 1) await alice.shows(REGISTERED);
      }
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
      await registry.drops();
      await registry.registration("alice", 3);
      await alice.showsNext(/^error: ./);
      await alice.showsNext(REGISTERED);
      await registry.drops();
      await alice.showsNext(/^error: ./);
    },
  },
]);

export const checks = [...present, ...absent];
