// Checks section P0, lines: for the servers of all stages, and for clients where lines reach them.

import { message } from "./engine/chat.ts";
import { lostChat, WEAK } from "./engine/chat-steps.ts";
import { defineCheck, defineChecks } from "./engine/check.ts";
import type { Connection } from "./engine/connection.ts";
import { freePort } from "./engine/free-port.ts";
import { CHAT_STAGES, SERVER_STAGES } from "./engine/place.ts";
import type { ServerUnderTest } from "./engine/pool.ts";
import type { ProgramUnderTest } from "./engine/program-under-test.ts";
import { quote } from "./engine/readable-bytes.ts";
import { bystander, joined, left, receivesNothingElse, registered } from "./engine/registered.ts";
import type { Scene } from "./engine/scene.ts";
import { StepFailure } from "./engine/step-failure.ts";
import { within } from "./engine/transcript.ts";
import { Flood, unreadCapacity } from "./engine/unread.ts";

/** Windows has no signals: there a process is ended from outside, without an exit code. */
const SIGNALS: readonly NodeJS.Signals[] = process.platform === "win32" ? [] : ["SIGINT", "SIGTERM"];

/** The size of the longest line in bytes, including its LF (P0.3). */
const longest = (scene: Scene): number => (scene.stage === "01" ? 4096 : 262_144);

/** A client that the server answers: at a registry, it must be registered. */
async function visitor(scene: Scene, server: ServerUnderTest, name = "the client"): Promise<Connection> {
  const connection = await scene.connect(server, name);
  if (scene.stage !== "01") await connection.registers(`visitor-${connection.port}`);
  return connection;
}

/** A request with its LF. Each number gives a different request. */
function request(scene: Scene, number: number, end = "\n"): string {
  const line =
    scene.stage === "01" ? `${number} + 1` : `{"type":"lookup","username":"nobody-${number}","note":"é€"}`;
  return line + end;
}

/** Expects the answer to the request of this number. */
async function answered(scene: Scene, connection: Connection, number: number): Promise<void> {
  if (scene.stage === "01") await connection.receives(`= ${number + 1}\n`);
  else await connection.receivesError("unknown-user");
}

/** Sends a request, and expects its answer. */
async function asks(scene: Scene, connection: Connection, number = 1): Promise<void> {
  await connection.sends(request(scene, number));
  await answered(scene, connection, number);
}

/** Expects the error that answers a bad line. */
async function refused(
  scene: Scene,
  connection: Connection,
  reason: "line too long" | "bad-encoding",
): Promise<void> {
  if (scene.stage === "01") await connection.receives(`error: ${reason}\n`);
  else await connection.receivesError(reason.replaceAll(" ", "-"));
}

/** A request of exactly this many bytes including its LF. Its answer is sevenOrUsers. */
function longRequest(scene: Scene, bytes: number, end = "\n"): string {
  if (scene.stage === "01") return "7".padStart(bytes - end.length) + end;
  const [head, tail] = ['{"type":"list","note":"', `"}${end}`];
  return head + "x".repeat(bytes - head.length - tail.length) + tail;
}

async function sevenOrUsers(scene: Scene, connection: Connection): Promise<void> {
  if (scene.stage === "01") await connection.receives("= 7\n");
  else await connection.receivesJson({ type: "users", users: [] });
}

/** Invalid UTF-8: a stray byte, an overlong form, a surrogate, and a sequence that is cut off. */
const BAD_UTF8 = [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xe2, 0x82]];

/** A line with these bytes in it. With valid UTF-8 in their place, it would be a request. */
function lineWith(scene: Scene, bytes: readonly number[]): Buffer {
  const [head = "", tail = ""] =
    scene.stage === "01" ? ["1 + 1 ", "\n"] : ['{"type":"list","note":"', '"}\n'];
  return Buffer.concat([Buffer.from(head), Buffer.from(bytes), Buffer.from(tail)]);
}

