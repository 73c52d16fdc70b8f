// Checks clauses P8.1, P8.2 and P9.12: how stage 05's program starts, its key, its commands and its lines.

import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { defineChecks } from "./engine/check.ts";
import { Lan, type ProgramOptions } from "./engine/lan.ts";
import { HOST } from "./engine/lan-context.ts";
import { KEYS, readKey } from "./engine/lan-cryptography.ts";
import type { BeaconParts } from "./engine/lan-peer.ts";
import { meet, talk } from "./engine/lan-steps.ts";
import type { Scene } from "./engine/scene.ts";
import { CouldNotRun } from "./engine/step-failure.ts";

/** How many ports are tried (P8.1). */
const TRIED = 10;
const ON_WINDOWS = process.platform === "win32";

/** Takes so many ports in a row, for TCP or UDP. @returns the first */
async function takesPorts(scene: Scene, count: number, kind: "TCP" | "UDP"): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const first = 20_000 + Math.floor(Math.random() * 25_000);
    const closes: (() => void)[] = [];
    try {
      for (let port = first; port < first + count; port += 1)
        closes.push(kind === "TCP" ? await listens(port) : await binds(port));
      for (const close of closes) scene.afterwards(close);
      scene.transcript.steps.push(`${kind} ports ${first} to ${first + count - 1} are taken`);
      return first;
    } catch {
      for (const close of closes) close();
    }
  }
  throw new CouldNotRun("no ports in a row are free");
}

async function listens(port: number): Promise<() => void> {
  const server = createServer();
  server.listen({ host: HOST, port });
  await once(server, "listening");
  return () => server.close();
}

async function binds(port: number): Promise<() => void> {
  const socket = createSocket("udp4");
  socket.bind(port, HOST);
  await once(socket, "listening");
  return () => socket.close();
}

const WRONG_OPTIONS: readonly (ProgramOptions & { name?: string; what: string })[] = [
  { what: "the name you", name: "you" },
  { what: "the name All", name: "All" },
  { what: "a name of 33 characters", name: "a".repeat(33) },
  { what: "a name with a blank", name: "al ice" },
  { what: "a team of 33 characters", team: "t".repeat(33) },
  { what: "a team with a dot", team: "rocket.1" },
  { what: "port 80", port: 80 },
  { what: "port 65536", port: 65_536 },
  { what: "an access level that is none", argv: ["--access", "everybody"] },
  { what: "a --peer without a port", argv: ["--peer", HOST] },
  { what: "seconds that are none", argv: ["--inactive", "soon"] },
  { what: "an unknown option", argv: ["--nonsense"] },
];

/** The reasons of P8.6. */
const REASONS = [
  "size",
  "token",
  "time",
  "shape",
  "own",
  "repeated",
  "old",
  "ended",
  "key",
  "rate",
  "signature",
  "address",
  "team",
  "full",
];

