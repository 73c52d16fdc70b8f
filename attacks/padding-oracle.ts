// npm run attack -- padding-oracle: reads AES-CBC without the key, because the receiver answers whether the padding was
// right (Vaudenay, "Security Flaws Induced by CBC Padding", EUROCRYPT 2002; cryptopals challenge 17).

import { tryOnStage04 } from "./changed-on-the-way.ts";
import { joinLabChat, type LabChat, RUNNING_BOB, startLabChat } from "./lab-chat.ts";
import { BLOCK_BYTES, IV_BYTES, toLine } from "./lab-unauthenticated-cbc.ts";
import { next } from "./on-the-way.ts";
import { type AttackOption, runAttack, textOption } from "./program.ts";
import { byteByByte, Progress } from "./progress.ts";
import { AttackError, proof, say, showWire, step } from "./report.ts";
import { xor } from "./xor.ts";

const TEXT = textOption("the code for the door is 2718, and the alarm is off until eight", "what Alice says");

/** With some IVs the first right padding is another one than 01. A test can choose the IV, so that this happens. */
const IV: AttackOption = {
  value: "HEX",
  help: "the IV of Alice's line in the lab (default: random)",
  usual: "",
  check: (value) =>
    new RegExp(`^[0-9a-f]{${2 * IV_BYTES}}$`).test(value)
      ? undefined
      : `an IV is ${2 * IV_BYTES} digits of 0-9 a-f`,
};

/** Asks Bob whether the padding is right when this ciphertext is decrypted with this IV. */
type Oracle = (iv: Buffer, ciphertext: Buffer) => Promise<boolean>;

function notFound(position: number): never {
  throw new AttackError(`no guess for byte ${position} of a block gives a right padding`);
}

/**
 * Finds the output of AES for one block of ciphertext. (CBC then XORs this output with the block before.)
 * @param block 16 bytes
 * @param found is called for each byte that is found, from the last one to the first
 */
async function openBlock(
  block: Buffer,
  paddingIsRight: Oracle,
  found: (position: number, opened: Buffer) => Promise<void>,
): Promise<Buffer> {
  const opened = Buffer.alloc(BLOCK_BYTES);
  for (let position = BLOCK_BYTES - 1; position >= 0; position -= 1) {
    // The IV has to make the last `padding` bytes all equal to `padding` (PKCS#7, RFC 5652 section 6.3).
    const padding = BLOCK_BYTES - position;
    const iv = Buffer.alloc(BLOCK_BYTES);
    let byte: number | undefined;
    // BEGIN SOLUTION 04-padding-oracle
    for (let known = position + 1; known < BLOCK_BYTES; known += 1) {
      iv[known] = (opened[known] ?? 0) ^ padding;
    }
    for (let guess = 0; guess < 256; guess += 1) {
      iv[position] = guess;
      if (!(await paddingIsRight(iv, block))) continue;
      // Padding that ends in 02 02 is right, too. With another byte before the last one, only a single 01 stays right.
      const check = Buffer.from(iv);
      if (position > 0) check[position - 1] = 0xff;
      if (!(await paddingIsRight(check, block))) continue;
      byte = guess ^ padding;
      break;
    }
    // END SOLUTION 04-padding-oracle
    opened[position] = byte ?? notFound(position);
    await found(position, opened);
  }
  return opened;
}

await runAttack("padding-oracle", { text: TEXT, iv: IV, ...RUNNING_BOB }, async (lab, { option }) => {
  step("The lab: stage 04's AES-256-CBC without its tag. Alice sends a line.");
  if (option("bob") !== "") return readFromLab(await joinLabChat(lab, Number(option("bob")), option("line")));
  await readFromLab(await startLabChat(lab, option("text"), option("iv")));
  await tryOnStage04(lab, option("text"), (_iv, ciphertext) => {
    // The oracle attack begins with the last byte of the last block but one.
    const place = ciphertext.length - BLOCK_BYTES - 1;
    ciphertext[place] = (ciphertext[place] ?? 0) ^ 1;
  });
  say("   It is the answer to everything that is wrong (P6.3), and the chat is over:");
  say("   there is no second question.");
});

/** Attacks stage 04's cipher without its tag, and a Bob who answers whether the padding was wrong. */
async function readFromLab({ line, iv, ciphertext, toBob }: LabChat): Promise<void> {
  showWire("alice -> mallory", line);

  step("Mallory sends Bob changed lines, and looks only at the complaints.");
  let questions = 0;
  const paddingIsRight: Oracle = async (changedIv, block) => {
    questions += 1;
    toBob.send(toLine(changedIv, block));
    return (await next(toBob)) === '{"type":"ok"}';
  };
  const blocks = [iv, ...blocksOf(ciphertext)];
  const progress = new Progress(ciphertext.length);
  const start = performance.now();
  let read = Buffer.alloc(0);
  for (const [index, block] of blocks.entries()) {
    const before = blocks[index - 1];
    if (before === undefined) continue; // The first block is the IV. It holds no text.
    const opened = await openBlock(block, paddingIsRight, (position, soFar) => {
      const tail = xor(soFar, before).subarray(position);
      const text = byteByByte(read) + "_".repeat(position) + byteByByte(tail);
      return progress.showByte(read.length + tail.length, text, questions);
    });
    read = Buffer.concat([read, xor(opened, before)]);
    progress.showBlock(index, byteByByte(xor(opened, before)), questions);
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const found = withoutPadding(read);
  if (found === undefined)
    throw new AttackError("what was found does not end in a right padding: it is wrong");
  say(`   ${questions} questions in ${seconds} s, and the key was never needed`);
  proof("read without the key", found);
}

function blocksOf(bytes: Buffer): Buffer[] {
  const count = bytes.length / BLOCK_BYTES;
  return Array.from({ length: count }, (_, index) =>
    bytes.subarray(BLOCK_BYTES * index, BLOCK_BYTES * (index + 1)),
  );
}

/** The text without its padding; undefined if the padding is wrong. */
function withoutPadding(bytes: Buffer): string | undefined {
  const padding = bytes.at(-1) ?? 0;
  const isPadding = bytes.subarray(-padding).every((byte) => byte === padding);
  return padding >= 1 && padding <= BLOCK_BYTES && isPadding
    ? bytes.toString("utf8", 0, bytes.length - padding)
    : undefined;
}