const serverChecks = defineChecks({ stages: SERVER_STAGES, of: "server" }, [
  {
    id: "P0.1-line-ends",
    title: "a line is UTF-8 and ends with LF; a CR before it is dropped",
    likelyCause: "The CR of a CR LF is taken for a part of the line, or a line ends only with CR LF.",
    async run(scene) {
      const client = await visitor(scene, await scene.server());
      for (const [number, end] of ["\r\n", "\n", "\r\n"].entries()) {
        await client.sends(request(scene, number, end));
        await answered(scene, client, number);
      }
      await client.sends("\r\n");
      if (scene.stage !== "01") return void (await client.receivesError("bad-request"));
      await client.receives("error: empty expression\n");
      await client.sends("é\n");
      await client.receives('error: unexpected "é" at column 1\n');
    },
  },

  {
    id: "P0.2-several-at-once",
    title: "several lines in one piece are each answered, in order",
    likelyCause:
      "What arrives at once is taken for one message. It may hold several lines: look for every LF.",
    async run(scene) {
      const client = await visitor(scene, await scene.server());
      if (scene.stage === "01") {
        await client.sends("1 + 1\n2 * 3\n10 / 4\n");
        await client.receives("= 2\n= 6\n= 2.5\n");
        return;
      }
      await client.sends('{"type":"list"}\n{"type":"lookup","username":"nobody"}\n{"type":"list"}\n');
      await client.receivesJson({ type: "users", users: [] });
      await client.receivesError("unknown-user");
      await client.receivesJson({ type: "users", users: [] });
    },
  },

  {
    id: "P0.2-in-pieces",
    title: "a line that arrives in pieces is put together, inside a character too",
    likelyCause:
      "Bytes that have no LF yet must be held until the rest arrives, and become text only when the line is whole.",
    async run(scene) {
      const client = await visitor(scene, await scene.server());
      await client.sendsInPieces(request(scene, 12, "\r\n"), [1, 4, request(scene, 12).length]);
      await answered(scene, client, 12);
      if (scene.stage === "01") {
        await client.sendsInPieces("1 + é\n2 + 2\n", [5, 9]);
        await client.receives('error: unexpected "é" at column 5\n= 4\n');
        return;
      }
      const line = Buffer.from('{"type":"list","é":"😀"}\n');
      await client.sendsInPieces(line, [8, line.indexOf("é") + 1, line.indexOf("😀") + 2]);
      await client.receivesJson({ type: "users", users: [] });
    },
  },

  {
    id: "P0.2-cut-anywhere",
    title: "any list of lines is answered wholly and in order, wherever it is cut",
    likelyCause:
      "Some cut loses bytes, or brings them twice: what is held must be joined with the next piece.",
    async run(scene) {
      const client = await visitor(scene, await scene.server());
      const numbers = Array.from({ length: 12 }, () => scene.random.integer(0, 999));
      const ends = numbers.map(() => scene.random.pick(["\n", "\r\n"]));
      const bytes = Buffer.from(numbers.map((number, index) => request(scene, number, ends[index])).join(""));
      const cuts = Array.from({ length: 5 }, () => scene.random.integer(1, bytes.length - 1));
      await client.sendsInPieces(bytes, cuts);
      for (const number of numbers) await answered(scene, client, number);
    },
  },

  {
    id: "P0.3-longest-line",
    title: "the longest line that is allowed is answered",
    likelyCause: "The limit counts bytes, and the LF with them.",
    async run(scene) {
      const client = await visitor(scene, await scene.server());
      await client.sends(longRequest(scene, longest(scene)));
      await sevenOrUsers(scene, client);
      await client.sends(longRequest(scene, longest(scene), "\r\n"));
      await sevenOrUsers(scene, client);
    },
  },

  {
    id: "P0.3-too-long",
    title: "a line of one byte more is refused, at once, and the connection closed",
    likelyCause: "Bytes are to be counted, not characters.",
    causes: [
      {
        received: /^nothing/,
        cause: "Its LF is waited for. A line that is too long already is refused at once, whatever follows.",
      },
    ],
    async run(scene) {
      const server = await scene.server();
      const limit = longest(scene);
      const surplus = [
        longRequest(scene, limit + 1),
        longRequest(scene, limit - 100).replace("\n", `${"é".repeat(51)}\n`),
        " ".repeat(limit + 1000),
      ];
      for (const line of surplus) {
        const client = await visitor(scene, server);
        await asks(scene, client, 1);
        await client.sends(line);
        await refused(scene, client, "line too long");
        // A server that goes on would answer one of these.
        await client.sends(`\n${request(scene, 2)}`);
        await client.isClosed();
      }
    },
  },

  {
    id: "P0.4-not-utf-8",
    title: "a line that is not UTF-8 is an error, and the connection stays open",
    likelyCause:
      "A decoder that replaces wrong bytes by U+FFFD hides them. Ask it whether the bytes are UTF-8, or make it fatal.",
    async run(scene) {
      const client = await visitor(scene, await scene.server());
      for (const bytes of BAD_UTF8) {
        await client.sends(lineWith(scene, bytes));
        await refused(scene, client, "bad-encoding");
        await asks(scene, client);
      }
    },
  },

  {
    id: "P0.5-half-close",
    title: "a client that has ended its half is answered all the same, then closed",
    likelyCause:
      "The end of the client's half is taken for the end of the connection. In Node.js, allowHalfOpen keeps it open.",
    async run(scene) {
      const server = await scene.server();
      const numbers = Array.from({ length: 200 }, (_, index) => index);
      // On a busy machine, the end may come when all is answered already. Ten times in a row it does not.
      for (let round = 0; round < 10; round += 1) {
        const client = await visitor(scene, server);
        await client.sends(numbers.map((number) => request(scene, number)).join(""));
        await client.endsHalf();
        for (const number of numbers) await answered(scene, client, number);
        await client.isClosed();
      }
    },
  },

  {
    id: "P0.5-unfinished-line",
    title: "bytes after the last LF are never acted on",
    likelyCause: "What has no LF when the connection ends is no message, even if it looks like one. Drop it.",
    async run(scene) {
      const server = await scene.server();
      for (const end of ["", "\r"]) {
        const client = await visitor(scene, server);
        await asks(scene, client, 1);
        await client.sends(request(scene, 2, end));
        await client.endsHalf();
        await client.isClosed();
      }
    },
  },

  {
    id: "P0.6-address",
    title: "the first line of output says where it listens: on --host, and on the real port",
    likelyCause: "With port 0 the system chooses: the real port is known only when the server listens.",
    async run(scene) {
      for (const host of ["127.0.0.1", "0.0.0.0"]) {
        const options = host === "127.0.0.1" ? [] : ["--host", host];
        const program = scene.runServer({ port: "0" }, options);
        const line = await program.showsNext(
          new RegExp(`^listening on ${host.replaceAll(".", "\\.")}:[1-9][0-9]*$`),
        );
        const server = { program, port: Number(line.slice(line.lastIndexOf(":") + 1)) };
        await asks(scene, await visitor(scene, server));
      }
    },
  },

  {
    id: "P0.6-defaults",
    title: "without options it listens on 127.0.0.1, on the port of its stage",
    likelyCause:
      "A default is another one than the protocol's, or an address that all the network can reach.",
    async run(scene) {
      const port = scene.stage === "02" || scene.stage === "03" ? 10_000 : 10_001;
      const program = scene.runServer({});
      const line = await program.waitFor(/^listening on /);
      await scene.step(`the server listens on 127.0.0.1:${port}, or says that this port is in use`, () => {
        scene.observe();
        const said = line ?? [...program.lines, ...program.errors].join("\n");
        const inUse = line === undefined && program.code === 1 && said.includes(String(port));
        if (inUse || line === `listening on 127.0.0.1:${port}`) return;
        scene.fails({ expected: `listening on 127.0.0.1:${port}`, received: said || "nothing", exact: true });
      });
    },
  },

  {
    id: "P0.6-port-in-use",
    title: "a port in use ends it with exit code 1 and one line that says how to choose another",
    likelyCause: "The error of listening is not handled, or the line does not name --port.",
    async run(scene) {
      const first = await scene.server();
      const second = scene.runServer({ port: String(first.port) });
      await second.endsWith(1);
      await second.prints(/--port/);
      await saidInOneLine(scene, second);
    },
  },

  {
    id: "P0.6-help",
    title: "--help names the options --host and --port, and ends with exit code 0",
    likelyCause: "--help is not known, or does not name --host and --port.",
    async run(scene) {
      // It gets a port as always, because a command may have to name one.
      const program = scene.runServer({ port: String(await freePort()) }, ["--help"]);
      await program.endsWith(0);
      for (const option of [/--host/, /--port/]) await program.prints(option);
      await program.hasNotShown("listening on");
    },
  },

  {
    id: "P0.6-stop",
    title: "SIGINT and SIGTERM close every connection, and end it with exit code 0",
    likelyCause: "A server that only stops listening waits for its clients. Close their connections, too.",
    async run(scene) {
      if (SIGNALS.length === 0) await asks(scene, await visitor(scene, await scene.server()));
      for (const signal of SIGNALS) {
        const server = await scene.startServer();
        const silent = await scene.connect(server, "a silent client");
        const unfinished = await scene.connect(server, "a slow client");
        await unfinished.sends(request(scene, 1, ""));
        const busy = await visitor(scene, server);
        await asks(scene, busy);
        await server.program.signal(signal);
        await unfinished.isClosedAfter();
        for (const connection of [silent, busy]) await connection.isClosed();
        await server.program.endsWith(0);
      }
    },
  },

  {
    id: "P0.7-neighbours",
    title: "silent, slow, broken and babbling clients do not disturb another",
    likelyCause:
      "Something belongs to all clients that should belong to one, waits for one of them, or fails with one of them.",
    async run(scene) {
      const server = await scene.server();
      const client = await visitor(scene, server);
      const neighbours: ((neighbour: Connection) => Promise<void>)[] = [
        async () => {},
        (neighbour) => neighbour.sends(request(scene, 1, "").slice(0, 3)),
        (neighbour) => neighbour.endsHalf(),
        async (neighbour) => {
          await neighbour.sends(request(scene, 1).repeat(50));
          await neighbour.resets();
        },
        (neighbour) => neighbour.sends(scene.random.bytes(20_000)),
      ];
      for (const [number, behaves] of neighbours.entries()) {
        const neighbour = await scene.connect(server, "a neighbour");
        neighbour.ignoresTheRest();
        await behaves(neighbour);
        await asks(scene, client, number);
      }
      await asks(scene, await visitor(scene, server, "a later client"));
      if (scene.stage !== "01") client.ignoresTheRest(); // This is news of the later client.
    },
  },
]);

