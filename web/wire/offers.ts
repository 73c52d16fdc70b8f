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

/** Where it is worth flipping a bit. */
export interface Worth {
  /** From 0, in the line. */
  byte: number;
  /** What stands there: half a line. */
  words: string;
}

/** AES works on blocks, and always pads. In bytes. */
const BLOCK = 16;

/** A message before it is encrypted, around its id and its text. */
const BEFORE_ID = '{"type":"message","id":';
const BEFORE_TEXT = ',"text":';
/** Where the text of the first message begins, if nothing is known of it. */
const FIRST_TEXT = BEFORE_ID.length + 1 + BEFORE_TEXT.length;

const TEXT_MEMBER = '"text":"';
const CIPHERTEXT_MEMBER = '"ciphertext":"';

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

/** Where the 1 of "100" stands in the plaintext. */
function positionOfOne(line: Buffer, isPadded: boolean, guesses: readonly string[]): number | undefined {
  for (const text of guesses) {
    const start = JSON.stringify(text).includes("100") ? startOfText(line, isPadded, text) : undefined;
    if (start !== undefined) return start + placeIn(text);
  }
  return undefined;
}

/**
 * Where a text stands in the plaintext, with its quotation mark: the length tells whether the guess is right, and how many
 * digits the id has.
 * @returns undefined if the line cannot say this text
 */
function startOfText(line: Buffer, isPadded: boolean, text: string): number | undefined {
  const length = ciphertextOf(line.at(-1) === 0x0a ? line.subarray(0, -1) : line)?.length;
  for (let digits = 1; digits <= 4; digits += 1) {
    const before = BEFORE_ID.length + digits + BEFORE_TEXT.length;
    const plain = before + Buffer.byteLength(JSON.stringify(text)) + 1;
    const expected = isPadded ? plain + BLOCK - (plain % BLOCK) : plain;
    if (expected === length) return before;
  }
  return undefined;
}

/** Where its 100 stands in a text as JSON writes it, or else its first letter, behind the quotation mark; in bytes. */
function placeIn(text: string): number {
  const written = JSON.stringify(text);
  return Buffer.byteLength(written.slice(0, Math.max(1, written.indexOf("100"))));
}

/**
 * A byte of a line in which it is worth flipping a bit: one of what was said.
 * @param type of the line @param guesses what it may say
 * @returns undefined where nothing was said, and for a line that does not wait
 */
export function worthFlipping(line: Caught, type: string, guesses: readonly string[]): Worth | undefined {
  const { state, bytes, direction } = line;
  if (state !== "held") return undefined;
  const text = bytes.toString("latin1");
  const isSealed = type === "sealed";
  switch (type) {
    case "question":
      return { byte: Math.max(0, text.search(/[0-9]/)), words: "a digit" };
    case "message": {
      const start = text.indexOf(TEXT_MEMBER) + TEXT_MEMBER.length;
      if (start < TEXT_MEMBER.length) return undefined;
      const amount = text.indexOf("100", start);
      return { byte: amount === -1 ? start : amount, words: "the text" };
    }
    case "xored":
    case "sealed": {
      const start = text.indexOf(CIPHERTEXT_MEMBER);
      if (start === -1) return undefined;
      const right = guesses.find((guess) => startOfText(bytes, isSealed, guess) !== undefined) ?? "";
      const place = (startOfText(bytes, isSealed, right) ?? FIRST_TEXT) + placeIn(right);
      // Of the two digits of a byte, the second: a letter becomes another one that can be shown.
      const byte = start + CIPHERTEXT_MEMBER.length + 2 * place + 1;
      return byte >= text.indexOf('"', start + CIPHERTEXT_MEMBER.length)
        ? undefined
        : { byte, words: "sealed text" };
    }
    case "token":
      return direction.link === "session"
        ? { byte: Math.floor(bytes.length / 2), words: "sealed text" }
        : undefined;
    default:
      return undefined;
  }
}
