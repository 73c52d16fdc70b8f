// Checks clauses P6.1 to P6.5: stage 04's sealed lines on the wire, what happens to invalid ones, and the key log.

import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ack, BYE, type Chat, type ChatRole, message, ROLES } from "./engine/chat.ts";
import {
  connectsAs,
  isEnded,
  lostChat,
  opensChat,
  printsNoSecret,
  readsHello,
  started,
  talk,
} from "./engine/chat-steps.ts";
import { defineChecks } from "./engine/check.ts";
import { encryptBlocks, seal, tagged } from "./engine/cryptography.ts";
import type { ClientUnderTest } from "./engine/launcher.ts";
import type { Scene } from "./engine/scene.ts";

/** A text that no client may show, because it is never sent in a valid line. */
const HIDDEN = "hidden";

const SECRET = Buffer.from(JSON.stringify(message(1, HIDDEN)));

const IV = Buffer.from("000102030405060708090a0b0c0d0e0f", "hex");

/** A hello as another program may write it: with other blanks, another order, and unknown members. */
const helloOfAnotherProgram = (from: string, to: string): string =>
  `{"client": "café 1.0", "from": "${from}", "to" : "${to}", "stage": "0\\u0034", "type": "hello"}`;

/** A chat with a peer whose lines are valid, but do not look like ours. */
async function chatOfAnotherProgram(
  scene: Scene,
  alice: ClientUnderTest,
  role: ChatRole,
  name: string,
): Promise<Chat> {
  const chat = await connectsAs(scene, alice, role, name);
  const hello = helloOfAnotherProgram(name, alice.name);
  if (role === "initiator") {
    await chat.sendsHelloLine(hello, "\r\n");
    await chat.receivesHello();
  } else {
    await readsHello(chat);
    await chat.sendsHelloLine(hello, "\r\n");
  }
  await chat.receivesKey();
  const digits = chat.publicKey.toString("hex");
  await chat.sendsKeyLine(`{ "publicKey":"${digits}","group": "modp2048", "type":"key"}`, "\r\n");
  chat.derivesKeys();
  await started(alice, chat);
  return chat;
}

/** Checks that a valid line is accepted: otherwise it would mean nothing that a wrong line is refused. */
async function isHeard(alice: ClientUnderTest, chat: Chat): Promise<void> {
  await chat.says(message(1, "right"));
  await chat.hears(ack(1));
  await alice.shows(`${chat.name}> right`);
}

/** Sends a line, and expects that it is refused, that the chat is lost, and that nothing is shown. */
async function isRefused(alice: ClientUnderTest, chat: Chat, line: string): Promise<void> {
  await chat.connection.sends(`${line}\n`);
  await chat.refused("bad-record");
  await alice.shows(lostChat(chat.name));
}

/** Sends each of these lines in a chat of its own. The answers must be the same error, and nothing is shown. */
async function areAnsweredAlike(
  scene: Scene,
  alice: ClientUnderTest,
  lines: Readonly<Record<string, (chat: Chat) => string>>,
): Promise<void> {
  let first: { what: string; answer: string } | undefined;
  for (const [index, [what, wrong]] of Object.entries(lines).entries()) {
    const bob = await opensChat(scene, alice, "initiator", `bob${index}`);
    const line = wrong(bob);
    scene.transcript.steps.push(`a line comes with ${what}`);
    await bob.connection.sends(`${line}\n`);
    const answer = JSON.stringify(await bob.connection.receivesError("bad-record"));
    first ??= { what, answer };
    const { what: other, answer: expected } = first;
    await scene.step(`the answer to ${what} is the same as that to ${other}`, () => {
      if (answer !== expected)
        scene.fails({
          sent: line,
          expected: "one answer, whatever is wrong with a line",
          received: `two answers differ:\nto ${other}: ${expected}\nto ${what}: ${answer}`,
        });
    });
    await bob.ended();
    await alice.shows(lostChat(bob.name));
  }
  await alice.hasNotShown(HIDDEN);
}

/** The first sealed line of a chat, with these members changed. */
function sealedBut(chat: Chat, members: object): string {
  return JSON.stringify({ ...seal(chat.sendingKey, 0, SECRET, IV), ...members });
}

/** A sealed line with a valid tag and any padding. */
function padded(chat: Chat, padding: Buffer): string {
  const blocks = encryptBlocks(chat.sendingKey, IV, Buffer.concat([SECRET, padding]));
  return JSON.stringify(tagged(chat.sendingKey, 0, IV, blocks));
}

