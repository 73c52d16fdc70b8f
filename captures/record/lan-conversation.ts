// The texts in the recording of stage 05: invented for this course, and about nobody. Pure.

/** The team, and the passphrase that guards nothing but the recording: whoever has it can look into its beacons. */
export const TEAM = "rocket";
export const PASSPHRASE = "seven paper boats on a quiet pond";

/** What alice and bob say to each other, and what alice says to all. */
export const CHAT: readonly { speaker: "alice" | "bob"; text: string }[] = [
  { speaker: "alice", text: "hello, Bob. Nobody has told me where you are" },
  { speaker: "bob", text: "hello, Alice. You have heard me, like everybody here" },
  { speaker: "alice", text: "and can everybody hear us now?" },
  { speaker: "bob", text: "no. <end> or not, this stays between us" },
];
export const TO_ALL = "lunch at noon, on the roof";

/** What alice writes to bob while they are away. */
export const LETTER = "the code for the door is 2718";

/** The file that alice sends to bob: 20,000 bytes that repeat nowhere. */
export const FILE_NAME = "squares.txt";
export function fileContent(): string {
  let text = "";
  for (let number = 1; text.length < 20_000; number += 1)
    text += `${number} times ${number} is ${number * number}\n`;
  return text.slice(0, 20_000);
}
