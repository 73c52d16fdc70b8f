// Checks clauses P4.1 to P4.6: the key exchange on the wire, and the safety number on the terminal.

import { ack, BYE, type Chat, type ChatRole, message, ROLES } from "./engine/chat.ts";
import { connectsAs, failedCall, lostChat, printsNoSecret } from "./engine/chat-steps.ts";
import { defineChecks } from "./engine/check.ts";
import {
  decode,
  encode,
  MODP2048,
  power,
  randomPrivateKey,
  safetyNumber,
  TOY,
} from "./engine/cryptography.ts";
import type { ClientUnderTest } from "./engine/launcher.ts";
import type { Scene } from "./engine/scene.ts";

/** A number as a public key of the group of 2,048 bits. */
const digits = (value: bigint): string => encode(value, MODP2048).toString("hex");

/** Plays a peer until the client's key has arrived. The client must send its key before it has the peer's. */
async function untilTheKey(
  scene: Scene,
  alice: ClientUnderTest,
  role: ChatRole,
  name: string,
  group = MODP2048,
): Promise<Chat> {
  const chat = await connectsAs(scene, alice, role, name);
  chat.group = group;
  await chat.exchangesHellos();
  await chat.receivesKey();
  return chat;
}

/** Both sides have the same key, because a message arrives in each direction. */
async function talks(alice: ClientUnderTest, chat: Chat): Promise<void> {
  await chat.says(message(1, "hello"));
  await chat.hears(ack(1));
  await alice.shows(`${chat.name}> hello`);
}

/** The client has reported that every call failed, and no chat has begun. */
async function noChat(alice: ClientUnderTest): Promise<void> {
  await alice.enters("/chats");
  await alice.shows("no chats");
  await alice.hasNotShown(" started");
  await alice.hasNotShown("safety number");
}

/** Finds a private key for which base^key begins with a zero byte, by trying one after the other. */
function untilShort(base: bigint): bigint {
  let exponent = randomPrivateKey();
  let result = power(base, exponent, MODP2048.prime);
  for (; result >= 1n << 2040n; exponent += 1n) result = (result * base) % MODP2048.prime;
  return exponent;
}

