// Checks a registry (P2) over the wire.

import { once } from "node:events";
import { connect, createServer } from "node:net";
import { defineChecks } from "./engine/check.ts";
import type { Connection, Members } from "./engine/connection.ts";
import { CHAT_STAGES } from "./engine/place.ts";
import { quote } from "./engine/readable-bytes.ts";
import { bystander, joined, left, receivesNothingElse, registered, user } from "./engine/registered.ts";
import type { Scene } from "./engine/scene.ts";

const SERVER = { stages: CHAT_STAGES, of: "server" } as const;

/** The time between two pings, in seconds, for checks that wait for pings. A server that cuts it off is too early. */
const HEARTBEAT = 1.5;

/** How many seconds a timer may be early. */
const TIMER_TOLERANCE = 0.1;

/** The line with which a user registers. */
function register(username: unknown, port: unknown = 50_001): Members {
  return { type: "register", username, port };
}

/** Looks up a user, and expects this answer. */
async function finds(connection: Connection, asked: string, found: Members): Promise<void> {
  await connection.sendsJson({ type: "lookup", username: asked });
  await connection.answer({ type: "user", ...found });
}

/** Expects an error as the next answer. News may come before it. */
async function answersError(
  connection: Connection,
  request: Members,
  code: string,
  scene: Scene,
): Promise<void> {
  await connection.sendsJson(request);
  const answer = await connection.answer();
  if (answer.type !== "error" || answer.code !== code || typeof answer.message !== "string")
    scene.fails({
      expected: JSON.stringify({ type: "error", code, message: "…" }),
      received: JSON.stringify(answer),
      port: connection.port,
    });
}

