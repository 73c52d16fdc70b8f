// What is said in the recording of stage 06: invented for this course, and about nobody. Pure.

/** What alice and bob say to each other. */
export const DHT_CHAT: readonly { speaker: "alice" | "bob"; text: string }[] = [
  { speaker: "alice", text: "hello, Bob. Nobody but you can read this" },
  { speaker: "bob", text: "not even the relay? Then send me the picture" },
];

/** The picture: so many bytes, of which the first say that it is a PNG; the others are drawn anew for each recording. */
export const PICTURE_NAME = "us-at-the-lake.png";
export const PICTURE_BYTES = 30_000;
export const PNG_BEGINNING = Buffer.from("89504e470d0a1a0a", "hex");

export const GROUP_NAME = "lunch on the roof";
export const GROUP_TEXT = "who is coming at noon?";