export const checks = defineChecks({ stages: ["05"], of: "peer" }, [
  {
    id: "P8.1-first-line",
    title: "the first line says where it listens, and by then UDP and TCP are bound",
    likelyCause: "The line is printed before the sockets are bound: wait for both.",
    async run(scene) {
      const lan = await Lan.open(scene);
      const bob = await lan.peer("bob");
      const alice = await lan.program("alice");
      await bob.isFoundBy(alice);
      await bob.opens(alice);
    },
  },
  {
    id: "P8.1-port-taken",
    title: "if the port is in use, for TCP or for UDP alone, one of the next nine is taken",
    likelyCause: "Only TCP is tried. The same number must be free for UDP, too.",
    async run(scene) {
      for (const kind of ["TCP", "UDP"] as const) {
        const port = await takesPorts(scene, 1, kind);
        const lan = await Lan.open(scene);
        const alice = await lan.program("alice", { port });
        await scene.step(`it says on standard error that port ${port} is in use`, async () => {
          const expected = `port ${port} is in use, took ${alice.port}`;
          const said = await lan.eventually(() => alice.errors.find((line) => line === expected), alice);
          if (said === undefined || alice.port <= port || alice.port >= port + TRIED)
            scene.fails({
              expected: `${expected} (one of the next nine)`,
              received: alice.errors.join("\n") || "nothing on standard error",
            });
          scene.observe();
        });
        await (await lan.peer("bob")).isFoundBy(alice);
        await lan.kills(alice);
      }
    },
  },
  {
    id: "P8.1-no-port",
    title: "if all ten ports are in use, it ends with exit code 1",
    async run(scene) {
      const lan = await Lan.open(scene);
      const alice = lan.run("alice", { port: await takesPorts(scene, TRIED, "TCP") });
      await alice.endsWith(1, "It goes on trying other ports than the ten.");
      await scene.step("it says so, and has not said that it listens", () => {
        if (alice.lines.some((line) => line.startsWith("listening")) || !alice.hasPrinted)
          scene.fails({ expected: "one line that says why", received: alice.lines.join("\n") || "nothing" });
        scene.observe();
      });
    },
  },
  {
    id: "P8.1-wrong-options",
    title: "a wrong option ends it with exit code 2 and a line that says what is wrong",
    async run(scene) {
      const lan = await Lan.open(scene);
      for (const { what, name = "alice", ...options } of WRONG_OPTIONS) {
        scene.transcript.lastSent = { text: what, by: name };
        const program = lan.run(name, options);
        await program.endsWith(2, `It starts with ${what}.`);
        await scene.step(`it says on standard error what is wrong with ${what}`, () => {
          if (program.errors.length === 0)
            scene.fails({ expected: "a line on standard error", received: "none" });
          scene.observe();
        });
      }
    },
  },
  {
    id: "P8.1-help",
    title: "--help shows the options, and ends with exit code 0",
    async run(scene) {
      const lan = await Lan.open(scene);
      const alice = lan.run("alice", { argv: ["--help"] });
      await alice.endsWith(0);
      await alice.prints(/--passphrase-file/);
    },
  },
  {
    id: "P8.1-passphrase-line",
    title: "the passphrase is the first line of the file: blanks count, LF and CR LF do not",
    likelyCause: "The line is trimmed, keeps its CR, or the whole file is taken.",
    async run(scene) {
      const passphrase = "  two words and blanks  ";
      const lan = await Lan.open(scene, { passphrase });
      const bob = await lan.peer("bob");
      for (const end of ["\n", "\r\n", "", "\r\na second line\n"]) {
        scene.transcript.steps.push(`the passphrase ends with ${JSON.stringify(end)}`);
        const alice = await lan.program("alice", { peers: [bob], passphraseFile: `${passphrase}${end}` });
        await bob.hearsBeacon(alice);
        await lan.kills(alice);
        bob.forgetsHeard();
      }
    },
  },
  {
    id: "P8.1-passphrase-wrong",
    title: "a passphrase that is empty, not UTF-8 or missing ends it with exit code 1",
    async run(scene) {
      const lan = await Lan.open(scene);
      const files = {
        "an empty file": "",
        "an empty first line": "\nthe second line of it\n",
        "no UTF-8": Buffer.from([0x70, 0x61, 0x73, 0x73, 0xff, 0xfe, 0x0a]),
        "no passphrase file and no terminal": null,
      };
      for (const [what, passphraseFile] of Object.entries(files)) {
        const alice = lan.run("alice", { passphraseFile });
        await alice.endsWith(1, `It starts with ${what}.`);
        await alice.prints(/./);
      }
      const lost = lan.run("alice", { passphraseFile: null, argv: ["--passphrase-file", lan.path("none")] });
      await lost.endsWith(1, "It starts without the file that it was given.");
    },
  },
  {
    id: "P8.1-passphrase-short",
    title: "a passphrase under 16 characters gets a warning on standard error; one of 16 gets none",
    async run(scene) {
      const warnings = async (passphrase: string): Promise<string[]> => {
        const lan = await Lan.open(scene, { passphrase });
        const bob = await lan.peer("bob");
        const alice = await lan.program("alice", { peers: [bob] });
        await bob.hearsBeacon(alice);
        await alice.enters("/stats");
        await alice.shows(/^stats:/);
        const found = (): string[] => alice.errors.filter((line) => /passphrase|short|16/i.test(line));
        if (passphrase.length < 16) await lan.eventually(() => found()[0], alice);
        return found();
      };
      const short = await warnings("fifteen letters");
      const long = await warnings("sixteen letters!");
      await scene.step("only the short one gets a warning", () => {
        if (short.length === 0 || long.length >= short.length)
          scene.fails({
            expected: "a warning for 15 characters, and none for 16",
            received: `for 15: ${short.join(" / ") || "none"}; for 16: ${long.join(" / ") || "none"}`,
          });
      });
    },
  },
  {
    id: "P8.1-new-team",
    title: "--new-team prints six words, other ones each time, and ends with exit code 0",
    async run(scene) {
      const lan = await Lan.open(scene);
      const phrases: string[] = [];
      for (let time = 0; time < 2; time += 1) {
        const program = lan.run("alice", { argv: ["--new-team"], passphraseFile: null });
        await program.endsWith(0);
        phrases.push(await program.shows(/(?:^|\s)[a-z]{2,}(?:[ -][a-z]{2,}){5}$/));
      }
      await scene.step("the words are drawn", () => {
        if (phrases[0] === phrases[1])
          scene.fails({ expected: "other words the second time", received: phrases[0] ?? "" });
      });
    },
  },
  {
    id: "P8.1-team-case",
    title: "teams whose names differ in upper and lower case do not hear each other",
    likelyCause:
      "The team's name is changed to lower case before it is compared, or before the key is derived.",
    async run(scene) {
      const lan = await Lan.open(scene);
      const other = lan.team.toUpperCase();
      const alice = await lan.program("alice");
      const bob = await lan.peer("bob");
      await lan.isDropped(
        alice,
        bob,
        bob.beacon({ body: { team: other } }),
        "team",
        `a beacon of the team ${other}`,
      );
      await bob.isFoundBy(alice);
    },
  },
  {
    id: "P8.1-no-discovery",
    title: "with --no-discovery nothing is sent to the group, and /connect HOST:PORT works",
    async run(scene) {
      const lan = await Lan.open(scene);
      const heard = await lan.overhears();
      const bob = await lan.peer("bob");
      const alice = await lan.program("alice", { beacon: 0.3, argv: ["--no-discovery"] });
      await scene.step("no beacon comes to the group for 1.2 s", async () => {
        await sleep(1200);
        if (heard.length > 0) scene.fails({ expected: "no beacon", received: "a beacon of alice" });
      });
      await alice.enters(`/connect ${bob.address}`);
      await bob.answers(alice, { to: "" });
      await alice.shows("connected to bob");
    },
  },
  {
    id: "P8.2-identity",
    title: "the first start makes an RSA key of 2,048 bits in DIR/identity.pem, and it stays",
    likelyCause: "The key is made anew at each start, or is another one than that in the file.",
    async run(scene) {
      const lan = await Lan.open(scene);
      const bob = await lan.peer("bob");
      const alice = await lan.program("alice", { peers: [bob] });
      const { body } = await bob.hearsBeacon(alice);
      const key = await lan.keyOf(alice);
      await scene.step("the beacon's key is that of the file, in PKCS#8", () => {
        const pem = readFileSync(join(alice.data, "identity.pem"), "utf8");
        if (!pem.startsWith("-----BEGIN PRIVATE KEY-----"))
          scene.fails({
            expected: "-----BEGIN PRIVATE KEY-----",
            received: pem.slice(0, 40).split("\n")[0] ?? "",
          });
        const problem = readKey(body.key);
        if (typeof problem === "string" || body.key !== key.der.toString("base64"))
          scene.fails({ expected: "the public key of identity.pem", received: String(body.key) });
        scene.observe();
      });
      if (!ON_WINDOWS)
        await scene.step("nobody else may read it", () => {
          const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);
          const modes = `${mode(alice.data)} ${mode(join(alice.data, "identity.pem"))}`;
          if (modes !== "700 600")
            scene.fails({ expected: "mode 700 for the folder, 600 for the file", received: modes });
        });
      bob.forgetsHeard();
      const again = await lan.killsAndRestarts(alice, { peers: [bob] });
      const { body: later } = await bob.hearsBeacon(again);
      await scene.step("after a restart it is the same", () => {
        if (later.key !== body.key)
          scene.fails({ expected: String(body.key), received: String(later.key), exact: true });
      });
    },
  },
  {
    id: "P8.2-never-printed",
    title: "the private key is never printed",
    async run(scene) {
      const { alice, bob } = await meet(scene);
      await bob.opens(alice);
      await alice.enters("/verify bob", "/doctor", "/stats", "/peers");
      await alice.shows("peers: 1");
      const lines = readFileSync(join(alice.data, "identity.pem"), "utf8")
        .split("\n")
        .filter((line) => /^[A-Za-z0-9+/=]{40,}$/.test(line));
      await scene.step("no line of identity.pem was printed", () => {
        const printed = [...alice.lines, ...alice.errors].join("\n");
        if (lines.length === 0 || lines.some((line) => printed.includes(line)))
          scene.fails({ expected: "nothing of the private key", received: "a line of identity.pem" });
      });
    },
  },
  {
    id: "P8.2-one-program",
    title: "a second program on the same data folder says so and ends with exit code 1",
    likelyCause: "Nothing in the folder tells that a program uses it: lock it.",
    async run(scene) {
      const lan = await Lan.open(scene);
      const alice = await lan.program("alice");
      const second = lan.run("alice", { data: alice.data });
      await second.endsWith(1, "Two programs use one folder.");
      await second.prints(/./);
      await (await lan.peer("bob")).isFoundBy(alice);
      scene.transcript.steps.push("a folder whose program was killed can be used again");
      await lan.killsAndRestarts(alice);
    },
  },
  {
    id: "P8.2-key-forms",
    title: "a key of another form than the 294 bytes is none, whatever signs with it",
    likelyCause: "The key is read by a library, which takes many forms, and its bytes are not compared.",
    async run(scene) {
      const lan = await Lan.open(scene);
      const alice = await lan.program("alice");
      const bob = await lan.peer("bob");
      const { der } = bob.key;
      const three = await KEYS.withExponent(3n);
      const small = Buffer.from(der);
      small[33] = (small[33] ?? 0) & 0x7f;
      const even = Buffer.from(der);
      even[even.length - 1] = 3;
      const forms: Record<string, Buffer> = {
        "the exponent 3": three.der,
        "the exponent 65539": even,
        "one more byte": Buffer.concat([der, Buffer.of(0)]),
        "a modulus of 2,047 bits": small,
        "no NULL behind the algorithm": Buffer.concat([
          Buffer.from("30820120300b06092a864886f70d010101", "hex"),
          der.subarray(19),
        ]),
        "the algorithm of RSASSA-PSS": withByte(der, 16, 0x0a),
        "the exponent with a leading zero": Buffer.concat([
          Buffer.from("30820123300d06092a864886f70d01010105000382011000", "hex"),
          Buffer.from("3082010b0282010100", "hex"),
          der.subarray(33, 289),
          Buffer.from("020400010001", "hex"),
        ]),
      };
      for (const [what, bytes] of Object.entries(forms))
        await lan.isDropped(
          alice,
          bob,
          bob.beacon({ body: { key: bytes.toString("base64") } }),
          "key",
          `a beacon whose key has ${what}`,
        );
      await bob.isFoundBy(alice);
    },
  },
  {
    id: "P8.2-fingerprint",
    title: "a key is named by the SHA-256 of its 294 bytes, in base64url without padding",
    likelyCause: "The hash is over the base64 text of the key, or over its modulus alone.",
    async run(scene) {
      const { alice, bob } = await meet(scene);
      await alice.enters("/connect bob");
      const session = await bob.isCalled(alice);
      await session.receivesHello(bob.key.fingerprint);
      await session.breaks();
    },
  },
  {
    id: "P8.2-base64",
    title: "base64 has one spelling: with padding, with + and /, and nothing else in it",
    likelyCause: "A library that decodes base64 takes more spellings: encode what it gives, and compare.",
    async run(scene) {
      const lan = await Lan.open(scene);
      const alice = await lan.program("alice");
      const bob = await lan.peer("bob");
      const key = bob.key.der.toString("base64");
      const spellings: Record<string, BeaconParts> = {
        "a signature without its padding": {
          signature: Buffer.alloc(256, 1).toString("base64").slice(0, -2),
        },
        "a signature with a line feed": { signature: `${Buffer.alloc(256, 1).toString("base64")}\n` },
        "a key with a blank in it": { body: { key: `${key.slice(0, 8)} ${key.slice(8)}` } },
        "a key with padding that it does not need": { body: { key: `${key}=` } },
      };
      for (const [what, parts] of Object.entries(spellings))
        await lan.isDropped(alice, bob, bob.beacon(parts), "shape", `a beacon with ${what}`);
      await bob.isFoundBy(alice);
    },
  },
  {
    id: "P9.12-peers",
    title: "/peers shows one line a peer, active or silent, and how many there are",
    async run(scene) {
      const lan = await Lan.open(scene);
      const alice = await lan.program("alice", { beacon: 0.5 });
      const carol = await lan.peer("carol");
      const bob = await lan.peer("bob");
      await carol.isFoundBy(alice);
      await alice.shows("left: carol (silent)");
      await bob.isFoundBy(alice);
      bob.keepsBeaconing(alice, 200);
      await alice.enters("/peers");
      const time = "[0-2][0-9]:[0-5][0-9]:[0-5][0-9]";
      const line = (name: string, state: string, port: number): RegExp =>
        new RegExp(`^peer ${name} ${state} 127\\.0\\.0\\.1:${port} since ${time}$`);
      await alice.prints(line("bob", "active", bob.port));
      await alice.prints(line("carol", "silent", carol.port));
      await alice.shows("peers: 2");
    },
  },
  {
    id: "P9.12-messaging-session",
    title: "in a messaging session every line goes to the peer, until exit or /leave; the session stays",
    async run(scene) {
      const { alice, session } = await talk(scene);
      await alice.enters("/to bob", "hello", "1");
      await session.takesMessage("hello");
      await session.takesMessage("1");
      await alice.shows("delivered to bob: 2");
      await alice.enters("/leave", "/to bob", "again", "exit", "/msg bob by a command");
      await session.takesMessage("again");
      await session.takesMessage("by a command");
      await alice.shows("delivered to bob: 4");
      await alice.enters("exit");
      await session.hears({ type: "bye" });
      await session.breaks();
      await alice.endsWith(0, "exit outside a messaging session ends the program.");
    },
  },
  {
    id: "P9.12-own-messages",
    title: "own messages are numbered from 1, on over restarts, and each says what became of it",
    async run(scene) {
      const { lan, alice, bob, session } = await talk(scene);
      await alice.enters("/msg bob hi");
      await alice.shows("1 to bob> hi");
      await session.takesMessage("hi");
      await alice.shows("delivered to bob: 1");
      await alice.enters("/all to everybody");
      await alice.shows("2 to all> to everybody");
      await session.takesMessage("to everybody", "all");
      await alice.shows("delivered to bob: 2");
      const again = await lan.killsAndRestarts(alice);
      session.connection.ignoresTheRest();
      await bob.isFoundBy(again);
      const later = await bob.opens(again);
      await again.enters("/msg bob later");
      await again.shows("3 to bob> later");
      await later.takesMessage("later");
      await again.shows("delivered to bob: 3");
    },
  },
  {
    id: "P9.12-history",
    title: "/history shows one line a message, with its direction, and the state of one's own",
    async run(scene) {
      const { alice, session } = await talk(scene);
      await session.tells("good morning");
      await alice.enters("/msg bob good evening");
      await session.takesMessage("good evening");
      await alice.shows("delivered to bob: 1");
      await alice.enters("/history bob");
      await alice.shows(/^[0-9-]+ [0-9:]+ < good morning(?: \[[a-z ]+\])?$/);
      await alice.shows(/^[0-9-]+ [0-9:]+ > good evening \[delivered\]$/);
      await alice.enters("/history bob 1", "/peers");
      await alice.showsNext(
        /^[0-9-]+ [0-9:]+ > good evening \[delivered\]$/,
        () => "The number behind the name is how many of the last messages are shown.",
      );
    },
  },
  {
    id: "P9.12-failures",
    title: "what cannot be done is one line that begins with error:, and the program goes on",
    async run(scene) {
      const lan = await Lan.open(scene);
      const alice = await lan.program("alice");
      const nobody = await takesPorts(scene, 1, "UDP"); // Nobody listens there for TCP.
      for (const line of [
        "/nonsense",
        "/msg nobody hi",
        "/connect nobody",
        `/connect ${HOST}:${nobody}`,
        "/to nobody",
        "/take 7",
        "/in nowhere hi",
        "/send nobody /etc/hosts",
        "/verify nobody",
        "/trust nobody#abcd",
      ]) {
        await alice.enters(line);
        await alice.showsNext(/^error: ./);
      }
      await (await lan.peer("bob")).isFoundBy(alice);
    },
  },
  {
    id: "P9.12-quit",
    title: "/quit, exit and the end of input say goodbye and end with exit code 0",
    async run(scene) {
      const lan = await Lan.open(scene);
      const bob = await lan.peer("bob");
      for (const way of ["/quit", "exit", "the end of input"]) {
        const alice = await lan.program("alice", { peers: [bob] });
        await bob.isFoundBy(alice);
        const session = await bob.opens(alice);
        if (way === "the end of input") await alice.endsInput();
        else await alice.enters(way);
        await session.hears({ type: "bye" });
        await session.says({ type: "bye" });
        await session.isClosed();
        await bob.hearsBeacon(alice, "bye");
        await alice.endsWith(0);
        bob.forgetsHeard();
      }
    },
  },
  {
    id: "P9.12-stats",
    title: "/stats counts all reasons of P8.6",
    async run(scene) {
      const lan = await Lan.open(scene);
      const alice = await lan.program("alice");
      await alice.enters("/stats");
      const line = await alice.shows(/^stats: size [0-9]+, token [0-9]+, /);
      await scene.step("no reason is missing", () => {
        for (const reason of REASONS)
          if (!new RegExp(`\\b${reason} [0-9]+(?:,|$)`).test(line))
            scene.fails({ expected: `${reason} and a number`, received: line });
      });
    },
  },
  {
    id: "P9.12-help-and-doctor",
    title: "/help names the commands, and /doctor the program's own addresses",
    async run(scene) {
      const lan = await Lan.open(scene);
      const alice = await lan.program("alice");
      await alice.enters("/help");
      await alice.shows(/\/letter\b/);
      await alice.enters("/doctor");
      await alice.shows(/127\.0\.0\.1/);
    },
  },
  {
    id: "P9.12-first-of-all",
    title: "standard output has events alone: a warning, as for a short passphrase, is not there",
    async run(scene) {
      const lan = await Lan.open(scene, { passphrase: "short" });
      const alice = await lan.program("alice");
      await (await lan.peer("bob")).beacons(alice);
      await alice.showsNext("found: bob");
    },
  },
]);

function withByte(bytes: Buffer, index: number, value: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[index] = value;
  return changed;
}
