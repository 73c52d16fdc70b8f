// Texts and ids of messages (P3.4, P10.7). How a text of others is shown, `printable` says. Pure.

import { toHex } from "./bytes.ts";
import { randomBytes } from "./cryptography.ts";

/** The longest text of a message, in bytes of UTF-8 (P3.4). */
export const MAX_TEXT_BYTES = 8192;

/** So many characters are kept of what our user calls somebody, and can be typed as a name. */
export const MAX_NAME = 64;

const encoder = new TextEncoder();

/** How many bytes a text has in UTF-8. A lone surrogate counts as the three bytes of U+FFFD. */
export function byteLength(text: string): number {
  return encoder.encode(text).length;
}

/** P3.4. A lone surrogate is half of a character: JSON can express it, UTF-8 cannot. */
export function isText(value: unknown): value is string {
  if (typeof value !== "string" || value.length === 0 || value.length > MAX_TEXT_BYTES) return false;
  return value.isWellFormed() && byteLength(value) <= MAX_TEXT_BYTES;
}

/** Why a text cannot be sent, for who has typed it. @param text one that is no text (`isText`) */
export function textProblem(text: string): string {
  if (text === "") return "There is nothing to send. Write something.";
  if (!text.isWellFormed()) return "The text has half of a character in it. Type it once more.";
  return "This text is too long: about 8,000 letters go into one message, and fewer with accents or in other scripts. Send it in parts.";
}

/** P10.7: 32 hexadecimal digits in lower case. */
export function isMessageId(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{32}$/.test(value);
}

/** An id that nobody else draws. */
export function makeMessageId(): string {
  return toHex(randomBytes(16));
}
