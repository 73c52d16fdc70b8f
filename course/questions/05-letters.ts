// Finds how many bytes RSAES-OAEP takes with a key of 2,048 bits, by trying one byte more each time.

import { constants, generateKeyPairSync, publicEncrypt } from "node:crypto";
import type { Prediction } from "../exercises/question.ts";
import { numbersOf, onlyNumbers } from "./support/numbers.ts";

const MODULUS_BYTES = 256;

/** The largest number of bytes that are encrypted without an error. */
function largest(): number {
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 8 * MODULUS_BYTES });
  const oaep = { key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" };
  let bytes = 0;
  while (bytes <= MODULUS_BYTES) {
    try {
      publicEncrypt(oaep, Buffer.alloc(bytes + 1));
    } catch {
      return bytes;
    }
    bytes += 1;
  }
  throw new Error("this Node.js encrypts more bytes with RSA than the key has");
}

export const question: Prediction = {
  async find() {
    const bytes = largest();
    return {
      answers: [String(bytes)],
      observed: `with a key of ${MODULUS_BYTES} bytes, ${bytes} bytes were encrypted, and ${bytes + 1} were refused`,
    };
  },
  problemOf: (answer) =>
    numbersOf(answer).length === 1 ? undefined : "Enter one number of bytes, such as 300.",
  explain(answer, { answers }) {
    const [guess, right] = [Number(answer), Number(answers[0])];
    if (guess === MODULUS_BYTES || guess === MODULUS_BYTES - 1)
      return "As many bytes as the modulus has fit only without padding. And without padding equal texts become equal.";
    if (guess > MODULUS_BYTES)
      return "RSA computes with numbers below the modulus. What is encrypted at once cannot be longer than that.";
    if (guess === MODULUS_BYTES - 11)
      return "That is the older padding, of PKCS #1 version 1.5: it takes 11 bytes.";
    if (guess > right) return "The padding takes more: two values as long as a hash, and two bytes.";
    return "The padding takes less: two values as long as a hash, and two bytes.";
  },
  normalise: onlyNumbers,
};