/** How many bytes of padding the text of SECRET needs. */
const missing = 16 - (SECRET.length % 16);

/** Its padding, but for one byte. The last byte says how many there are, so it is right. */
function almostPadding(index: number): Buffer {
  const padding = Buffer.alloc(missing, missing);
  padding[index] = missing ^ 1;
  return padding;
}

/** Lines with one mistake each, by the name of the mistake. */
const WRONG_LINES: Readonly<Record<string, (chat: Chat) => string>> = {
  "a seq that skips one": (chat) => JSON.stringify(seal(chat.sendingKey, 1, SECRET)),
  "a wrong tag": (chat) => sealedBut(chat, { tag: "0".repeat(64) }),
  "no tag": (chat) => sealedBut(chat, { tag: undefined }),
  "padding of zeros": (chat) => padded(chat, Buffer.alloc(missing)),
  "padding of more than a block": (chat) => padded(chat, Buffer.alloc(missing + 16, missing + 16)),
  "no whole blocks": (chat) => JSON.stringify(tagged(chat.sendingKey, 0, IV, Buffer.alloc(17, 1))),
  "the halves of the key swapped": (chat) => {
    const swapped = Buffer.concat([chat.sendingKey.subarray(32), chat.sendingKey.subarray(0, 32)]);
    return JSON.stringify(seal(swapped, 0, SECRET));
  },
  "the key of the other direction": (chat) => JSON.stringify(seal(chat.receivingKey, 0, SECRET)),
  "nothing inside": (chat) => chat.wrap(""),
  "two lines inside": (chat) => chat.wrap(`${SECRET}\n${JSON.stringify(message(2, HIDDEN))}`),
  "a sealed line inside": (chat) => chat.wrap(JSON.stringify(seal(chat.sendingKey, 0, SECRET))),
  "no JSON inside": (chat) => chat.wrap(HIDDEN),
  "no UTF-8 inside": (chat) => chat.wrap(Buffer.from([0x7b, 0xff, 0x7d])),
  "an unknown type inside": (chat) => chat.wrap({ type: "whisper", id: 1, text: HIDDEN }),
  "a message out of turn inside": (chat) => chat.wrap(message(2, HIDDEN)),
  "an ack of nothing inside": (chat) => chat.wrap(ack(1)),
  "an error inside": (chat) => chat.wrap({ type: "error", code: "bad-record", message: HIDDEN }),
};

/** The same, with a right tag, but a wrong padding. If only its last byte is looked at, the text in front is a message. */
const WRONG_PADDING: typeof WRONG_LINES = {
  "padding of which only the last byte is right": (chat) =>
    padded(chat, Buffer.concat([Buffer.alloc(missing - 1), Buffer.of(missing)])),
  "padding whose first byte is wrong": (chat) => padded(chat, almostPadding(0)),
  "padding whose last byte but one is wrong": (chat) => padded(chat, almostPadding(missing - 2)),
  "padding of 0x80 and zeros": (chat) =>
    padded(chat, Buffer.concat([Buffer.of(0x80), Buffer.alloc(missing - 1)])),
  "no padding": (chat) => padded(chat, Buffer.from(" ".repeat(missing))),
  "a block of padding of which only the last byte is right": (chat) => {
    const spaces = Buffer.from(" ".repeat(missing));
    return padded(chat, Buffer.concat([spaces, Buffer.alloc(15), Buffer.of(16)]));
  },
  "nothing but a block of wrong padding": (chat) => {
    const blocks = encryptBlocks(chat.sendingKey, IV, Buffer.alloc(16, 17));
    return JSON.stringify(tagged(chat.sendingKey, 0, IV, blocks));
  },
};

/** Unencrypted lines, which are not allowed after the keys. The message would have the next id. */
const CLEAR_LINES: readonly string[] = [
  JSON.stringify(message(2, HIDDEN)),
  JSON.stringify(ack(1)),
  JSON.stringify(BYE),
  JSON.stringify({ type: "hello", stage: "04", from: "bob", to: "alice" }),
  JSON.stringify({ type: "xored", ciphertext: "00" }),
  HIDDEN,
];