export const checks = defineChecks({ stages: ["03", "04"], of: "client" }, [
  {
    id: "P4.1-key-line",
    title: "each side sends its public key at once after the hellos",
    likelyCause:
      "The key line comes only after the other side's, or its public key is not exactly as long as the prime, in lower-case digits.",
    async run(scene) {
      const alice = await scene.client("alice", { argv: ["--accept"] });
      for (const role of ROLES) {
        const name = role === "initiator" ? "bob" : "carol";
        const chat = await untilTheKey(scene, alice, role, name);
        await scene.step("the public key is less than the prime", () => {
          if (decode(chat.otherPublicKey) >= MODP2048.prime)
            scene.fails({ expected: "a number below the prime", received: chat.key[chat.otherRole] });
        });
        await chat.sendsKey();
        chat.derivesKeys();
        await alice.shows(`chat with ${name} started`);
        await talks(alice, chat);
        await chat.says(BYE);
        await chat.hears(BYE);
        await chat.ended();
      }
    },
  },
  {
    id: "P4.2-toy-group",
    title: "--group toy warns, and uses p = 23 and g = 5",
    likelyCause:
      "The option --group is not looked at, or the toy group is used without a warning at the start.",
    async run(scene) {
      const alice = await scene.client("alice", { argv: ["--accept", "--group", "toy"] });
      await alice.prints(/toy|p = 23/i);
      for (const [index, role] of [...ROLES, ...ROLES, ...ROLES].entries()) {
        const chat = await untilTheKey(scene, alice, role, `bob${index}`, TOY);
        await scene.step("the public key is from 2 to 21", () => {
          const key = decode(chat.otherPublicKey);
          if (key < 2n || key > 21n)
            scene.fails({
              expected: "a public key from 2 to 21",
              received: String(key),
              likelyCause:
                "The key pair is sent although the other side has to refuse it. Draw again (P4.3).",
            });
        });
        chat.privateKey = BigInt(scene.random.pick([2, 6, 13, 20]));
        await chat.sendsKey();
        chat.derivesKeys();
        await alice.shows(`safety number with bob${index}: ${chat.safetyNumber}`);
        await talks(alice, chat);
      }
    },
  },
  {
    id: "P4.2-group-mismatch",
    title: "a key of another group is refused",
    likelyCause: "The member group of the other side's key line is not compared with the own group.",
    async run(scene) {
      const alice = await scene.client("alice", { argv: ["--accept"] });
      const keys = [
        { type: "key", group: "toy", publicKey: "08" },
        { type: "key", group: "modp4096", publicKey: "ab".repeat(512) },
        { type: "key", publicKey: digits(4n) },
      ];
      for (const [index, key] of keys.entries()) {
        const role = ROLES[index % 2] ?? "initiator";
        const mallory = await untilTheKey(scene, alice, role, `mallory${index}`);
        await mallory.sendsKeyLine(JSON.stringify(key));
        await mallory.refused("group-mismatch");
        if (role === "responder") await alice.shows(failedCall(mallory.name));
      }
      await noChat(alice);
    },
  },
  {
    id: "P3.7-key-due",
    title: "anything else is refused where a key is due",
    likelyCause: "The type of the line after the hellos is not checked before it is used.",
    async run(scene) {
      const alice = await scene.client("alice", { argv: ["--accept"] });
      const lines = [
        JSON.stringify(message(1, "in clear")),
        JSON.stringify({ type: "hello", stage: scene.stage, from: "mallory", to: "alice" }),
        "key",
        JSON.stringify({ type: "xored", ciphertext: "00" }),
      ];
      for (const [index, line] of lines.entries()) {
        const role = ROLES[index % 2] ?? "initiator";
        const mallory = await untilTheKey(scene, alice, role, `mallory${index}`);
        await mallory.sendsKeyLine(line);
        await mallory.refused("bad-request");
        if (role === "responder") await alice.shows(failedCall(mallory.name));
      }
      await noChat(alice);
    },
  },
  {
    id: "P4.3-fresh-keys",
    title: "every chat has a key of its own",
    likelyCause: "The key pair is drawn once, when the program starts. Draw one for each chat.",
    async run(scene) {
      const alice = await scene.client("alice", { argv: ["--accept"] });
      const keys: string[] = [];
      for (const [index, role] of [...ROLES, ...ROLES].entries()) {
        const chat = await untilTheKey(scene, alice, role, `bob${index}`);
        const key = chat.otherPublicKey.toString("hex");
        await scene.step("the public key is a new one", () => {
          const before = keys.indexOf(key);
          if (before === -1) return;
          scene.fails({
            expected: `another public key than in the chat with bob${before}`,
            received: `in the chat with bob${index} again ${key.slice(0, 32)}…`,
          });
        });
        keys.push(key);
        await chat.sendsKey();
        chat.derivesKeys();
        await alice.shows(`chat with bob${index} started`);
        await chat.says(BYE);
        await chat.hears(BYE);
        await chat.ended();
      }
    },
  },
  {
    id: "P4.3-nothing-printed",
    title: "no shared secret, no key and no private key is printed, on neither output",
    causes: [
      {
        step: /has printed no secret/,
        cause: "A secret is printed for finding a mistake, and was forgotten there.",
      },
    ],
    async run(scene) {
      const environment = { CHATKEYLOGFILE: "" };
      const alice = await scene.client("alice", { argv: ["--accept"], environment });
      const chats: Chat[] = [];
      for (const role of ROLES) {
        const chat = await connectsAs(scene, alice, role, role);
        await chat.shakesHands();
        await alice.shows(`chat with ${role} started`);
        await talks(alice, chat);
        await alice.enters(`/switch ${role}`, "hello", "/verify");
        await chat.hears(message(1, "hello"));
        await chat.says(ack(1));
        await alice.shows(`delivered to ${role}: 1`);
        chats.push(chat);
      }
      // Programs are talkative when something fails. So the chats end in two ways, and another one does not begin.
      await chats[0]?.connection.sends("nonsense\n");
      await alice.shows(lostChat("initiator"));
      await chats[0]?.connection.isClosedAfter();
      const mallory = await untilTheKey(scene, alice, "initiator", "mallory");
      await mallory.sendsKey({ publicKey: digits(0n) });
      await mallory.refused("bad-public-key");
      const [, carol] = chats;
      await alice.enters("/quit");
      await carol?.hears(BYE);
      await carol?.says(BYE);
      await carol?.ended();
      await alice.endsWith(0);
      // Mallory's own key gives no secret, but the client's private key may have been printed.
      await printsNoSecret(scene, alice, [...chats, mallory]);
    },
  },
  {
    id: "P4.4-bad-public-key",
    title: "a public key that is a trap, or is not well-formed, is refused",
    likelyCause:
      "The public key is used before it has been checked: exactly as many lower-case digits as the prime has, and a number from 2 to p - 2.",
    async run(scene) {
      const alice = await scene.client("alice", { argv: ["--accept"] });
      const { prime } = MODP2048;
      const good = `ab${digits(power(2n, randomPrivateKey(), prime)).slice(2)}`;
      const bad: [what: string, publicKey: unknown][] = [
        ["0", digits(0n)],
        ["1", digits(1n)],
        ["p - 1", digits(prime - 1n)],
        ["p", digits(prime)],
        ["p + 1", digits(prime + 1n)],
        ["2^2048 - 1", "f".repeat(512)],
        ["a key that is a byte short", good.slice(2)],
        ["a key that is a byte long", `00${good}`],
        ["a key that is a digit long", `${good}0`],
        ["a key in upper case", `A${good.slice(1)}`],
        ["a key with a letter that is no digit", `${good.slice(0, -1)}g`],
        ["a key that begins with 0x", `0x${good.slice(2)}`],
        ["a key line without a key", undefined],
        ["a key that is a number", 7],
        ["a key that is null", null],
      ];
      for (const [index, [what, publicKey]] of bad.entries()) {
        const role = ROLES[index % 2] ?? "initiator";
        const mallory = await untilTheKey(scene, alice, role, `mallory${index}`);
        await mallory.sendsKey({ publicKey });
        await scene.step(`${what} is refused`, () => mallory.refused("bad-public-key"));
        if (role === "responder") await alice.shows(failedCall(mallory.name));
      }
      await noChat(alice);
    },
  },
  {
    id: "P4.4-smallest-and-largest",
    title: "the public keys 2 and p - 2 are taken",
    likelyCause: "The range is one too narrow: 2 and p - 2 themselves are allowed.",
    async run(scene) {
      const alice = await scene.client("alice", { argv: ["--accept"] });
      for (const [name, publicKey] of [
        ["smallest", 2n],
        ["largest", MODP2048.prime - 2n],
      ] as const) {
        const chat = await untilTheKey(scene, alice, "initiator", name);
        await chat.sendsKey({ publicKey: digits(publicKey) });
        await alice.shows(`chat with ${name} started`);
        const number = safetyNumber(encode(publicKey, MODP2048), chat.otherPublicKey);
        await alice.shows(`safety number with ${name}: ${number}`);
      }
    },
  },
  {
    id: "P4.5-leading-zeros",
    title: "zero bytes at the beginning of the shared secret and of a public key are kept",
    likelyCause:
      "A number is turned into bytes without padding: when it begins with a zero byte, which happens once in 256 chats, it becomes too short.",
    async run(scene) {
      const alice = await scene.client("alice", { argv: ["--accept"] });
      // We know the client's key before we choose ours, so we can make a secret that begins with a zero byte.
      const secret = await untilTheKey(scene, alice, "responder", "secret");
      secret.privateKey = untilShort(decode(secret.otherPublicKey));
      await secret.sendsKey();
      secret.derivesKeys();
      await alice.shows(`safety number with secret: ${secret.safetyNumber}`);
      await talks(alice, secret);
      const key = await untilTheKey(scene, alice, "initiator", "key");
      key.privateKey = untilShort(MODP2048.generator);
      await key.sendsKey();
      key.derivesKeys();
      await alice.shows(`safety number with key: ${key.safetyNumber}`);
      await talks(alice, key);
    },
  },
  {
    id: "P4.6-safety-number",
    title: "the safety number is shown when the chat starts, and again at /verify",
    likelyCause:
      "The hash is not made of the ASCII text and the two encoded public keys, the bytewise smaller first; or a group of digits has lost its leading zeros.",
    async run(scene) {
      const alice = await scene.client("alice", { argv: ["--accept"] });
      for (const role of ROLES) {
        const name = role === "initiator" ? "bob" : "carol";
        const chat = await connectsAs(scene, alice, role, name);
        await chat.shakesHands();
        await alice.shows(`chat with ${name} started`);
        await alice.enters(`/switch ${name}`, "/verify", "/nonsense");
        const number = `safety number with ${name}: ${chat.safetyNumber}`;
        for (const next of [number, number, /^error: ./]) await alice.showsNext(next);
      }
    },
  },
  {
    id: "P4.6-same-on-both-sides",
    title: "two clients in a chat show the same safety number",
    likelyCause:
      "Each side puts its own key first. The order must not depend on who computes: the bytewise smaller first.",
    async run(scene) {
      const alice = await scene.client("alice");
      const bob = await scene.client("bob", { argv: ["--accept"] });
      await alice.enters("/chat bob");
      const shown = await alice.shows(/^safety number with bob: [0-9]{5}(?: [0-9]{5}){5}$/);
      await bob.shows(shown.replace("with bob", "with alice"));
    },
  },
]);
