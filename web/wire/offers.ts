// What Mallory can do to a line with one click, as the tour does it: no key is needed, at most a guess what the line says. Pure.

import { ciphertextOf } from "../../captures/explain/protocols.ts";
import { changeLetter, flipOneToNine, makeNineHundred } from "../../course/tampering.ts";
import type { Caught } from "./mallory.ts";

export interface Offer {
  /** For a button. */
  label: string;
  act: "changed" | "flipped";
  bytes: Buffer;
}

/** AES works on blocks, and always pads. In bytes. */
const BLOCK = 16;

/** A message before it is encrypted, around its id and its text. */
const BEFORE_ID = '{"type":"message","id":';
const BEFORE_TEXT = ',"text":';

/**
 * @param type of the line @param guesses what it may say
 * @returns undefined if nothing makes sense, or the line was touched
 */
export function offerFor(line: Caught, type: string, guesses: readonly string[]): Offer | undefined {
  const { state, acts, bytes, direction } = line;
  if (state !== "held" || acts.some((act) => act !== "set-up")) return undefined;
  switch (type) {
    case "question":
    case "message": {
      const changed = makeNineHundred(bytes);
      return changed && { label: "Change 100 into 900", act: "changed", bytes: changed };
    }
    case "xored":
    case "sealed": {
      const position = positionOfOne(bytes, type === "sealed", guesses);
      if (position === undefined) return undefined;
      const label = "Flip the bit that makes 1 into 9";
      return { label, act: "flipped", bytes: flipOneToNine(bytes, position) };
    }
    case "token":
      return direction.link === "session"
        ? { label: "Change one letter of the ciphertext", act: "changed", bytes: changeLetter(bytes) }
        : undefined;
    default:
      return undefined;
  }
}

/** Where the 1 of "100" stands in the plaintext: its length tells which guess is right, and how many digits the id has. */
function positionOfOne(line: Buffer, isPadded: boolean, guesses: readonly string[]): number | undefined {
  const length = ciphertextOf(line.at(-1) === 0x0a ? line.subarray(0, -1) : line)?.length;
  for (const text of guesses) {
    const written = JSON.stringify(text);
    const inText = Buffer.byteLength(written.slice(0, written.indexOf("100")));
    if (!written.includes("100")) continue;
    for (let digits = 1; digits <= 4; digits += 1) {
      const before = BEFORE_ID.length + digits + BEFORE_TEXT.length;
      const plain = before + Buffer.byteLength(written) + 1;
      const expected = isPadded ? plain + BLOCK - (plain % BLOCK) : plain;
      if (expected === length) return before + inText;
    }
  }
  return undefined;
}