export const checks = defineChecks({ stages: ["04"], of: "client" }, [
  {
    id: "P6.1-lines-as-sent",
    title: "the keys come from the handshake's lines exactly as they were sent",
    likelyCause:
      "The transcript is made of lines that were parsed and written anew: a program with other blanks in its JSON gets other keys.",
    async run(scene) {
      const alice = await scene.client("alice", { argv: ["--accept"] });
      for (const role of ROLES) {
        const name = role === "initiator" ? "bob" : "carol";
        const chat = await chatOfAnotherProgram(scene, alice, role, name);
        await chat.says(message(1, "we have the same keys"));
        await chat.hears(ack(1));
        await alice.shows(`${name}> we have the same keys`);
      }
    },
  },
  {
    id: "P6.2-on-the-wire",
    title: "messages, acks and goodbyes are sealed, each with the next number and an IV of its own",
    likelyCause:
      "A line is sent in clear, with another key than that of its direction, or with a number that is not the next.",
    async run(scene) {
      const alice = await scene.client("alice", { argv: ["--accept"] });
      const chats: Chat[] = [];
      for (const [index, role] of [...ROLES, ...ROLES].entries()) {
        const name = `${role}${index}`;
        const bob = await opensChat(scene, alice, role, name);
        await alice.enters(`/switch ${name}`, "the same", "the same", "the same");
        for (let id = 1; id <= 3; id += 1) await bob.hears(message(id, "the same"));
        for (let id = 1; id <= 3; id += 1) await bob.says(ack(id));
        await alice.shows(`delivered to ${name}: 3`);
        await bob.says(message(1, "naïve café ☕"));
        await bob.hears(ack(1));
        await alice.shows(`${name}> naïve café ☕`);
        await isEnded(alice, bob);
        chats.push(bob);
      }
      await scene.step("every line has an IV of its own, drawn by chance", () => judgeIvs(scene, chats));
    },
  },
  {
    id: "P6.2-every-length",
    title: "texts of every length are opened and sealed: the padding has 1 to 16 bytes",
    likelyCause: "A text that fills its blocks gets a whole block of padding, in both directions.",
    async run(scene) {
      const { alice, bob } = await scene.chat("initiator");
      await scene.preparing(() => talk(alice, bob, 1));
      // From 10 on, all numbers have two digits, and 16 lengths in a row need every padding.
      for (let id = 2; id <= 25; id += 1) {
        await bob.says(message(id, "x".repeat(id)));
        await bob.hears(ack(id));
        await alice.showsNext(`bob> ${"x".repeat(id)}`);
        await alice.enters("y".repeat(id));
        await bob.hears(message(id, "y".repeat(id)));
        await bob.says(ack(id));
        await alice.shows(`delivered to bob: ${id}`);
      }
    },
  },
  {
    id: "P6.3-out-of-turn",
    title: "a line that comes again, too early, or from the client itself is refused",
    likelyCause:
      "The number in the line is not compared with the one that is due, or both directions have one key.",
    async run(scene) {
      const alice = await scene.client("alice", { argv: ["--accept"] });
      for (const [index, role] of ROLES.entries()) {
        const again = await opensChat(scene, alice, role, `again${index}`);
        const line = again.wrap(message(1, "once"));
        await again.connection.sends(`${line}\n`);
        await again.hears(ack(1));
        await alice.shows(`again${index}> once`);
        await isRefused(alice, again, line);

        const early = await opensChat(scene, alice, role, `early${index}`);
        early.wrap(message(1, "kept back on the way"));
        await isRefused(alice, early, early.wrap(message(1, HIDDEN)));

        const mirror = await opensChat(scene, alice, role, `mirror${index}`);
        await alice.enters(`/switch mirror${index}`, "to the mirror");
        await isRefused(alice, mirror, await mirror.connection.receivesLine());
      }
      await alice.hasNotShown(HIDDEN);
    },
  },
  {
    id: "P6.3-flipped-bit",
    title: "a line with a flipped bit is refused, and so is everything after it",
    likelyCause: "The tag is not compared, or not as a whole; or the chat goes on after a wrong one.",
    async run(scene) {
      const alice = await scene.client("alice", { argv: ["--accept"] });
      for (const member of ["seq", "iv", "ciphertext", "tag"]) {
        const bob = await opensChat(scene, alice, "initiator", `bob-${member}`);
        await isHeard(alice, bob);
        const line = withLastDigitChanged(bob.wrap(message(2, HIDDEN)), member);
        // The lines after the wrong one are valid, but the client must not read them any more.
        const after = [bob.wrap(message(2, HIDDEN)), bob.wrap(BYE)];
        await bob.connection.sends(`${[line, ...after].join("\n")}\n`);
        await bob.refused("bad-record");
        await alice.shows(lostChat(bob.name));
      }
      await alice.hasNotShown(HIDDEN);
      await alice.hasNotShown(" ended");
    },
  },
  {
    id: "P6.3-one-answer",
    title: "whatever is wrong with a line, the answer is the same, to the byte",
    likelyCause:
      "The code or the message of the error tells what was wrong. Whoever tries many lines on you learns from that.",
    async run(scene) {
      const alice = await scene.client("alice", { argv: ["--accept"] });
      await isHeard(alice, await opensChat(scene, alice, "initiator", "carol"));
      await areAnsweredAlike(scene, alice, WRONG_LINES);
    },
  },
  {
    id: "P6.3-padding",
    title: "a wrong padding under a right tag is refused, whichever of its bytes is wrong",
    likelyCause:
      "Only the last byte of the padding is looked at. Each of its bytes says how many there are: compare all of them.",
    async run(scene) {
      const alice = await scene.client("alice", { argv: ["--accept"] });
      await isHeard(alice, await opensChat(scene, alice, "initiator", "carol"));
      await areAnsweredAlike(scene, alice, WRONG_PADDING);
    },
  },
  {
    id: "P6.4-clear-bye",
    title: "a goodbye in clear is none: the chat is lost",
    likelyCause:
      "A line whose type is not sealed goes past the tag, because it is a bye. Anybody on the way could end a chat with it, unnoticed.",
    async run(scene) {
      const alice = await scene.client("alice", { argv: ["--accept"] });
      for (const role of ROLES) {
        const bob = await opensChat(scene, alice, role, role);
        await alice.enters(`/switch ${role}`, "unanswered");
        await bob.hears(message(1, "unanswered"));
        await isRefused(alice, bob, JSON.stringify(BYE));
        await alice.shows(`not delivered to ${role}: 1`);
      }
      await alice.hasNotShown(" ended");
    },
  },
  {
    id: "P6.4-clear-lines",
    title: "after the keys, a line in clear is refused, and nothing of it is shown",
    likelyCause: "A line whose type is not sealed goes past the tag. Nothing may.",
    async run(scene) {
      const alice = await scene.client("alice", { argv: ["--accept"] });
      for (const [index, line] of CLEAR_LINES.entries()) {
        const bob = await opensChat(scene, alice, ROLES[index % 2] ?? "initiator", `bob${index}`);
        await isHeard(alice, bob);
        await isRefused(alice, bob, line);
      }
      await alice.hasNotShown(HIDDEN);
    },
  },
  {
    id: "P6.4-clear-error",
    title: "an error in clear loses the chat, and none of its words are shown",
    likelyCause: "The message of the error is shown. Anybody on the way may have written it.",
    async run(scene) {
      const alice = await scene.client("alice", { argv: ["--accept"] });
      // The code may be shown if it has the form of one. No other word may, whoever has written it.
      const codes = {
        bob: "bad-record",
        carol: "no-such-code",
        dave: HIDDEN.toUpperCase(),
        erin: `${HIDDEN} code`,
        frank: HIDDEN.padEnd(33, "x"),
        grace: `${HIDDEN}\u001b[2J`,
      };
      for (const [name, code] of Object.entries(codes)) {
        const peer = await opensChat(scene, alice, "initiator", name);
        await alice.enters(`/switch ${name}`, "unanswered");
        await peer.hears(message(1, "unanswered"));
        await peer.connection.sendsJson({ type: "error", code, message: `call ${HIDDEN}` });
        await alice.shows(lostChat(name));
        await alice.shows(`not delivered to ${name}: 1`);
        await peer.ended();
      }
      await alice.hasNotShown(HIDDEN.toUpperCase());
      await alice.hasNotShown(HIDDEN);
    },
  },
  {
    id: "P6.5-key-log",
    title: "with CHATKEYLOGFILE, the keys of each chat are appended to that file, and the program says so",
    likelyCause:
      "The line is not P2PCHAT04, hash, initiator's key, responder's key, or the file is written anew for each chat.",
    async run(scene) {
      const path = temporaryFile(scene);
      const options = { argv: ["--accept"], environment: { CHATKEYLOGFILE: path } };
      const alice = await scene.client("alice", options);
      await alice.prints(/key/i);
      const lines: string[] = [];
      for (const role of ROLES) {
        const bob = await opensChat(scene, alice, role, role);
        const { transcript, initiator, responder } = bob.sessionKeys;
        const fields = [transcript, initiator, responder].map((bytes) => bytes.toString("hex"));
        lines.push(`P2PCHAT04 ${fields.join(" ")}\n`);
        await scene.step("the key log has a line for each chat", () => {
          const [expected, received] = [lines.join(""), readFileSync(path, "utf8")];
          if (received !== expected)
            scene.fails({
              expected: JSON.stringify(expected),
              received: JSON.stringify(received),
              exact: true,
            });
          scene.observe();
        });
      }
    },
  },
  {
    id: "P6.5-owner-only",
    title: "only its owner can read the key log",
    likelyCause:
      "The file is created with the rights that any file gets. Give its mode, 0600, when it is created.",
    async run(scene) {
      const path = temporaryFile(scene);
      const options = { argv: ["--accept"], environment: { CHATKEYLOGFILE: path } };
      const alice = await scene.client("alice", options);
      await opensChat(scene, alice, "initiator", "bob");
      await scene.step("the mode of the key log is 600", () => {
        if (process.platform === "win32") return; // On Windows the rights of the folder decide.
        const mode = (statSync(path).mode & 0o777).toString(8);
        if (mode !== "600") scene.fails({ expected: "600", received: mode });
      });
    },
  },
  {
    id: "P6.5-only-if-asked",
    title: "without CHATKEYLOGFILE, no key is printed",
    likelyCause: "A key is printed for finding a mistake, and was forgotten there.",
    async run(scene) {
      const environment = { CHATKEYLOGFILE: "" };
      const { alice, bob } = await scene.chat("initiator", { environment });
      await bob.says(message(1, "hello"));
      await bob.hears(ack(1));
      await alice.shows("bob> hello");
      await printsNoSecret(scene, alice, [bob]);
    },
  },
]);