/** Whether a server on this machine that listens on `::` can be reached over IPv4, too. */
async function wildcardTakesIpv4(): Promise<boolean> {
  const server = createServer((socket) => socket.destroy());
  try {
    server.listen({ host: "::", port: 0 });
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") return false;
    const socket = connect({ host: "127.0.0.1", port: address.port });
    await once(socket, "connect");
    socket.destroy();
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

const names = defineChecks(SERVER, [
  {
    id: "P2.1-usernames",
    title: "a username is 1 to 32 of A-Z a-z 0-9 _ -, and not you",
    likelyCause:
      "Test the whole name, from its first character to its last, against the characters that are allowed.",
    async run(scene) {
      const server = await scene.server();
      const refused = await scene.connect(server, "eve");
      const wrong = [
        "",
        "you",
        "YOU",
        "a".repeat(33),
        "a b",
        "a\n",
        "a.b",
        "é",
        "\u212a",
        "😀",
        null,
        7,
        ["alice"],
      ];
      for (const username of [...wrong, undefined]) {
        await refused.sendsJson(register(username));
        await refused.receivesError("bad-username");
      }
      for (const username of ["a", "-", "_", "7", "AZaz09_-", "your", "a".repeat(32), "__proto__"])
        await bystander(scene, server, username);
      await refused.registers("eve");
    },
  },
  {
    id: "P2.1-ports",
    title: "a port is an integer from 1 to 65535",
    likelyCause: "A port is a JSON number without a fraction; a string with digits in it is none.",
    async run(scene) {
      const server = await scene.server();
      const client = await scene.connect(server, "alice");
      await client.sendsJson({ type: "register", username: "alice" });
      await client.receivesError("bad-port");
      for (const port of [0, 65_536, -1, 1.5, "50001", null, true, [50_001]]) {
        await client.sendsJson(register("alice", port));
        await client.receivesError("bad-port");
      }
      await client.registers("alice");
      await bystander(scene, server, "lowest", 1);
      await bystander(scene, server, "highest", 65_535);
      await finds(client, "lowest", user("lowest", 1));
      await finds(client, "highest", user("highest", 65_535));
      client.ignoresTheRest();
    },
  },
  {
    id: "P2.1-case",
    title: "names are compared without regard to case, and shown as registered",
    likelyCause:
      "Compare names by their lower case everywhere, and keep the name as it was written beside it.",
    async run(scene) {
      const server = await scene.server();
      await bystander(scene, server, "Alice", 50_001);
      const other = await scene.connect(server, "eve");
      for (const username of ["alice", "ALICE", "Alice"]) {
        await other.sendsJson(register(username, 50_002));
        await other.receivesError("username-taken");
      }
      await other.registers("eve", 50_002);
      for (const asked of ["alice", "ALICE", "Alice"]) await finds(other, asked, user("Alice", 50_001));
    },
  },
  {
    id: "P2.2-taken",
    title: "a name has one owner; whoever claims it after that is refused, and may choose another",
    likelyCause: "Look whether somebody has the name before you write anything down.",
    async run(scene) {
      const server = await scene.server();
      const first = await registered(scene, server, "alice", 50_001);
      const second = await scene.connect(server, "the second");
      for (let attempt = 1; attempt <= 2; attempt += 1) {
        await second.sendsJson(register("alice", 50_002));
        await second.receivesError("username-taken");
      }
      await second.registers("bob", 50_002);
      await first.receivesJson(joined("bob", 50_002));
      await finds(second, "alice", user("alice", 50_001));
      await receivesNothingElse(first);
    },
  },
  {
    id: "P2.2-simultaneous",
    title: "of twenty who claim a name at once, exactly one gets it",
    likelyCause: "Between asking whether the name is free and writing it down, another claim gets its turn.",
    async run(scene) {
      const server = await scene.server();
      const watcher = await registered(scene, server, "watcher");
      const claimants: Connection[] = [];
      for (let index = 0; index < 20; index += 1)
        claimants.push(await scene.connect(server, `claimant ${index}`));
      for (const [index, claimant] of claimants.entries())
        await claimant.sendsJson(register(index % 2 === 0 ? "alice" : "ALICE"));
      const answers: Members[] = [];
      for (const claimant of claimants) answers.push(await claimant.answer());
      const winners = claimants.filter((_, index) => answers[index]?.type === "registered");
      const refused = answers.filter(({ code }) => code === "username-taken").length;
      await scene.step("one of them is registered, nineteen are not", () => {
        if (winners.length !== 1 || refused !== 19)
          scene.fails({
            expected: "1 registered, 19 username-taken",
            received: `${winners.length} registered, ${refused} username-taken`,
            exact: true,
          });
      });
      const news = await watcher.receivesJson();
      await winners[0]?.leaves();
      await watcher.receivesJson(left(String(news.username)));
    },
  },
  {
    id: "P2.2-freed",
    title: "a name is free at once however its connection ends: leave, close, half-close, reset",
    likelyCause:
      "Free the name where every way out passes. A reset connection has no orderly end: it is an error, and then it is gone.",
    async run(scene) {
      const server = await scene.server();
      const watcher = await registered(scene, server, "watcher");
      const endings: Record<string, (connection: Connection) => Promise<void>> = {
        "left-by-leave": async (connection) => {
          // A registry that does not close the connection would answer the second line.
          await connection.sends('{"type":"leave"}\n{"type":"list"}\n');
          await connection.isClosed();
        },
        "left-by-close": (connection) => connection.closes(),
        "left-by-half-close": async (connection) => {
          await connection.endsHalf();
          await connection.isClosed();
        },
        "left-by-reset": (connection) => connection.resets(),
      };
      for (const [username, end] of Object.entries(endings)) {
        const connection = await registered(scene, server, username);
        await watcher.receivesJson(joined(username));
        await end(connection);
        await watcher.receivesJson(left(username));
        const next = await registered(scene, server, username.toUpperCase(), 50_002);
        await watcher.receivesJson(joined(username.toUpperCase(), 50_002));
        await next.leaves();
        await watcher.receivesJson(left(username.toUpperCase()));
      }
      await receivesNothingElse(watcher);
    },
  },
]);

const answers = defineChecks(SERVER, [
  {
    id: "P2.3-host",
    title: "the host is the address that the registry sees, not one that the client claims",
    likelyCause: "Take the address from the connection, and nothing about it from the line.",
    async run(scene) {
      const server = await scene.server();
      const watcher = await registered(scene, server, "watcher");
      const liar = await scene.connect(server, "liar");
      await liar.sendsJson({ ...register("liar"), host: "203.0.113.7", address: "203.0.113.7" });
      await liar.receivesJson({ type: "registered", username: "liar" });
      await watcher.receivesJson(joined("liar"));
      await finds(watcher, "liar", user("liar"));
    },
  },
  {
    id: "P2.3-mapped",
    title: "an IPv4 address that is mapped into IPv6 is written as IPv4",
    likelyCause: "A server that listens on :: sees 127.0.0.1 as ::ffff:127.0.0.1. Take the prefix away.",
    async run(scene) {
      const host = (await wildcardTakesIpv4()) ? "::" : "0.0.0.0";
      const server = await scene.server(["--host", host]);
      const watcher = await registered(scene, server, "watcher");
      await bystander(scene, server, "alice");
      await watcher.receivesJson(joined("alice"));
      await finds(watcher, "alice", user("alice"));
    },
  },
  {
    id: "P2.4-others",
    title: "users holds everyone but the asker, once",
    likelyCause: "Leave out the asker, whom you know by the connection, and nobody else.",
    async run(scene) {
      const server = await scene.server();
      const alice = await registered(scene, server, "alice", 50_001);
      await alice.sendsJson({ type: "list" });
      await alice.receivesJson({ type: "users", users: [] });
      // Bob has the same port as Alice. Users behind different addresses may have equal ports.
      const bob = await registered(scene, server, "bob", 50_001);
      await alice.receivesJson(joined("bob", 50_001));
      await alice.sendsJson({ type: "list" });
      await alice.receivesJson({ type: "users", users: [user("bob", 50_001)] });
      await bob.sendsJson({ type: "list" });
      await bob.receivesJson({ type: "users", users: [user("alice", 50_001)] });
      await bob.leaves();
      await alice.receivesJson(left("bob"));
      await alice.sendsJson({ type: "list" });
      await alice.receivesJson({ type: "users", users: [] });
    },
  },
  {
    id: "P2.4-order",
    title: "users is sorted by the name in lower case, by code unit",
    likelyCause:
      "Sort by the lower case, and compare with < and >. An order for people (localeCompare, a collation) is another one.",
    async run(scene) {
      const server = await scene.server();
      const sorted = ["-y", "0x", "10", "9", "_x", "A-b", "a0", "a_b", "ab", "alice", "Bob", "Zed"];
      for (const username of shuffled(scene, sorted)) await bystander(scene, server, username);
      const asker = await registered(scene, server, "m-asker");
      await asker.sendsJson({ type: "list" });
      await asker.answer({ type: "users", users: sorted.map((username) => user(username)) });
    },
  },
  {
    id: "P2.4-many",
    title: "users holds everyone, whatever the number",
    likelyCause: "Something cuts the list, or somebody is forgotten when others come and go.",
    async run(scene) {
      const server = await scene.server();
      const everybody = Array.from(
        { length: 110 },
        (_, index) => `${index % 2 === 0 ? "U" : "u"}${100 + index}`,
      );
      for (const username of everybody) await bystander(scene, server, username);
      const asker = await registered(scene, server, "asker");
      await asker.sendsJson({ type: "list" });
      await asker.answer({ type: "users", users: everybody.map((username) => user(username)) });
    },
  },
  {
    id: "P2.5-news",
    title: "joined and left go to every other registered client, once, and to nobody else",
    likelyCause: "Tell each event to all who are registered but the one that it is about, when it happens.",
    async run(scene) {
      const server = await scene.server();
      const stranger = await scene.connect(server, "a stranger");
      const alice = await registered(scene, server, "alice");
      const bob = await registered(scene, server, "bob");
      await alice.receivesJson(joined("bob"));
      const carol = await registered(scene, server, "carol", 50_003);
      for (const other of [alice, bob]) await other.receivesJson(joined("carol", 50_003));
      await receivesNothingElse(carol);
      await carol.leaves();
      for (const other of [alice, bob]) await other.receivesJson(left("carol"));
      // Nobody is told about a client that never registered.
      await stranger.sendsJson(register("you"));
      await stranger.receivesError("bad-username");
      await stranger.endsHalf();
      await stranger.isClosed();
      for (const other of [alice, bob]) await receivesNothingElse(other);
    },
  },
  {
    id: "P2.5-order",
    title: "answers come in the order of the requests, also when these come at once",
    likelyCause: "An answer that takes longer than another one is overtaken by it.",
    async run(scene) {
      const server = await scene.server();
      await bystander(scene, server, "bob");
      const alice = await registered(scene, server, "alice");
      const requests = [
        { type: "lookup", username: "bob" },
        { type: "nonsense" },
        { type: "lookup", username: "nobody" },
        { type: "list" },
        { type: "lookup", username: "bob" },
      ];
      await alice.sends(requests.map((request) => `${JSON.stringify(request)}\n`).join(""));
      await alice.receivesJson({ type: "user", ...user("bob") });
      await alice.receivesError("bad-request");
      await alice.receivesError("unknown-user");
      const { type } = await alice.receivesJson();
      if (type !== "users")
        scene.fails({ expected: '"type":"users"', received: `"type":${JSON.stringify(type)}` });
      await alice.receivesJson({ type: "user", ...user("bob") });
    },
  },
]);

const clocks = defineChecks(SERVER, [
  {
    id: "P2.6-ping",
    title: "every registered client is pinged, again and again",
    likelyCause: "The heartbeat is a clock of its own: it does not wait for anything that the client does.",
    waits: 4,
    async run(scene) {
      const server = await scene.server(["--heartbeat", String(HEARTBEAT)]);
      const since = performance.now();
      const alice = await registered(scene, server, "alice");
      for (let round = 1; round <= 3; round += 1) {
        await alice.receivesJson({ type: "ping" });
        await alice.sendsJson({ type: "pong" });
      }
      // The first ping may come at any time.
      await scene.step(`between three pings are two times ${HEARTBEAT} s`, () => {
        const seconds = (performance.now() - since) / 1000;
        if (seconds < 2 * HEARTBEAT - TIMER_TOLERANCE)
          scene.fails({
            expected: `at least ${2 * HEARTBEAT} s`,
            received: `three pings within ${seconds.toFixed(1)} s`,
            likelyCause: "--heartbeat is the time between two pings, in seconds, and may be a fraction.",
          });
      });
      alice.ignoresTheRest(); // The next ping may come at any time.
    },
  },
  {
    id: "P2.6-silence",
    title:
      "who has sent nothing for three heartbeats is dropped, and the name is free; nobody else is dropped",
    causes: [
      {
        received: /^(?:nothing|the end of the connection|it after|\{"type":"left")/,
        cause:
          "Set a clock back whenever anything comes from the client, and drop the client when it has run for three heartbeats.",
      },
    ],
    waits: 5,
    async run(scene) {
      const server = await scene.server(["--heartbeat", String(HEARTBEAT)]);
      const answering = await registered(scene, server, "answering");
      const talking = await bystander(scene, server, "talking");
      const dripping = await bystander(scene, server, "dripping");
      const since = performance.now();
      const silent = await scene.connect(server, "silent");
      await silent.sendsJson(register("silent"));
      const later = await registered(scene, server, "later");
      // At each ping, one client answers, one sends a request, one a byte, and one does nothing.
      for (let pings = 0; ; ) {
        const line = await answering.receivesJson();
        if (line.type === "joined") continue;
        if (line.type !== "ping") {
          if (line.type !== "left" || line.username !== "silent")
            scene.fails({
              expected: JSON.stringify(left("silent")),
              received: JSON.stringify(line),
              exact: true,
            });
          break;
        }
        pings += 1;
        if (pings > 8)
          scene.fails({
            expected: JSON.stringify(left("silent")),
            received: `${pings} pings, and the silent client is still there`,
            port: answering.port,
          });
        await answering.sendsJson({ type: "pong" });
        await talking.sendsJson({ type: "lookup", username: "answering" });
        await talking.answer({ type: "user", ...user("answering") });
        for (const one of [dripping, later]) await one.sends(" ");
      }
      const seconds = (performance.now() - since) / 1000;
      let pingsOfLater = 0;
      for (let line = await later.receivesJson(); line.type !== "left"; line = await later.receivesJson())
        if (line.type === "ping") pingsOfLater += 1;
      await scene.step("that was before the fourth heartbeat", () => {
        // Who came later has been pinged twice by then, or three times if the registry pings everybody at once.
        if (pingsOfLater > 3 || (pingsOfLater === 3 && seconds > 3.5 * HEARTBEAT))
          scene.fails({
            expected: `the end of the connection after ${3 * HEARTBEAT} s`,
            received: `it after ${seconds.toFixed(1)} s`,
            port: silent.port,
          });
      });
      later.ignoresTheRest();
      const heard = await silent.isClosedAfterSeconds(3 * HEARTBEAT, since);
      const pinged = heard.split("\n").filter((line) => line === '{"type":"ping"}').length;
      await scene.step("the silent client was pinged before", () => {
        if (pinged < 2)
          scene.fails({
            expected: "at least 2 pings before a client is dropped",
            received: `${pinged} pings`,
            likelyCause: "One missed heartbeat is not enough: the limit is three intervals.",
            port: silent.port,
          });
      });
      await bystander(scene, server, "SILENT");
      await finds(talking, "silent", user("SILENT"));
      answering.ignoresTheRest();
    },
  },
  {
    id: "P2.6-register-timeout",
    title: "a connection that does not register in time is closed, and no other",
    likelyCause:
      "The time begins with the connection, and only being registered stops the clock: not lines, nor errors.",
    async run(scene) {
      const server = await scene.server(["--register-timeout", "0.6"]);
      const alice = await registered(scene, server, "alice");
      const since = performance.now();
      const silent = await scene.connect(server, "a silent client");
      const refused = await scene.connect(server, "a refused client");
      await refused.sendsJson(register("ALICE", 0));
      await refused.receivesError("bad-port");
      await refused.sendsJson({ type: "list" });
      await refused.receivesError("not-registered");
      for (const client of [silent, refused]) {
        const rest = await client.isClosedAfterSeconds(0.6, since);
        if (rest !== "") scene.fails({ expected: "the end of the connection", received: quote(rest) });
      }
      await receivesNothingElse(alice);
    },
  },
  {
    id: "P2.6-default-times",
    title: "by default a client is pinged every 15 s and dropped after 45, and has 10 s to register",
    likelyCause:
      "Without its option, the heartbeat is 15 s and the register timeout 10 s, neither more nor less.",
    waits: 45,
    async run(scene) {
      const server = await scene.startServer();
      const since = performance.now();
      const alice = await registered(scene, server, "alice");
      const stranger = await scene.connect(server, "a stranger");
      await stranger.isClosedAfterSeconds(10, since);
      const heard = await alice.isClosedAfterSeconds(45, since);
      const pings = heard.split("\n").filter((line) => line === '{"type":"ping"}').length;
      await scene.step("alice was pinged two or three times", () => {
        if (pings < 2 || pings > 3) scene.fails({ expected: "2 or 3 pings", received: `${pings} pings` });
      });
    },
  },
]);

const errors = defineChecks(SERVER, [
  {
    id: "P2.7-no-message",
    title:
      "a line that is no JSON object with a known type is answered with bad-request, and the connection goes on",
    likelyCause:
      "An error that nobody catches ends the server, and everybody's connection with it. Check what JSON.parse has returned.",
    async run(scene) {
      const server = await scene.server();
      const alice = await registered(scene, server, "alice");
      const lines = ["hello", "null", "", "7", "[]", '["list"]', "{}", '{"type":7}', '{"type":"LIST"}'];
      const more = [
        '{"type":"nonsense"}',
        '{"type":"toString"}',
        '{"__proto__":{"type":"list"}}',
        '{"type":"list"} x',
      ];
      for (const line of [...lines, ...more]) {
        await alice.sends(`${line}\n`);
        await alice.receivesError("bad-request");
      }
      await receivesNothingElse(alice);
    },
  },
  {
    id: "P2.7-not-registered",
    title: "who is not registered is told nothing but not-registered",
    likelyCause: "list and lookup are for registered clients only.",
    async run(scene) {
      const server = await scene.server();
      await bystander(scene, server, "bob");
      const client = await scene.connect(server, "alice");
      await client.sendsJson({ type: "list" });
      await client.receivesError("not-registered");
      await client.sendsJson({ type: "lookup", username: "bob" });
      await client.receivesError("not-registered");
      await client.registers("alice");
      await finds(client, "bob", user("bob"));
    },
  },
  {
    id: "P2.7-already-registered",
    title: "who has a name is refused another, and keeps the one it has",
    likelyCause: "Ask whether the connection has a name before you give it one.",
    async run(scene) {
      const server = await scene.server();
      const watcher = await registered(scene, server, "watcher");
      const alice = await registered(scene, server, "alice", 50_001);
      await watcher.receivesJson(joined("alice", 50_001));
      for (const username of ["bob", "alice"])
        await answersError(alice, register(username, 50_002), "already-registered", scene);
      await finds(watcher, "alice", user("alice", 50_001));
      await answersError(watcher, { type: "lookup", username: "bob" }, "unknown-user", scene);
      await alice.leaves();
      await watcher.receivesJson(left("alice"));
    },
  },
  {
    id: "P2.7-username-first",
    title: "of a register line that is wrong twice, the username is complained of",
    likelyCause: "Look at the username first, then at the port.",
    async run(scene) {
      const client = await scene.connect(await scene.server());
      for (const request of [register("a b", 0), { type: "register" }]) {
        await client.sendsJson(request);
        await client.receivesError("bad-username");
      }
    },
  },
  {
    id: "P2.7-unknown-user",
    title: "a lookup of nobody, and of what is no name, is answered with unknown-user",
    likelyCause: "Nobody can have a name that is none: that is unknown-user, too, not bad-username.",
    async run(scene) {
      const alice = await registered(scene, await scene.server(), "alice");
      for (const username of [
        "bob",
        "",
        "a b",
        "you",
        "toString",
        "__proto__",
        null,
        7,
        ["alice"],
        undefined,
      ]) {
        await alice.sendsJson({ type: "lookup", username });
        await alice.receivesError("unknown-user");
      }
    },
  },
  {
    id: "P2.7-unknown-members",
    title: "members that nobody knows are ignored",
    likelyCause: "Look only at the members that you need.",
    async run(scene) {
      const server = await scene.server();
      const client = await scene.connect(server, "alice");
      const others = { id: 7, nested: { type: "leave" }, "": [] };
      await client.sendsJson({ ...register("alice"), ...others });
      await client.receivesJson({ type: "registered", username: "alice" });
      await client.sendsJson({ type: "lookup", username: "alice", ...others });
      await client.receivesJson({ type: "user", ...user("alice") });
      await client.sendsJson({ type: "pong", ...others });
      await receivesNothingElse(client);
    },
  },
  {
    id: "P2.7-bad-line",
    title: "a line that is not UTF-8 is bad-encoding, one that is too long is line-too-long and the end",
    likelyCause: "Both are found out before anybody looks for JSON in the line.",
    async run(scene) {
      const server = await scene.server();
      const client = await scene.connect(server, "alice");
      await client.sends(Buffer.from('{"type":"list","x":"\xff"}\n', "latin1"));
      await client.receivesError("bad-encoding");
      await client.registers("alice");
      await client.sends(`{"type":"list","x":"${"x".repeat(262_144)}"}\n`);
      await client.receivesError("line-too-long");
      await client.isClosed();
    },
  },
  {
    id: "P2.8-no-chat",
    title: "the registry takes no chat message, and passes none on",
    likelyCause: "Chats go from client to client. For the registry their lines are of an unknown type.",
    async run(scene) {
      const server = await scene.server();
      const bob = await registered(scene, server, "bob");
      const alice = await registered(scene, server, "alice");
      await bob.receivesJson(joined("alice"));
      const chat = [
        { type: "hello", stage: scene.stage, from: "alice", to: "bob" },
        { type: "message", id: 1, text: "hi", to: "bob", username: "bob" },
        { type: "ack", id: 1 },
        { type: "bye" },
      ];
      for (const line of chat) {
        await alice.sendsJson(line);
        await alice.receivesError("bad-request");
      }
      await receivesNothingElse(bob);
    },
  },
]);

export const checks = [...names, ...answers, ...clocks, ...errors];

/** The same values in a random order, which depends on the seed. */
function shuffled(scene: Scene, values: readonly string[]): string[] {
  const rest = [...values];
  const result: string[] = [];
  while (rest.length > 0) result.push(...rest.splice(scene.random.integer(0, rest.length - 1), 1));
  return result;
}