const unreadReplies = defineCheck({
  id: "P0.7-unread",
  stages: ["01"],
  of: "server",
  title: "of a client that reads no replies the server reads no more; when it reads, it gets them all",
  likelyCause:
    "The replies that a client leaves unread must be bounded: stop reading its requests until they have left.",
  async run(scene) {
    const server = await scene.server();
    const client = await scene.connect(server);
    const deaf = await scene.connect(server, "a deaf client");
    const block = Buffer.from(LONG_REQUEST.repeat(REQUESTS_AT_ONCE));
    const capacity = await unreadCapacity();
    // The system holds replies, then the server waits, then the system holds requests. The factors are for systems that
    // hold more when a program has begun to read.
    const limit = 2 * capacity * (LONG_REQUEST.length / LONG_REPLY.length) + 3 * capacity;
    deaf.leavesAllUnread();
    const flood = new Flood(deaf.socket, block, 2 * limit);
    await scene.step(
      "a deaf client sends requests, reads nothing, and the server stops reading",
      async () => {
        const replies = client.lines();
        for (let [before, rounds, number] = [0, 0, 0]; rounds < QUIET_ROUNDS; number += 1) {
          before = flood.taken;
          client.write(request(scene, number));
          const { value } = await within(scene.timeout, replies.next(), () => nothingInTime(number));
          if (value !== `= ${number + 1}`)
            scene.fails({ expected: `= ${number + 1}`, received: String(value) });
          rounds = flood.taken === before ? rounds + 1 : 0;
          if (flood.taken <= limit) continue;
          // It was slow or fast, but it has read what it must not read.
          flood.stop();
          scene.fails({
            sent: `${quote(LONG_REQUEST)}, again and again`,
            expected: "that the server stops reading requests when their replies are not read",
            received: `it reads on: ${flood.taken} bytes of requests went in`,
            port: deaf.port,
          });
        }
      },
    );
    flood.stop();
    await scene.step("the deaf client reads again, and gets a reply to each request", async () => {
      const replies = deaf.readsCopies(Buffer.from(LONG_REPLY));
      void flood.over.then(() => deaf.end());
      const [count, sent] = [await replies, flood.taken / LONG_REQUEST.length];
      if (count !== sent)
        scene.fails({ expected: `${sent} replies`, received: `${count} of them, then the end` });
    });
    await client.sends("2 + 2\n");
    await client.receives("= 4\n");
  },
});

