// Checks the exercises of kind attack: an attack program must find a secret that was made at random for this check.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { portIn } from "../programs/stage-programs.ts";
import { ENDLESS } from "./engine/busy.ts";
import { defineCheck } from "./engine/check.ts";
import { decode, MODP2048, TOY, xor } from "./engine/cryptography.ts";
import { captureOf, type MadeChat } from "./engine/made-chats.ts";
import type { ProgramUnderTest } from "./engine/program-under-test.ts";
import type { Scene } from "./engine/scene.ts";

/** A random text of some words in ASCII, so that no program can know it beforehand. Four words fill a block. */
function secretText(scene: Scene, words = 4): string {
  return Array.from({ length: words }, () => scene.random.word(scene.random.integer(4, 9))).join(" ");
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

/** Writes a list of words, one a line. @returns its path; the file is removed after the check */
function writeWords(scene: Scene, words: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "check-"));
  scene.afterwards(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "words.txt");
  writeFileSync(path, words.map((word) => `${word}\n`).join(""));
  return path;
}

const TRIED =
  "tried has to be called once for each word that was tried, as soon as it was, and no further word is tried behind the right one.";

/** A private key of the toy group, but never 11, which the chat programs never use (P4.3). */
function toyPrivateKey(scene: Scene): bigint {
  return BigInt(scene.random.pick([3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 14, 15, 16, 17, 18, 19, 20]));
}

/** An attack starts several programs, so it may take this many times longer than other steps. */
const PATIENCE = 6;

const IN_FIRST_BLOCK =
  "The place is in the first block of the plaintext. Into that one CBC XORs the IV, so the change belongs into the IV, at the same place.";
const IN_LATER_BLOCK =
  "The place is in a later block. Into that one CBC XORs the block of ciphertext before it, so the change belongs 16 bytes before the place where it shall show.";
const OVER_THE_BORDER =
  "This change begins in the first block and goes on in the second: its first bytes belong into the IV, the others into the ciphertext. Choose anew for each byte.";
const ANOTHER_PADDING =
  "Here the first right padding is 02 02, not 01: the byte before the last one happens to come out as 02. Ask a second question, with another byte there: if the padding is still right, it was 01.";

/** Whoever only prints a proof passes until here: now the victim is ours, and the attack knows neither text nor key. */
const ONLY_PRINTED =
  "What the attack says has not happened: now the checker has started the victim itself. A proof that is printed is none.";

/** Why an attack has failed, in its own words on standard error; undefined if it has said nothing. */
function lastWord(attack: ProgramUnderTest): string | undefined {
  return attack.errors.find((line) => /^(?:failed|error): /.test(line));
}

/** Expects a line of a victim that we have started. The attack has ended. */
async function hasHappened(
  scene: Scene,
  victim: ProgramUnderTest,
  attack: ProgramUnderTest,
  expected: RegExp,
): Promise<void> {
  await scene.step(`${victim.name} really shows ${expected}`, async () => {
    if ((await victim.waitFor(expected)) !== undefined) return scene.observe();
    const word = lastWord(attack);
    scene.fails({
      expected: `on the victim's screen: ${expected}`,
      received: word ?? victim.lines.map((line) => JSON.stringify(line)).join("\n"),
      ...(word === undefined ? { likelyCause: ONLY_PRINTED } : {}),
    });
  });
}

/** Starts a Bob of the lab, to whom Alice sends a text. @returns Bob, and the options with which an attack finds Bob */
async function runningBob(scene: Scene, text: string): Promise<[ProgramUnderTest, string[]]> {
  const bob = await scene.labBob([text]);
  const listening = (await bob.waitFor(/^listening on /)) ?? "";
  const line = (await bob.waitFor(/^alice sends /)) ?? "";
  return [bob, ["--bob", String(portIn(listening)), "--line", line.slice("alice sends ".length)]];
}

/** Runs an attack until it ends. */
async function finished(scene: Scene, name: string, argv: readonly string[]): Promise<ProgramUnderTest> {
  const attack = await scene.attack(name, argv);
  for (let waited = 0; waited < PATIENCE && !attack.hasEnded; waited += 1)
    await attack.waitFor(/^What stops it: /);
  return attack;
}

/**
 * Expects a line of an attack that has ended. If it is not there, the attack's own last word on standard error says best
 * why ("failed: …").
 * @param likelyCause told from that word, if it tells anything
 */
async function proves(
  scene: Scene,
  attack: ProgramUnderTest,
  expected: string | RegExp,
  likelyCause?: (word: string) => string | undefined,
): Promise<void> {
  const shown = typeof expected === "string" ? JSON.stringify(expected) : `a line that matches ${expected}`;
  await scene.step(`${attack.name} shows ${shown}`, async () => {
    const found = attack.lines.some((line) =>
      typeof expected === "string" ? line === expected : expected.test(line),
    );
    if (found) return scene.observe();
    const word = lastWord(attack);
    const proofs = attack.lines.filter((line) => /^(?:proof|stopped): /.test(line));
    if (word === undefined && proofs.length === 0) {
      // It has not come to a proof, so nothing is known about its idea.
      if (attack.hasEnded)
        scene.fails({ expected: shown, received: attack.lastWords, came: "ended", ...attack.words });
      const isBusy = await attack.isBusy();
      scene.fails({
        expected: shown,
        received: "nothing in time",
        came: "nothing",
        ...(isBusy ? { likelyCause: ENDLESS } : {}),
      });
    }
    const cause = likelyCause?.(word ?? proofs.join("\n"));
    scene.fails({
      expected: shown,
      received: word ?? proofs.map((line) => JSON.stringify(line)).join("\n"),
      ...(cause === undefined ? {} : { likelyCause: cause }),
    });
  });
}

