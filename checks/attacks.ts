// Checks the exercises of kind attack: an attack program must find a secret that was made at random for this check.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineCheck } from "./engine/check.ts";
import { decode, MODP2048, TOY } from "./engine/cryptography.ts";
import { captureOf, type MadeChat } from "./engine/made-chats.ts";
import type { ProgramUnderTest } from "./engine/program-under-test.ts";
import type { Scene } from "./engine/scene.ts";

/** A random text of some words in ASCII, so that no program can know it beforehand. */
function secretText(scene: Scene, words = 4): string {
  return Array.from({ length: words }, () => scene.random.word(scene.random.integer(2, 9))).join(" ");
}

/** Writes a capture for this check. @returns its path; the file is removed after the check */
function writeCapture(scene: Scene, chats: readonly MadeChat[]): string {
  const folder = mkdtempSync(join(tmpdir(), "check-"));
  scene.afterwards(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "chat.pcap");
  const capture = captureOf(chats);
  for (const one of [folder, scene.place.recorder?.folder])
    if (one !== undefined) writeFileSync(join(one, "chat.pcap"), capture);
  return path;
}

/** A private key of the toy group, but never 11, which the chat programs never use (P4.3). */
function toyPrivateKey(scene: Scene): bigint {
  return BigInt(scene.random.pick([3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 14, 15, 16, 17, 18, 19, 20]));
}

/** An attack starts several programs, so it may take this many times longer than other steps. */
const PATIENCE = 6;

/** Runs an attack until it ends. */
async function finished(scene: Scene, name: string, argv: readonly string[]): Promise<ProgramUnderTest> {
  const attack = await scene.attack(name, argv);
  for (let waited = 0; waited < PATIENCE && !attack.hasEnded; waited += 1)
    await attack.waitFor(/^What stops it: /);
  return attack;
}

export const checks = [
  defineCheck({
    id: "P3.1-spoofed-name",
    stages: ["02"],
    of: "attack",
    title: "spoof: Bob's program shows what Mallory says as Alice's words",
    likelyCause:
      "Bob's program calls the other side what the hello calls it: from is the name to borrow, to is his own. The first message has the id 1 (P3.2).",
    async run(scene) {
      const text = secretText(scene);
      const attack = await finished(scene, "spoof", ["--text", text]);
      await attack.shows(`proof: bob's screen: alice> ${text}`);
      await attack.endsWith(0);
    },
  }),
  defineCheck({
    id: "P4.2-brute-force",
    stages: ["03"],
    of: "attack",
    title: "brute-force: the private keys of toy chats are found, and the chats are read",
    likelyCause:
      "A candidate x is right if g^x mod p is the public key. Every private key of the group has to be tried, the smallest and the largest, too.",
    async run(scene) {
      const pairs: [bigint, bigint][] = [
        [toyPrivateKey(scene), toyPrivateKey(scene)],
        [2n, 21n],
        [21n, 2n],
      ];
      const chats = pairs.map(([alice, bob]) => {
        return { group: TOY, alice, bob, texts: [secretText(scene), secretText(scene)] };
      });
      const attack = await finished(scene, "brute-force", [writeCapture(scene, chats)]);
      for (const { alice, bob, texts } of chats) {
        await attack.shows(`proof: alice's private key: ${alice}`);
        await attack.shows(`proof: bob's private key: ${bob}`);
        await attack.shows(`proof: read from the capture: alice> ${texts[0]}`);
        await attack.shows(`proof: read from the capture: bob> ${texts[1]}`);
      }
      await attack.endsWith(0);
    },
  }),
  defineCheck({
    id: "P5.2-crib",
    stages: ["03"],
    of: "attack",
    title: "crib: the key of a chat is recovered from how its lines begin, and everything is read",
    likelyCause:
      "The key has 32 bytes, so 32 bytes of a line must be guessed right: the beginning of a message, with its id. A guess is right if all lines can be read with it.",
    async run(scene) {
      const texts = [1, 8, 30].flatMap((words) => [secretText(scene, words), secretText(scene, words)]);
      const [alice, bob] = [decode(scene.random.bytes(32)), decode(scene.random.bytes(32))];
      const attack = await finished(scene, "crib", [
        writeCapture(scene, [{ group: MODP2048, alice, bob, texts }]),
      ]);
      for (const [index, text] of texts.entries()) {
        await attack.shows(`proof: read from the capture: ${index % 2 === 0 ? "alice" : "bob"}> ${text}`);
      }
      await attack.endsWith(0);

      // A program that does not test its guesses would find a "key" here, too.
      const inVain = await finished(scene, "crib", ["--stage", "04"]);
      await inVain.shows("stopped: the crib: no key makes all lines readable");
      await inVain.endsWith(0);
    },
  }),
  defineCheck({
    id: "P6.3-bit-flip",
    stages: ["04"],
    of: "attack",
    title: "bit-flip: without a tag, Bob reads what Mallory wants; with the tag, he refuses",
    likelyCause:
      "CBC XORs the block of ciphertext before into a block of plaintext; into the first block it XORs the IV. A change belongs 16 bytes before the place where it shall show.",
    async run(scene) {
      const [old, wanted] = [scene.random.integer(100, 499), scene.random.integer(500, 999)].map(String);
      // Changes one text in the first block and one far behind it, where the block before it becomes noise.
      const beginnings = ["pay ", `${scene.random.word(31)} pay `];
      for (const beginning of beginnings) {
        const end = ` to ${scene.random.word(5)}`;
        const options = ["--text", `${beginning}${old}${end}`, "--old", `${old}`, "--new", `${wanted}`];
        const attack = await finished(scene, "bit-flip", options);
        // The noise may be any text, also a text of another length.
        const seen = beginning.length + 3 <= 16 ? `pay ${wanted}${end}` : `.*${wanted}${end}`;
        await attack.shows(new RegExp(`^proof: bob reads: ${seen}$`, "s"));
        await attack.shows(/^stopped: bob's answer: .*"code":"bad-record"/);
        await attack.endsWith(0);
      }
    },
  }),
  defineCheck({
    id: "P6.3-padding-oracle",
    stages: ["04"],
    of: "attack",
    title: "padding-oracle: a text is read by asking about its padding; with the tag, Bob refuses",
    likelyCause:
      "Every byte that is known already must be made to end in the new padding value; the guess that is taken for right gives the byte XORed with the padding value.",
    async run(scene) {
      const text = secretText(scene, 4);
      const attack = await finished(scene, "padding-oracle", ["--text", text]);
      await attack.shows(`proof: read without the key: ${text}`);
      await attack.shows(/^stopped: bob's answer: .*"code":"bad-record"/);
      await attack.endsWith(0);
    },
  }),
];