function nothingInTime(number: number): StepFailure {
  const expected = `= ${number + 1}, for another client`;
  return new StepFailure({ expected, received: "nothing in time" });
}

/** A request and its reply. They are about as long, so that both ways fill up. */
const LONG_REQUEST = `${"x".padEnd(63)}\n`;
const LONG_REPLY = 'error: unexpected "x" at column 1\n';
const REQUESTS_AT_ONCE = 1024;

/**
 * So many requests of another client are answered, and meanwhile nothing of the flood is taken: it has stopped. Fewer
 * prove nothing: what the server has read makes room, but the system takes more only when a third of its buffer is free,
 * a megabyte or more, and a fair server reads a few kilobytes in a round.
 */
const QUIET_ROUNDS = 6000;

const unreadLines = defineCheck({
  id: "P0.7-unread-lines",
  stages: CHAT_STAGES,
  of: "server",
  title:
    "a client that leaves more than 1 MiB unread is dropped, one that leaves less is not, nor is any other",
  likelyCause:
    "What is written to a client that does not read is held in memory. Look how much that is, and drop the client at 1 MiB.",
  async run(scene) {
    // No ping comes between, and nobody is dropped for being silent.
    const server = await scene.startServer(["--heartbeat", "600"]);
    for (let number = 1; number <= CROWD; number += 1)
      await bystander(scene, server, `${"u".repeat(29)}${100 + number}`);
    const watcher = await registered(scene, server, "watcher");
    const deaf = await registered(scene, server, "deaf");
    await watcher.receivesJson(joined("deaf"));
    await deaf.sendsJson({ type: "list" });
    const users = JSON.stringify(await deaf.receivesJson()).length + 1;

    const few = Math.floor((0.9 * MIB) / users);
    await scene.step("deaf stops reading", () => void deaf.socket.pause());
    await deaf.sends('{"type":"list"}\n'.repeat(few));
    for (let round = 1; round <= 10; round += 1) await receivesNothingElse(watcher);
    await scene.step(`deaf reads again, and receives ${few} lists of ${users} bytes`, async () => {
      deaf.socket.resume();
      for (let list = 1; list <= few; list += 1) await deaf.receivesLine();
    });

    // How much the system takes grows with what was read before. No system holds 64 MiB for one connection.
    const many = Math.ceil((64 * MIB) / users);
    await scene.step("deaf stops reading for good", () => deaf.leavesAllUnread());
    await deaf.sends('{"type":"list"}\n'.repeat(many));
    await watcher.receivesJson(left("deaf"));
    await receivesNothingElse(watcher);
    const again = await registered(scene, server, "deaf");
    await again.leaves();
    watcher.ignoresTheRest();
  },
});

