// Filters the list of packets by simple words: `tcp port 10000 not sealed`. All words must fit. Pure.

import { CallError } from "../../shared/fields.ts";

/** What a filter looks at. */
export interface FilteredPacket {
  number: number;
  kind: "tcp" | "udp" | "other";
  bytes: number;
  isSealed: boolean;
  /** The stream or conversation; undefined if there is none. */
  stream: number | undefined;
  conversation: number | undefined;
  /** `10.0.0.1` and 50001; empty and -1 if it has none. */
  source: { address: string; port: number };
  destination: { address: string; port: number };
}

export type Fits = (packet: FilteredPacket) => boolean;

/** Words that stand alone. */
const ALONE: ReadonlyMap<string, Fits> = new Map<string, Fits>([
  ["tcp", ({ kind }) => kind === "tcp"],
  ["udp", ({ kind }) => kind === "udp"],
  ["data", ({ bytes }) => bytes > 0],
  ["sealed", ({ isSealed }) => isSealed],
  ["clear", ({ bytes, isSealed }) => bytes > 0 && !isSealed],
]);

/** Words that take a number. */
const NUMBERED: ReadonlyMap<string, (number: number) => Fits> = new Map([
  [
    "port",
    (number) =>
      ({ source, destination }) =>
        source.port === number || destination.port === number,
  ],
  [
    "stream",
    (number) =>
      ({ stream }) =>
        stream === number,
  ],
  [
    "conversation",
    (number) =>
      ({ conversation }) =>
        conversation === number,
  ],
  [
    "packet",
    (first) =>
      ({ number }) =>
        number >= first,
  ],
] as [string, (number: number) => Fits][]);

/** What a user is told who has written something else. */
const KNOWN =
  "tcp, udp, data, sealed, clear, port N, stream N, conversation N, from ADDRESS, packet N, and not before any of them";

/** @throws CallError with a sentence that says which word is wrong */
export function readFilter(text: string): Fits {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  const all: Fits[] = [];
  for (let at = 0; at < words.length; ) {
    const isNot = words[at] === "not";
    if (isNot) at += 1;
    const [word = "", value = ""] = words.slice(at);
    const alone = ALONE.get(word);
    const fits = alone ?? withValue(word, value);
    at += alone === undefined ? 2 : 1;
    all.push(isNot ? (packet) => !fits(packet) : fits);
  }
  return (packet) => all.every((fits) => fits(packet));
}

function withValue(word: string, value: string): Fits {
  if (word === "") throw new CallError("a word must follow not");
  if (word === "from") return fromAddress(value);
  const make = NUMBERED.get(word);
  if (make === undefined) throw new CallError(`the filter does not know "${word}"; it knows ${KNOWN}`);
  if (!/^[0-9]{1,10}$/.test(value)) throw new CallError(`${word} takes a number, such as ${word} 1`);
  return make(Number(value));
}

/** `10.0.0.1`, `10.0.0.1:50001`, `::1` or `[::1]:81`. */
function fromAddress(value: string): Fits {
  const [, address = value, port] =
    /^\[([^\]]*)\](?::([0-9]{1,5}))?$/.exec(value) ?? /^([^:]*):([0-9]{1,5})$/.exec(value) ?? [];
  if (address === "") throw new CallError("from takes an address, such as from 127.0.0.1:50001");
  return ({ source }) => source.address === address && (port === undefined || source.port === Number(port));
}
