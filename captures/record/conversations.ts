// The texts in the recorded captures: invented for this course, and about nobody. Pure.
//
// Stages 02, 03 and 04 have the same chat, so that students can compare their captures.

/** The messages that somebody enters at once: mostly one, sometimes several. */
export interface Turn {
  speaker: "alice" | "bob";
  messages: readonly string[];
}

/** Everybody on the network can read this text in stage 02, and nobody there can in stage 04. */
export const SECRET = "the code for the door is 2718";

/** Alice says this twice, so that students can compare the ciphertexts of equal plaintexts. */
export const PAYMENT = "pay 100 to carol";

/** This text has characters of one to four bytes in UTF-8. */
export const FOREIGN = "Grüße, Γειά σου, 你好, 🔑: does every character arrive?";

/** This message of about 2 KB does not fit into one segment on a usual network. On the loopback interface, it does. */
export const LONG = [
  "Then listen, for it is a long one. There was a lighthouse on a rock so far out that the keeper got his letters",
  "once a month, by boat. He had a friend on the shore, and a lamp, and so the two of them talked at night: the lamp",
  "short, the lamp long, a word a minute. Everybody on the coast could see the lamp. The fishermen read along while",
  "they mended their nets, and so did the customs officer, and so did the children, who were supposed to be asleep.",
  "When the friend told the keeper that he would propose to the miller's daughter, the miller knew before supper.",
  "That was the first lesson: a light that your friend can see is a light that everybody can see.",
  "So they thought of a word, and whoever signalled pushed each letter forward by a letter of that word, over and",
  "over again. It worked for a week. But the keeper was a polite man who began every evening with the same greeting,",
  "and the children laid the greeting against the nonsense, letter by letter, and there the word stood for all to",
  "see. That was the second lesson: what you always say gives away how you say it.",
  "In the spring the boat brought a mathematician, who was seasick and in a bad mood, and who told them how to agree",
  "on a word under the eyes of the whole coast, never using the same one twice, and how to shuffle letters so well",
  "that one greeting looked like any other. The children gave up. The customs officer did not. One night in the fog",
  "he rowed out between the rock and the shore with two lamps of his own, and to the keeper he was the friend, and",
  "to the friend he was the keeper, and each of them had agreed on a word, only not with each other. That was the",
  "third lesson: it is no use to whisper well, if you do not know to whom.",
  "They found him out because the friend came over for the keeper's birthday, and over the cake they read their",
  "words to each other, and the words were not the same. Since then, the keeper says, he trusts the lamp with all",
  "that he has to say, but he never trusted it with the question who is there. For that he waits for the boat.",
  "And the officer? He read everything for three nights, and all he learnt was the recipe of the cake.",
].join(" ");

/** The chat of Alice, who calls, and Bob. */
export const CHAT: readonly Turn[] = [
  { speaker: "alice", messages: ["hello, Bob"] },
  { speaker: "bob", messages: ["hello, Alice. Can anybody else read this?"] },
  { speaker: "alice", messages: ["let us find out. Tell me something secret"] },
  { speaker: "bob", messages: [SECRET] },
  { speaker: "alice", messages: ["thanks. Now the payments"] },
  { speaker: "bob", messages: ["I am listening"] },
  { speaker: "alice", messages: [PAYMENT] },
  { speaker: "bob", messages: ["done: 100 to carol"] },
  { speaker: "alice", messages: [PAYMENT] },
  { speaker: "bob", messages: ["once more: 100 to carol"] },
  { speaker: "alice", messages: ["pay 250 to dave"] },
  { speaker: "bob", messages: ["done: 250 to dave"] },
  { speaker: "alice", messages: [FOREIGN] },
  { speaker: "bob", messages: ["all of them, 🔑 too"] },
  { speaker: "alice", messages: ["you wanted to tell me a story"] },
  { speaker: "bob", messages: [LONG] },
  // Messages that are entered at once leave at once: three lines in one segment.
  { speaker: "alice", messages: ["a good one", "I have to go", "same time tomorrow?"] },
  { speaker: "bob", messages: ["same time tomorrow"] },
  { speaker: "alice", messages: ["goodbye, Bob"] },
  { speaker: "bob", messages: ["goodbye, Alice"] },
];

/** A chat through Mallory, who changes "pay 100" into "pay 900": what one side says, and what the other side reads. */
export const CHAT_THROUGH_MALLORY: readonly { speaker: Turn["speaker"]; said: string; read: string }[] = [
  { speaker: "alice", said: "hello, Bob", read: "hello, Bob" },
  { speaker: "bob", said: "hello, Alice", read: "hello, Alice" },
  { speaker: "alice", said: PAYMENT, read: "pay 900 to carol" },
  { speaker: "bob", said: "done, as you said", read: "done, as you said" },
];

/** Lines that the calculator receives, and its replies. */
export interface Exchange {
  requests: readonly string[];
  replies: readonly string[];
}

/** A client that sends one expression and leaves. */
export const SINGLE_EXPRESSION: Exchange = { requests: ["2 + 3 * 4"], replies: ["= 20"] };

/** A client that waits for each reply, and makes mistakes. */
export const ONE_AFTER_THE_OTHER: readonly Exchange[] = [
  { requests: ["0.1 + 0.2"], replies: ["= 0.3"] },
  { requests: ["1 / 0"], replies: ["error: division by zero"] },
  { requests: ["3 - - 2"], replies: ['error: unexpected "-" at column 5'] },
  { requests: ["7 × 6"], replies: ['error: unexpected "×" at column 3'] },
  { requests: ["-7 % 3"], replies: ["= -1"] },
];

/** A client at the same time that does not wait for replies: it sends five requests at once. */
export const PIPELINED: Exchange = {
  requests: ["1 + 1", "10 / 4", "", "1e20 * 10", "100 - 58"],
  replies: ["= 2", "= 2.5", "error: empty expression", "= 1e+21", "= 42"],
};

/** A request that is cut in two. Its first part is an expression, too, so a careless server would answer 15. */
export const CUT_REQUEST = { first: "12 + 3", rest: "0 / 2\n", replies: ["= 21"] } as const;

/** Two requests that arrive together. */
export const TWO_REQUESTS = { bytes: "1 + 2\n10 / 4\n", replies: ["= 3", "= 2.5"] } as const;

/** Requests that a client sends with two writes each. */
export const IN_TWO_WRITES: readonly { writes: readonly [string, string]; reply: string }[] = [
  { writes: ["1 + ", "1\n"], reply: "= 2" },
  { writes: ["2 * ", "3\n"], reply: "= 6" },
  { writes: ["9 - ", "4\n"], reply: "= 5" },
  { writes: ["8 / ", "2\n"], reply: "= 4" },
  { writes: ["7 % ", "4\n"], reply: "= 3" },
];
