// Encrypts a text that says the same three times with ECB and with CBC, and counts the different blocks.

import type { Question } from "../exercises/question.ts";
import { numbersOf, onlyNumbers } from "./support/numbers.ts";
import { outputOf } from "./support/output.ts";

/** One block of sixteen bytes, three times. */
const TEXT = "pay 100 to carol".repeat(3);

function countOf(output: string, mode: "ECB" | "CBC"): number {
  const found = new RegExp(`^${mode}: [0-9]+ blocks?, ([0-9]+) of them different$`, "m").exec(output);
  if (found === null)
    throw new Error("authoring/pictures/ecb-picture.ts did not say how many blocks there are");
  return Number(found[1]);
}

export const question: Question = {
  async find() {
    const output = await outputOf(["authoring/pictures/ecb-picture.ts", "--text", TEXT]);
    return { answers: [`${countOf(output, "ECB")} ${countOf(output, "CBC")}`], observed: output.trim() };
  },
  explain(answer, { answers }) {
    const [ecb, cbc, ...more] = numbersOf(answer);
    const [rightEcb, rightCbc] = numbersOf(answers[0] ?? "");
    if (ecb === undefined || cbc === undefined || more.length > 0)
      return 'Two numbers are asked for, ECB first, such as "5 7".';
    if (ecb === "1" || Number(cbc) === Number(rightCbc) - 1)
      return "48 bytes fill three blocks to the last byte. But the receiver must be able to tell the padding from the text, so there is always some: what does PKCS#7 add here?";
    if (ecb !== rightEcb)
      return "With ECB a block depends on the key and on its own sixteen bytes, and on nothing else. How many different blocks does the padded plaintext have?";
    return "With CBC each block is XORed with the ciphertext before it, and the first one with the IV. Can two blocks of this text then still come out the same?";
  },
  normalise: onlyNumbers,
};