const MIB = 1_048_576;

/** How many users are registered, so that lists of them are long. */
const CROWD = 60;

/** Fails unless a program that has ended has printed exactly one line. It does not matter on which output. */
async function saidInOneLine(scene: Scene, program: ProgramUnderTest): Promise<void> {
  await scene.step(`${program.name} has printed one line`, () => {
    const printed = [...program.lines, ...program.errors].filter((line) => line !== "");
    // The program may first say that its cipher is weak (P5.2).
    const lines = scene.stage === "03" ? printed.filter((line) => !WEAK.test(line)) : printed;
    if (lines.length !== 1) scene.fails({ expected: "one line", received: printed.join("\n") || "nothing" });
  });
}

const replyInPieces = defineCheck({
  id: "P0.2-reply-in-pieces",
  stages: ["01"],
  of: "client",
  title: "a reply that arrives in pieces is put together",
  likelyCause: "The client takes what it reads first for the whole reply.",
  async run(scene) {
    const calculator = await scene.listener("the calculator");
    const running = scene.calculator(calculator, ["1 + é"]);
    const connection = await calculator.next(scene, "the client");
    await connection.receives("1 + é\n");
    await connection.sendsInPieces('error: unexpected "é" at column 5\r\n', [3, 19, 34, 35]);
    const { stdout, stderr, code } = await running;
    if (stdout !== "" || stderr !== 'error: unexpected "é" at column 5\n' || code !== 1)
      scene.fails({
        expected: 'error: unexpected "é" at column 5, on standard error, and exit code 1',
        received: `${stdout}${stderr}exit code ${code}`,
      });
  },
});

