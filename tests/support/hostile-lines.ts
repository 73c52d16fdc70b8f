// Lines as nobody should send them, made from right ones by chance, and by the same chance in every run.

import { CALCULATION, CHAT, knownSession, REGISTRATION, turnsOf } from "./conversations.ts";

/** Numbers that look random and are the same in every run (mulberry32), from 0 up to `limit`. */
export function dice(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}

const RIGHT_LINES = [
  ...[...CALCULATION, ...REGISTRATION, ...CHAT, ...turnsOf(knownSession(2))].map(([, text]) => text),
  '{"type":"xored","ciphertext":"00ff"}',
  '{"type":"error","code":"x","message":"y"}',
];

/** Values for members that expect others. */
const ODD_VALUES = [
  ...["0", "-1", "1e999", "4294967296", "9007199254740993", "0.5"],
  ...['""', "null", "true", "[]", "{}", '"\\ud800"', '"\\u0000"', `"${"f".repeat(600)}"`],
  ...[`${"[".repeat(300)}${"]".repeat(300)}`, '[{"username":{}}]'],
];

/** Right lines, but for a number in the place of each value. */
export const LINES_OF_NUMBERS = RIGHT_LINES.map((line) =>
  line.replace(/(?<!"type"):("[^"]*"|\d+|\[.*\])/g, () => ":7"),
);

/** @param roll gives a number from 0 up to before the one it is given */
export function hostileLine(roll: (limit: number) => number): Buffer {
  const text = RIGHT_LINES[roll(RIGHT_LINES.length)] ?? "";
  switch (roll(7)) {
    case 0: {
      const bytes = Buffer.from(text);
      for (let count = roll(4); count >= 0; count -= 1) bytes[roll(bytes.length)] = roll(256);
      return bytes;
    }
    case 1:
      return Buffer.from(text).subarray(0, roll(text.length + 1));
    case 2:
      return Buffer.from(Array.from({ length: roll(80) }, () => roll(256)));
    case 3: // a member of another kind
      return Buffer.from(
        text.replace(/("\w+":)("[^"]*"|\d+|\[.*\])/g, (all, name) =>
          roll(2) === 0 ? all : `${name}${ODD_VALUES[roll(ODD_VALUES.length)]}`,
        ),
      );
    case 4:
      return Buffer.from("[".repeat(roll(3000)) + text);
    case 5:
      return Buffer.from(`${text}\r`);
    default:
      return Buffer.from(text);
  }
}
