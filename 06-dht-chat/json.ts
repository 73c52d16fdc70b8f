// JSON from elsewhere: read at the door, as an object or not at all. Pure.

import { fromUtf8 } from "./bytes.ts";

/** @returns undefined unless the text is a JSON object: an array is none */
export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    return value as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** The same, of a text in UTF-8. */
export function parseObjectBytes(bytes: Uint8Array): Record<string, unknown> | undefined {
  const text = fromUtf8(bytes);
  return text === undefined ? undefined : parseObject(text);
}

/** Whether the value is an integer that a number holds exactly, from `least` on. */
export function isInteger(value: unknown, least: number): value is number {
  return Number.isSafeInteger(value) && Number(value) >= least;
}
