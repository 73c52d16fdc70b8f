// Measures what the cryptography of a message costs in stage 04: the message is sealed and opened, and so is its ack.

import { Opener, Sealer } from "../04-aes-chat/sealed-lines.ts";

/**
 * Measures these four operations alone, one after the other, without sockets and without parsing lines.
 * @param texts the texts of the messages
 * @returns the time for a message, in seconds
 */
export function timeOfSealing(texts: readonly string[]): number {
  const messages = texts.map((text, index) => JSON.stringify({ type: "message", id: index + 1, text }));
  const acks = texts.map((_, index) => JSON.stringify({ type: "ack", id: index + 1 }));
  return (timeOfDirection(messages) + timeOfDirection(acks)) / texts.length;
}

/** The time to seal all lines of one direction and to open them, in seconds. */
function timeOfDirection(lines: readonly string[]): number {
  const key = Buffer.alloc(64, 7); // A seal takes the same time whatever the key is.
  const sealer = new Sealer(key);
  const opener = new Opener(key);
  const start = performance.now();
  const sealed = lines.map((line) => sealer.seal(line));
  const between = performance.now();
  const objects = sealed.map((line) => JSON.parse(line));
  const again = performance.now();
  const opened = objects.map((object) => opener.open(object));
  const end = performance.now();
  if (opened.includes(undefined)) throw new Error("a line that was sealed could not be opened");
  return (between - start + (end - again)) / 1000;
}
