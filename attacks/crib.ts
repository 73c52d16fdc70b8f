// npm run attack -- crib [FILE]: breaks stage 03's toy cipher. A crib is a piece of text that the attacker can guess.
// Here it is the beginning of a line of the chat (P3). The attack does not touch the key exchange, which stays secure.

import { type CapturedChat, chatsIn, committedCapture, textOf } from "./capture-lines.ts";
import type { Members } from "./played-peer.ts";
import { runAttack } from "./program.ts";
import { AttackError, proof, say, step, stopped } from "./report.ts";
import { xor } from "./xor.ts";

/** The toy cipher's key, in bytes (P5.1). */
const KEY_BYTES = 32;

/** The ids of messages that the attack guesses. One of the first messages of a chat hardly has a larger id. */
const LARGEST_ID = 99;

/** The beginning of a line that holds a message. Even with the smallest id it is as long as the key. */
function crib(id: number): Buffer {
  return Buffer.from(`{"type":"message","id":${id},"text":"`);
}

/** The key of the chat, found without the private keys; undefined if no guess fits. */
function recoverKey(ciphertexts: readonly Buffer[]): Buffer | undefined {
  // BEGIN SOLUTION 03-crib
  for (const ciphertext of ciphertexts) {
    for (let id = 1; id <= LARGEST_ID; id += 1) {
      const key = xor(ciphertext.subarray(0, KEY_BYTES), crib(id));
      if (fits(key, ciphertexts)) return key;
    }
  }
  return undefined;
  // END SOLUTION 03-crib
}

/** Whether this key decrypts every line to a line of the chat. With a few lines, a wrong key cannot pass by chance. */
function fits(key: Buffer, ciphertexts: readonly Buffer[]): boolean {
  return (
    key.length === KEY_BYTES && ciphertexts.every((ciphertext) => parse(xor(ciphertext, key)) !== undefined)
  );
}

await runAttack("crib", {}, async (_lab, { stage, file }) => {
  const capture = file ?? committedCapture(stage === "03" ? "03-dh-chat" : "04-aes-chat");
  for (const chat of await chatsIn(capture)) {
    const ciphertexts = ciphertextsOf(chat);
    if (ciphertexts.length === 0) throw new AttackError("nothing is encrypted in this chat");
    step(`${chat.initiator} and ${chat.responder} have sent ${ciphertexts.length} encrypted lines.`);
    say(`   the first: ${ciphertexts[0]?.toString("hex", 0, KEY_BYTES)}`);
    step("Many of them begin with a message. Ciphertext XOR text is the key.");
    say(`   the crib:  ${crib(1).toString("hex", 0, KEY_BYTES)}`);
    say(`              ${crib(1).toString("utf8", 0, KEY_BYTES)}`);
    const key = recoverKey(ciphertexts);
    if (key === undefined) {
      const why = "no key makes all lines readable";
      if (stage === "03") throw new AttackError(why);
      return stopped("the crib", why);
    }
    proof("the key", key.toString("hex"));
    step("With the key everything can be read.");
    for (const text of read(chat, key)) proof("read from the capture", text);
  }
});

function ciphertextsOf({ lines }: CapturedChat): Buffer[] {
  return lines.flatMap(({ object }) => ciphertextOf(object) ?? []);
}

function ciphertextOf({ ciphertext }: Members): Buffer | undefined {
  return typeof ciphertext === "string" && /^(?:[0-9a-f]{2})+$/.test(ciphertext)
    ? Buffer.from(ciphertext, "hex")
    : undefined;
}

function read({ lines }: CapturedChat, key: Buffer): string[] {
  return lines.flatMap(({ from, object }) => {
    const ciphertext = ciphertextOf(object);
    const line = ciphertext && parse(xor(ciphertext, key));
    const text = line && textOf(line);
    return text === undefined ? [] : [`${from}> ${text}`];
  });
}

/** The JSON object in decrypted bytes; undefined if they hold none. */
function parse(bytes: Buffer): Members | undefined {
  try {
    const line = JSON.parse(bytes.toString());
    return ["message", "ack", "bye"].includes(line.type) ? line : undefined;
  } catch {
    return undefined;
  }
}
