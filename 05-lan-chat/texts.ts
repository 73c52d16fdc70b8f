// The small forms that many objects of a session share: texts, ids, and signed bodies (P3.4, P9.7, P9.8, P9.10). Pure.

import { randomBytes } from "node:crypto";

/** The longest text of a message, in bytes of UTF-8 (P3.4). */
export const MAX_TEXT_BYTES = 8192;

/** P3.4. A lone surrogate is half of a character: JSON can express it, UTF-8 cannot. */
export function isText(value: unknown): value is string {
  if (typeof value !== "string" || value.length === 0 || value.length > MAX_TEXT_BYTES) return false;
  return value.isWellFormed() && Buffer.byteLength(value) <= MAX_TEXT_BYTES;
}

/** P9.7: 32 hexadecimal digits in lower case. Messages, letters and files have one. */
export function isId(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{32}$/.test(value);
}

/** An id that nobody else draws. */
export function makeId(): string {
  return randomBytes(16).toString("hex");
}

/** An integer from 0 to largest, as JSON can hold it exactly. */
export function isCount(value: unknown, largest: number = Number.MAX_SAFE_INTEGER): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value <= largest;
}

/** Reads the body of a letter or a room: a JSON object. @returns undefined if it is anything else */
export function parseBody(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    return value as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
