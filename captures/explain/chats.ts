// Takes the chat out of a capture, pairs it with another one line by line, and says how much of it can be read. Pure.

import type { Stream } from "../read/packet.ts";
import type { KeyLog } from "./key-log.ts";
import { ciphertextOf, explain, jsonOf, type Protocol, recognise } from "./protocols.ts";
import { entropy, printableShare } from "./readability.ts";
import { linesOf, type Side, type StreamLine, wireBytes } from "./stream-lines.ts";
import { unseal } from "./unseal.ts";
import type { Unsealed } from "./unsealed.ts";

export type ChatLine = Extract<StreamLine, { kind: "line" }>;

/** The lines of a chat, without its handshake. */
export interface Chat {
  stream: number;
  protocol: Protocol & { name: "peers" };
  lines: ChatLine[];
  /** Of each of these, which line of the stream it is, counted from 0. */
  numbers: number[];
  /** What the key log has decrypted, or why it could not. */
  opened: ReadonlyMap<StreamLine, Unsealed>;
}

/** The first chat among streams. @param most how many lines of a stream are looked at */
export function chatIn(
  streams: readonly Stream[],
  keyLog: KeyLog | undefined,
  most = Number.POSITIVE_INFINITY,
): Chat | undefined {
  for (const stream of streams) {
    const lines = linesOf(stream, most);
    const protocol = recognise(lines);
    if (protocol.name !== "peers") continue;
    const isSaid = (line: StreamLine): line is ChatLine => line.kind === "line" && !isHandshake(line.bytes);
    const numbers = lines.flatMap((line, number) => (isSaid(line) ? [number] : []));
    const opened = keyLog === undefined ? new Map<StreamLine, Unsealed>() : unseal(lines, keyLog);
    return { stream: stream.index, protocol, lines: lines.filter(isSaid), numbers, opened };
  }
  return undefined;
}

function isHandshake(bytes: Buffer): boolean {
  const type = jsonOf(bytes)?.type;
  return type === "hello" || type === "key";
}

/**
 * Pairs the n-th line of each side in one chat with the n-th line of that side in the other chat, in the order of the
 * first chat; what only the other one has comes behind.
 */
export function* pairs<Line extends { from: Side }>(
  one: readonly Line[],
  other: readonly Line[],
): Generator<[Line | undefined, Line | undefined]> {
  const rest: Record<Side, Line[]> = {
    a: other.filter(({ from }) => from === "a"),
    b: other.filter(({ from }) => from === "b"),
  };
  const taken: Record<Side, number> = { a: 0, b: 0 };
  for (const line of one) {
    yield [line, rest[line.from][taken[line.from]]];
    taken[line.from] += 1;
  }
  for (const side of ["a", "b"] as const)
    for (const line of rest[side].slice(taken[side])) yield [undefined, line];
}

/** How many lines of a chat can be read: by anybody, and beyond these with the keys. */
export interface Readable {
  all: number;
  open: number;
  decrypted: number;
  /** In words, without a name before them. */
  words: string;
}

export function readableIn({ lines, opened }: Chat, hasKeys: boolean): Readable {
  const isOpen = (line: ChatLine): boolean => explain(line.bytes) !== undefined;
  const open = lines.filter(isOpen).length;
  const inside = lines.map((line) => opened.get(line));
  const decrypted = inside.filter((one) => one !== undefined && "line" in one).length;
  const row = `${open} of ${lines.length} lines can be read`;
  const found = { all: lines.length, open, decrypted };
  if (!hasKeys || open === lines.length) return { ...found, words: row };
  const problem = inside.find((one) => one !== undefined && "problem" in one);
  const why = problem !== undefined && "problem" in problem ? ` (${problem.problem})` : "";
  return { ...found, words: `${row}, with the keys ${open + decrypted}${why}` };
}

/** Two numbers that tell text from random bytes: the share that is printable, and bits per byte. */
export interface Spread {
  printable: number;
  entropy: number;
}

/** Those of all bytes on the wire, and of the ciphertexts in them; undefined if there are none. */
export function spreadsOf({ lines }: Chat): { wire: Spread; ciphertexts: Spread | undefined } {
  const ciphertexts = Buffer.concat(lines.flatMap(({ bytes }) => ciphertextOf(bytes) ?? []));
  return {
    wire: spreadOf(Buffer.concat(lines.map(wireBytes))),
    ciphertexts: ciphertexts.length > 0 ? spreadOf(ciphertexts) : undefined,
  };
}

function spreadOf(bytes: Buffer): Spread {
  return { printable: printableShare(bytes), entropy: entropy(bytes) };
}
