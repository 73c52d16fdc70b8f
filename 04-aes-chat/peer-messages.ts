// The lines between two peers, and their checks (P3). Pure.

import { isUsername, type JsonObject, nameKey, ProtocolError } from "./messages.ts";

/** The longest text of a message, in bytes of UTF-8 (P3.4). */
export const MAX_TEXT_BYTES = 8192;

/** Who called, and who was called. */
export type Role = "initiator" | "responder";

export interface Hello {
  stage: string;
  from: string;
  to: string;
}

/** The lines of a chat that has started. In stages 03 and 04 they travel inside the channel. */
export type ChatLine =
  | { type: "message"; id: number; text: string }
  | { type: "ack"; id: number }
  | { type: "bye" };

export function helloLine(stage: string, from: string, to: string): string {
  return JSON.stringify({ type: "hello", stage, from, to });
}

/** A goodbye. The reason stands only in one that ends a call before the chat has started. */
export function byeLine(reason?: "declined" | "crossed"): string {
  return JSON.stringify(reason === undefined ? { type: "bye" } : { type: "bye", reason });
}

/**
 * Checks a hello that a peer sent (P3.1).
 * @param own what the receiver is: its stage and its name
 * @throws ProtocolError `bad-request`, `wrong-stage` or `wrong-peer`
 */
export function parseHello(object: JsonObject, own: { stage: string; name: string }): Hello {
  const { type, stage, from, to } = object;
  if (type !== "hello") throw new ProtocolError("bad-request", "the first line must be a hello");
  if (!isUsername(from)) throw new ProtocolError("bad-request", "from is no username");
  if (nameKey(from) === nameKey(own.name))
    throw new ProtocolError("bad-request", "from is the name of the peer called");
  if (stage !== own.stage) throw new ProtocolError("wrong-stage", `this is stage ${own.stage}`);
  if (!isUsername(to) || nameKey(to) !== nameKey(own.name))
    throw new ProtocolError("wrong-peer", `this is ${own.name}`);
  return { stage: own.stage, from, to };
}

/** @throws ProtocolError `bad-request` for what may not stand in a chat */
export function parseChatLine(object: JsonObject): ChatLine {
  switch (object.type) {
    case "message":
      if (!isText(object.text)) {
        throw new ProtocolError("bad-request", `a text is 1 to ${MAX_TEXT_BYTES} bytes of UTF-8`);
      }
      return { type: "message", id: parseId(object.id), text: object.text };
    case "ack":
      return { type: "ack", id: parseId(object.id) };
    case "bye":
      return { type: "bye" };
    default:
      throw new ProtocolError("bad-request", "not allowed in a chat");
  }
}

/** P3.4. A lone surrogate is half of a character: JSON can express it, UTF-8 cannot. */
export function isText(value: unknown): value is string {
  if (typeof value !== "string" || value.length === 0 || value.length > MAX_TEXT_BYTES) return false;
  return value.isWellFormed() && Buffer.byteLength(value) <= MAX_TEXT_BYTES;
}

function parseId(value: unknown): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 1) {
    throw new ProtocolError("bad-request", "an id is an integer from 1");
  }
  return value;
}
