// Makes of a line what a page shows of it: its colours, its words, its clause; and of all its bytes what each part is. Pure.

import { clauseOfLine, clauseOfPart, type Talk } from "../../captures/explain/clauses.ts";
import { datagramBytes, type LabelledBytes, lineBytes } from "../../captures/explain/line-bytes.ts";
import { lineType } from "../../captures/explain/line-type.ts";
import { lookOf, spansOf } from "../../captures/explain/looks.ts";
import { ciphertextOf, explain } from "../../captures/explain/protocols.ts";
import { MORE } from "../../captures/explain/readable.ts";
import {
  type ExplainedLine,
  type LinePart,
  type Link,
  MOST_SHOWN_BYTES,
  type Party,
  type Span,
  type WireLine,
  type WireStage,
} from "../shared/wire.ts";
import { clauseText } from "./clause-texts.ts";
import type { Caught } from "./mallory.ts";
import { type Offer, offerFor, worthFlipping } from "./offers.ts";

/** The longest words of a line, in characters. */
const MOST_WORDS = 300;
/** The most parts that a line is taken apart into: a hostile one may have an object with thousands of members. */
const MOST_PARTS = 1000;

const TALKS: Readonly<Record<Link, Talk>> = {
  calculator: "calculator",
  registry: "registry",
  chat: "peers",
  session: "session",
  datagram: "datagram",
};

/** What stands in a line as it is, whoever has sent it. */
interface Looked {
  type: string;
  words: string;
  clause: string;
  ranges: LabelledBytes[];
}

function look(link: Link, bytes: Buffer, isAnswer: boolean): Looked {
  const talk = TALKS[link];
  const body = withoutEnd(bytes);
  const type = lineType(body, talk, isAnswer);
  const sealed = ciphertextOf(body)?.length;
  const words = explain(body) ?? (sealed === undefined ? "(sealed)" : `(sealed: ${sealed} bytes)`);
  return {
    type,
    words: words.length > MOST_WORDS ? `${words.slice(0, MOST_WORDS)}${MORE}` : words,
    clause: clauseOfLine(talk, type) ?? "",
    ranges: link === "datagram" ? datagramBytes(bytes) : lineBytes(bytes),
  };
}

/** @param guesses what it may say, for who wants to change it */
export function shownLine(line: Caught, guesses: readonly string[] = []): WireLine {
  const { number, direction, connection, at, bytes, changed, state, acts, note, copyOf } = line;
  const { type, words, clause, ranges } = look(direction.link, bytes, isAnswer(direction.from));
  const offer = offerFor(line, type, guesses);
  const worth = worthFlipping(line, type, guesses);
  return {
    ...direction,
    number,
    connection,
    at,
    bytes: beginning(bytes).toString("base64"),
    length: bytes.length,
    spans: beginningOf(spansOf(ranges).map(({ length, look: sight }) => ({ length, sight }))),
    words,
    type,
    clause,
    state,
    acts: [...acts],
    ...(changed === undefined ? {} : { changed: beginning(changed).toString("base64") }),
    ...(note === undefined ? {} : { note }),
    ...(copyOf === undefined ? {} : { copyOf }),
    ...(offer === undefined ? {} : { offer: offer.label }),
    ...(worth === undefined ? {} : { worthFlipping: worth }),
  };
}

/** What can be done to it with one click. */
export function offerOf(line: Caught, guesses: readonly string[]): Offer | undefined {
  const { direction, bytes } = line;
  return offerFor(
    line,
    lineType(withoutEnd(bytes), TALKS[direction.link], isAnswer(direction.from)),
    guesses,
  );
}

/** @param from who has sent it, as far as that is known: the calculator's answers look like questions otherwise */
export function explainLine(
  stage: WireStage,
  link: Link,
  bytes: Buffer,
  isAnswerLine = /^(?:= |error: )/.test(bytes.toString("latin1", 0, 8)),
): ExplainedLine {
  const { type, words, clause, ranges } = look(link, bytes, isAnswerLine);
  return {
    stage,
    link,
    bytes: bytes.toString("base64url"),
    words,
    type,
    clause,
    clauseText: clause === "" ? "" : clauseText(clause),
    parts: partsOf(ranges, clause),
  };
}

export function isAnswer(from: Party): boolean {
  return from === "calculator";
}

function partsOf(ranges: readonly LabelledBytes[], clause: string): LinePart[] {
  const names = new Map<string, number>();
  const parts: LinePart[] = [];
  let offset = 0;
  for (const range of joinedBehind(MOST_PARTS, ranges)) {
    if (range.bytes.length === 0) continue;
    const name = nameOf(range);
    const count = (names.get(name) ?? 0) + 1;
    names.set(name, count);
    parts.push({
      name: count === 1 ? name : `${name}-${count}`,
      offset,
      length: range.bytes.length,
      sight: lookOf(range),
      label: range.label,
      clause: (range.part === undefined ? undefined : clauseOfPart(range.part)) ?? clause,
    });
    offset += range.bytes.length;
  }
  return parts;
}

/** `publicKey` becomes `public-key`: what an address can hold, whatever the name of a member is. */
function nameOf({ part }: LabelledBytes): string {
  const words = (part?.name ?? "").replace(/([a-z])([A-Z])/g, "$1-$2").toLowerCase();
  return /^[a-z][a-z0-9-]{0,31}$/.test(words) ? words : "part";
}

/** The first ranges; all that come after them are one. */
function joinedBehind(most: number, ranges: readonly LabelledBytes[]): LabelledBytes[] {
  if (ranges.length <= most) return [...ranges];
  const rest = Buffer.concat(ranges.slice(most).map(({ bytes }) => bytes));
  return [...ranges.slice(0, most), { bytes: rest, label: `${ranges.length - most} parts more` }];
}

function beginning(bytes: Buffer): Buffer {
  return bytes.subarray(0, MOST_SHOWN_BYTES);
}

function beginningOf(spans: readonly Span[]): Span[] {
  const kept: Span[] = [];
  let room = MOST_SHOWN_BYTES;
  for (const { length, sight } of spans) {
    if (room <= 0) break;
    kept.push({ length: Math.min(length, room), sight });
    room -= length;
  }
  return kept;
}

function withoutEnd(bytes: Buffer): Buffer {
  return bytes.at(-1) === 0x0a ? bytes.subarray(0, -1) : bytes;
}