const clientChecks = defineChecks({ stages: CHAT_STAGES, of: "client" }, [
  {
    id: "P0.2-news-in-pieces",
    title: "lines from the registry may come in pieces, or several at once",
    likelyCause: "The client takes what it reads at once for one line, neither more nor less.",
    async run(scene) {
      const alice = await scene.client("alice");
      const { connection } = await scene.registry.registration("alice");
      const joined = (username: string): string =>
        `{"type":"joined","username":"${username}","host":"127.0.0.1","port":50003,"note":"é"}\r\n`;
      const bytes = Buffer.from(joined("carol"));
      await connection.sendsInPieces(bytes, [1, 20, bytes.indexOf("é") + 1, bytes.length - 1]);
      await alice.showsNext("joined: carol");
      await connection.sends(joined("dave") + joined("erin"));
      await alice.showsNext("joined: dave");
      await alice.showsNext("joined: erin");
    },
  },

  {
    id: "P0.2-chat-in-pieces",
    title: "lines of a chat may come in pieces, or several at once",
    likelyCause: "The client takes what it reads at once for one line, neither more nor less.",
    async run(scene) {
      const { alice, bob } = await scene.chat("initiator");
      const bytes = Buffer.from(`${bob.wrap(message(1, "Grüße 😀"))}\r\n`);
      const cuts = [1, 30, bytes.length - 1, ...cutsInsideOfCharacters(bytes)];
      await bob.connection.sendsInPieces(bytes, cuts);
      await alice.showsNext("bob> Grüße 😀");
      await bob.hears({ type: "ack", id: 1 });
      await bob.connection.sends(`${bob.wrap(message(2, "two"))}\n${bob.wrap(message(3, "three"))}\n`);
      await alice.showsNext("bob> two");
      await alice.showsNext("bob> three");
      for (const id of [2, 3]) await bob.hears({ type: "ack", id });
    },
  },

  {
    id: "P0.3-chat-longest-line",
    title: "a caller's line of 262,144 bytes is understood",
    likelyCause:
      "The limit between peers is the same as at the registry. It counts bytes, and the LF with them.",
    async run(scene) {
      const alice = await scene.client("alice", { argv: ["--accept"] });
      const bob = await (await scene.peer("bob")).calls(alice);
      const [head, tail] = [
        `{"type":"hello","stage":"${scene.stage}","from":"bob","to":"alice","note":"`,
        '"}',
      ];
      await bob.sendsHelloLine(head.padEnd(longest(scene) - 1 - tail.length, "x") + tail);
      await bob.receivesHello();
      await bob.exchangesKeys();
    },
  },

  {
    id: "P0.3-chat-line-too-long",
    title: "a caller's line that is too long is refused, at once, and the connection closed",
    likelyCause: "Bytes are held for a line that never ends. A line has a limit, between peers too.",
    async run(scene) {
      const alice = await scene.client("alice", { argv: ["--accept"] });
      const bob = await (await scene.peer("bob")).calls(alice);
      await bob.connection.sends("x".repeat(longest(scene) + 1));
      await bob.refused("line-too-long");
    },
  },

  {
    id: "P0.5-chat-unfinished-line",
    title: "a message without its LF is not shown when the connection ends",
    likelyCause: "What has no LF when the connection ends is no message. Drop it.",
    async run(scene) {
      const { alice, bob } = await scene.chat("initiator");
      await bob.says(message(1, "pay 100"));
      await alice.showsNext("bob> pay 100");
      await bob.hears({ type: "ack", id: 1 });
      await bob.connection.sends(bob.wrap(message(2, "pay 100")));
      await bob.connection.endsHalf();
      await alice.showsNext(lostChat("bob"));
      await bob.connection.isClosedAfter();
    },
  },
]);

/** Offsets inside characters that have more than one byte. */
function cutsInsideOfCharacters(bytes: Buffer): number[] {
  return [...bytes.keys()].filter((offset) => ((bytes[offset] ?? 0) & 0xc0) === 0x80);
}

export const checks = [...serverChecks, unreadReplies, unreadLines, replyInPieces, ...clientChecks];