/** Changes one bit of the last digit of a member of a sealed line. */
function withLastDigitChanged(line: string, member: string): string {
  const [, before = "", digit = "", after = ""] =
    new RegExp(`^(.*"${member}":"?[0-9a-f]*)([0-9a-f])(.*)$`).exec(line) ?? [];
  return before + (Number.parseInt(digit, 16) ^ 1).toString(16) + after;
}

/** A path for a file that is removed after the check. */
function temporaryFile(scene: Scene): string {
  const folder = mkdtempSync(join(tmpdir(), "key-log-"));
  scene.afterwards(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "chat.keys");
}

/** The IVs of several chats: drawn anew for every line, and not to be foretold from what was sent before. */
function judgeIvs(scene: Scene, chats: readonly Chat[]): void {
  const lines = chats.flatMap(({ records }) => records);
  const ivs = lines.map(({ iv }) => String(iv));
  const fails = (received: string, likelyCause: string): never =>
    scene.fails({ expected: `${ivs.length} IVs that have nothing in common`, received, likelyCause });
  const twice = ivs.find((iv, index) => ivs.indexOf(iv) < index);
  if (twice !== undefined)
    fails(
      `twice ${twice}`,
      "The IV is drawn once for the chat, or counted. Draw one for each line: with an IV used twice, equal beginnings show.",
    );
  const counted = ivs.find((iv) => ivs.some((other) => iv !== other && areNear(iv, other)));
  if (counted !== undefined) {
    const near = ivs.find((other) => other !== counted && areNear(other, counted));
    fails(
      `${counted} and ${near}`,
      "The IV is a counter. Who knows the last one knows the next one: draw it.",
    );
  }
  const same = [...Array(16).keys()].find((byte) => new Set(ivs.map((iv) => byteOf(iv, byte))).size === 1);
  if (same !== undefined)
    fails(
      `byte ${same + 1} of every IV is 0x${byteOf(ivs[0] ?? "", same)}`,
      "Only some bytes of the IV are drawn. All 16 must be.",
    );
  for (const [index, iv] of ivs.entries()) {
    const earlier = lines.slice(0, index).find(({ ciphertext, tag }) => `${ciphertext}/${tag}`.includes(iv));
    if (earlier !== undefined)
      fails(
        `${iv}, which stands in an earlier line: ${JSON.stringify(earlier)}`,
        "The IV is the last block of the line before (TLS 1.0 did so). It must not be known before the text is chosen.",
      );
  }
}

/** The hexadecimal digits of a byte of an IV. */
const byteOf = (iv: string, index: number): string => iv.slice(2 * index, 2 * index + 2);

/** Whether two IVs are as near as numbers of a counter, whichever byte counts first. By chance none ever are. */
function areNear(one: string, other: string): boolean {
  const isNear = (left: string, right: string): boolean => {
    const difference = BigInt(`0x${left}`) - BigInt(`0x${right}`);
    return (difference < 0n ? -difference : difference) < 2n ** 48n;
  };
  const reversed = (iv: string): string => Buffer.from(iv, "hex").reverse().toString("hex");
  return isNear(one, other) || isNear(reversed(one), reversed(other));
}