export const checks = [
  defineCheck({
    id: "P3.1-spoofed-name",
    stages: ["02"],
    of: "attack",
    title: "spoof: Bob's program shows what Mallory says as Alice's words",
    likelyCause:
      "Bob's program calls the other side what the hello calls it: from is the name to borrow, to is the own name of Bob. The first message has the id 1 (P3.2).",
    async run(scene) {
      const text = secretText(scene);
      const attack = await finished(scene, "spoof", ["--text", text]);
      await proves(scene, attack, `proof: bob's screen: alice> ${text}`, (word) => {
        if (/ code: wrong-peer|wrong-peer/.test(word))
          return "Bob refuses a hello to somebody else: to is the name of the one who is called.";
        if (/wrong-stage/.test(word)) return "Bob refuses a hello of another stage: stage is the one given.";
        if (/screen: chat with .* lost/.test(word))
          return "The hello was good, and Bob refused the message: its id is 1, its text is the one given (P3.2, P3.4).";
        const [, shown] = /screen: ([^ ]+)> /.exec(word) ?? [];
        if (shown !== undefined && shown !== "alice")
          return "Bob's program calls the other side what the hello calls it: from is the name to borrow.";
        return shown === undefined ? undefined : "The message carries another text than the one given.";
      });
      await attack.endsWith(0);

      const bob = await scene.client("bob", { argv: ["--accept"] });
      const another = secretText(scene);
      const port = String(scene.registry.port);
      const again = await finished(scene, "spoof", ["--text", another, "--registry", port]);
      await hasHappened(scene, bob, again, new RegExp(`^alice> ${another}$`));
      await again.endsWith(0);
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
        const why = (): string | undefined =>
          alice === 2n || alice === 21n
            ? "The smallest and the largest private key of the group, 2 and 21, have to be tried, too."
            : undefined;
        await proves(scene, attack, `proof: alice's private key: ${alice}`, why);
        await proves(scene, attack, `proof: bob's private key: ${bob}`, why);
        await proves(scene, attack, `proof: read from the capture: alice> ${texts[0]}`);
        await proves(scene, attack, `proof: read from the capture: bob> ${texts[1]}`);
      }
      await attack.endsWith(0);

      // Nobody may have the private key 1. A program that does not say undefined then finds a wrong one.
      const nobodys = { group: TOY, alice: 1n, bob: toyPrivateKey(scene), texts: [secretText(scene)] };
      const inVain = await finished(scene, "brute-force", [writeCapture(scene, [nobodys])]);
      await scene.step("brute-force finds no private key where the group has none", () => {
        const expected = "failed: no private key of the group gives this public key";
        if (inVain.errors.includes(expected)) return scene.observe();
        scene.fails({
          expected,
          received: inVain.errors[0] ?? inVain.lines.find((line) => line.startsWith("proof: ")) ?? "nothing",
          likelyCause:
            "This public key is 5, for which no private key of the group fits (5^1 = 5, and 1 is too small). Return undefined then.",
        });
      });
    },
  }),
  defineCheck({
    id: "P8.3-weak-passphrase",
    stages: ["05"],
    of: "attack",
    title: "weak-passphrase: a passphrase that stands in a list is found from one beacon, and no other one",
    likelyCause:
      "The passphrase is the word whose key opens the token. The key is made of the word and the team's name, as in stage 05.",
    async run(scene) {
      const words = Array.from({ length: 8 }, () => `${scene.random.word(6)} ${scene.random.word(5)}`);
      words[3] = words[3]?.toUpperCase() ?? "";
      const list = writeWords(scene, words);
      for (const [place, why] of [
        [words.length - 1, "The last word of the list has to be tried, too."],
        [3, "Words are tried as they stand in the list: case and blanks count."],
      ] as const) {
        const passphrase = words[place] ?? "";
        const attack = await finished(scene, "weak-passphrase", ["--passphrase", passphrase, list]);
        await proves(scene, attack, `proof: the passphrase: ${passphrase}`, () => why);
        await proves(scene, attack, `   ${place + 1} of ${words.length} words tried`, () => TRIED);
        await attack.endsWith(0);
      }
      const missing = `${words[0]} ${scene.random.word()}`;
      const inVain = await finished(scene, "weak-passphrase", ["--passphrase", missing, list]);
      const none = `stopped: tried in vain: ${words.length} of ${words.length} words`;
      await proves(
        scene,
        inVain,
        none,
        () => "If no word opens the token, none of them is the passphrase: return undefined.",
      );
      await inVain.endsWith(0);
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
        const line = `proof: read from the capture: ${index % 2 === 0 ? "alice" : "bob"}> ${text}`;
        await proves(scene, attack, line);
      }
      await attack.endsWith(0);

      // A program that does not test its guesses would find a "key" here, too.
      const inVain = await finished(scene, "crib", ["--stage", "04"]);
      await proves(
        scene,
        inVain,
        "stopped: the crib: no key makes all lines readable",
        () => "A key was returned that does not fit: if no guess fits, return undefined.",
      );
      await inVain.endsWith(0);
    },
  }),
  defineCheck({
    id: "P6.3-bit-flip",
    stages: ["04"],
    of: "attack",
    title: "bit-flip: without a tag, Bob reads what Mallory wants; with the tag, Bob refuses",
    likelyCause:
      "CBC XORs the block of ciphertext before into a block of plaintext; into the first block it XORs the IV. A change belongs 16 bytes before the place where it shall show.",
    async run(scene) {
      const [old, wanted] = [scene.random.integer(100, 499), scene.random.integer(500, 999)].map(String);
      const end = ` to ${scene.random.word(5)}`;
      const flips = [
        { before: "pay ", piece: "", seen: `pay ${wanted}${end}`, why: IN_FIRST_BLOCK },
        // Far behind it, where the block before the changed one becomes noise: that may be any text, of any length.
        {
          before: `${scene.random.word(31)} pay `,
          piece: "",
          seen: `.*${wanted}${end}`,
          why: IN_LATER_BLOCK,
        },
        // Begins in the first block, in which nothing changes, and changes the second.
        {
          before: `${scene.random.word(12)} `,
          piece: "of ",
          seen: `.*${wanted}${end}`,
          why: OVER_THE_BORDER,
        },
      ];
      const attacks = flips.map(({ before, piece }) => {
        const text = `${before}${piece}${old}${end}`;
        return finished(scene, "bit-flip", ["--text", text, "--old", piece + old, "--new", piece + wanted]);
      });
      for (const [index, attack] of (await Promise.all(attacks)).entries()) {
        const { seen, why } = flips[index] ?? { seen: "", why: "" };
        await proves(scene, attack, new RegExp(`^proof: bob reads: ${seen}$`, "s"), () => why);
        await proves(scene, attack, /^stopped: bob's answer: .*"code":"bad-record"/);
        await attack.endsWith(0);
      }

      const text = `pay ${old}${end}`;
      const [bob, options] = await runningBob(scene, text);
      const pieces = ["--text", text, "--old", String(old), "--new", String(wanted)];
      const again = await finished(scene, "bit-flip", [...pieces, ...options]);
      await hasHappened(scene, bob, again, new RegExp(`^bob reads pay ${wanted}${end}$`));
      await again.endsWith(0);
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
      // With the first IV, 01 is the only right padding. With the other two, a right 02 02 comes before it.
      const texts = [scene.random.word(12), secretText(scene), secretText(scene)];
      const [text = "", up = "", down = ""] = texts;
      const attacks = [
        ["--text", text, "--iv", ivFor(scene, text)],
        ["--text", up, "--iv", ivFor(scene, up, "counting up")],
        ["--text", down, "--iv", ivFor(scene, down, "counting down")],
      ].map((options) => finished(scene, "padding-oracle", options));
      for (const [index, attack] of (await Promise.all(attacks)).entries()) {
        await proves(scene, attack, `proof: read without the key: ${texts[index]}`, () =>
          index === 0 ? undefined : ANOTHER_PADDING,
        );
        await proves(scene, attack, /^stopped: bob's answer: .*"code":"bad-record"/);
        await attack.endsWith(0);
      }

      const secret = secretText(scene);
      const [, options] = await runningBob(scene, secret);
      const again = await finished(scene, "padding-oracle", options);
      await proves(scene, again, `proof: read without the key: ${secret}`, () => ONLY_PRINTED);
      await again.endsWith(0);
    },
  }),
];

/**
 * An IV for a text of the lab. Usually its first block can come out with the padding 01 alone. With a trap, it comes out
 * with 02 02 before, if somebody leaves the byte before the last one alone, which is zero, and tries all values of the
 * last byte in this order.
 */
function ivFor(scene: Scene, text: string, trap?: "counting up" | "counting down"): string {
  const missing = 16 - (Buffer.byteLength(text) % 16);
  const block = Buffer.concat([Buffer.from(text), Buffer.alloc(missing, missing)]).subarray(0, 16);
  // What AES gives for the block is the text XOR the IV. A guess XOR its last byte is what that byte comes out as.
  const opened = scene.random.bytes(16);
  const last = opened[15] ?? 0;
  opened[14] = trap === undefined ? 0x80 : 2;
  // The guess for 02 is 2 less than the last byte if bit 1 is set in it, and 2 more if not; that for 01 is 1 off.
  if (trap !== undefined) opened[15] = trap === "counting up" ? last | 2 : last & ~2;
  return xor(block, opened).toString("hex");
}
