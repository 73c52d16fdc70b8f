// Encrypts a text that says the same three times with ECB and with CBC, and counts the different blocks.

import type { Prediction } from "../exercises/question.ts";
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

export const question: Prediction = {
  async find() {
    const output = await outputOf(["authoring/pictures/ecb-picture.ts", "--text", TEXT]);
    return { answers: [`${countOf(output, "ECB")} ${countOf(output, "CBC")}`], observed: output.trim() };
  },
  problemOf: (answer) =>
    numbersOf(answer).length === 2 ? undefined : "Enter two numbers, ECB first, such as 5 7.",
  explain(answer, { answers }) {
    const [ecb, cbc] = numbersOf(answer);
    const [rightEcb, rightCbc] = numbersOf(answers[0] ?? "");
    if (ecb === "1" || Number(cbc) === Number(rightCbc) - 1)
      return "48 bytes fill three blocks to the last byte. But the receiver must be able to tell the padding from the text, so there is always some: here PKCS#7 adds a whole block.";
    if (ecb !== rightEcb)
      return "With ECB a block depends on the key and on its own sixteen bytes, and on nothing else. So it has as many different blocks as the padded plaintext: two.";
    return "With CBC each block is XORed with the ciphertext before it, and the first one with the IV. So all four blocks come out different, although three of them say the same.";
  },
  normalise: onlyNumbers,
};
