// npm run attack -- bit-flip: changes a text that Mallory cannot read. CBC XORs each block of plaintext with the block
// of ciphertext before it (the first one with the IV): a bit flipped there flips the same bit of the text.

import { tryOnStage04 } from "./changed-on-the-way.ts";
import type { Lab } from "./lab.ts";
import { joinLabChat, type LabChat, RUNNING_BOB, startLabChat } from "./lab-chat.ts";
import { BLOCK_BYTES, toLine } from "./lab-unauthenticated-cbc.ts";
import { chatThroughMallory, next } from "./on-the-way.ts";
import { type AttackOption, runAttack, textOption } from "./program.ts";
import { AttackError, proof, say, showWire, step } from "./report.ts";
import { flipText, xor } from "./xor.ts";

const piece = (usual: string, help: string): AttackOption => ({
  ...textOption(usual, help, 64),
  value: "PIECE",
});
const OPTIONS = {
  text: textOption("pay 100 to carol", "what Alice says"),
  old: piece("100", "the piece of it that Mallory guesses"),
  new: piece("900", "what Mallory wants instead, as long"),
  ...RUNNING_BOB,
};

/**
 * Changes what a ciphertext decrypts to, without the key.
 * @param position where in the plaintext the change begins, in bytes from 0
 * @param difference the bits that have to be flipped: the old text XOR the wanted text
 */
function flip(iv: Buffer, ciphertext: Buffer, position: number, difference: Buffer): void {
  // BEGIN SOLUTION 04-bit-flip
  for (const [index, bits] of difference.entries()) {
    // The byte that is XORed into the plaintext at `place` stands one block before it.
    const place = position + index;
    const [target, offset] = place < BLOCK_BYTES ? [iv, place] : [ciphertext, place - BLOCK_BYTES];
    target[offset] = (target[offset] ?? 0) ^ bits;
  }
  // END SOLUTION 04-bit-flip
}

await runAttack("bit-flip", OPTIONS, async (lab, { stage, option }) => {
  const order = readOrder(option("text"), option("old"), option("new"));
  if (stage === "03") return tryOnStage03(lab, order);
  step("The lab: stage 04's AES-256-CBC without its tag. Alice sends a line.");
  if (option("bob") !== "")
    return tryOnLab(await joinLabChat(lab, Number(option("bob")), option("line")), order);
  await tryOnLab(await startLabChat(lab, order.text), order);
  await tryOnStage04(lab, order.text, (iv, ciphertext) => {
    flip(iv, ciphertext, positionInChatLine(order), order.difference);
  });
});

/** Which part of a text Mallory replaces, and by what. */
interface Order {
  text: string;
  old: string;
  wanted: string;
  difference: Buffer;
}

function readOrder(text: string, old: string, wanted: string): Order {
  if (!text.includes(old)) throw new AttackError(`"${old}" does not stand in "${text}"`);
  if (Buffer.byteLength(old) !== Buffer.byteLength(wanted)) {
    throw new AttackError(`"${old}" and "${wanted}" are not of one length`);
  }
  const difference = xor(Buffer.from(old), Buffer.from(wanted));
  const places = [...difference.entries()].flatMap(([index, bits]) =>
    bits === 0 ? [] : [positionIn(text, old) + index],
  );
  if (new Set(places.map((place) => Math.floor(place / BLOCK_BYTES))).size > 1) {
    throw new AttackError(
      `"${old}" lies in two blocks of ${BLOCK_BYTES} bytes: changing one part destroys the other`,
    );
  }
  return { text, old, wanted, difference };
}

/** How many bytes stand before a piece of a text. */
function positionIn(text: string, piece: string): number {
  return Buffer.byteLength(text.slice(0, text.indexOf(piece)));
}

/** Where the piece begins in the JSON line of Alice's first message (P3), in bytes. */
function positionInChatLine({ text, old }: Order): number {
  const line = JSON.stringify({ type: "message", id: 1, text });
  const beginning = line.slice(0, line.lastIndexOf(text));
  return Buffer.byteLength(beginning) + positionIn(text, old);
}

/** Attacks stage 04's cipher without its tag: the receiver cannot notice the change. */
async function tryOnLab(
  { line, iv, ciphertext, toBob, bobReads }: LabChat,
  { text, old, wanted, difference }: Order,
): Promise<void> {
  showWire("alice -> mallory", line);

  const position = positionIn(text, old);
  const seen = whatShows(wanted, position, difference);
  step(`"${old}" stands at byte ${position}, Mallory guesses, and flips it to "${wanted}".`);
  flip(iv, ciphertext, position, difference);
  const changed = toLine(iv, ciphertext);
  showWire("mallory -> bob", changed);
  toBob.send(changed);
  const answer = await next(toBob);
  if (answer !== '{"type":"ok"}') throw new AttackError(`bob's answer: ${answer}`);
  if (bobReads === undefined) return say("   Bob has accepted it. What it says, only Bob sees.");
  const read = await bobReads();
  const succeeded = seen === undefined ? read === text.replace(old, wanted) : read.includes(seen);
  if (!succeeded) throw new AttackError(`bob reads: ${read}`);
  proof("bob reads", read);
}

/**
 * The part of the wanted piece that Bob can read. The block before a changed one becomes noise, except before the first
 * block: there Mallory changes only the IV, and all of it stays readable (undefined).
 */
function whatShows(wanted: string, position: number, difference: Buffer): string | undefined {
  const firstChange = position + difference.findIndex((bits) => bits !== 0);
  const block = firstChange - (firstChange % BLOCK_BYTES);
  if (block === 0) return undefined;
  return Buffer.from(wanted).toString("utf8", Math.max(0, block - position));
}

/** Attacks stage 03's cipher: a flipped bit of the ciphertext flips the bit of the text at the same place. */
async function tryOnStage03(lab: Lab, order: Order): Promise<void> {
  const { alice, bob, toAlice, toBob } = await chatThroughMallory(lab);
  step("The real stage 03. Alice says something, and Mallory flips bits as it passes.");
  alice.types(order.text);
  const line = await next(toAlice);
  const changed = flipText(line, positionInChatLine(order), order.old, order.wanted);
  showWire("alice -> mallory", line);
  showWire("mallory -> bob", changed);
  toBob.send(changed);
  const shown = await bob.shows(/^alice> |^chat with alice lost/);
  if (shown !== `alice> ${order.text.replace(order.old, order.wanted)}`) {
    throw new AttackError(`bob's screen: ${shown}`);
  }
  proof("bob's screen", shown);
}
