// The words of the place: names of people and programs, of stages and links, and sentences about what happened. Pure.

import type { Act, Direction, Link, Party, Sight, WireLine, WireStage } from "../../shared/wire.ts";
import type { Outcome } from "./scene-model.ts";

/** A stage's name, and what is new in it. */
export interface StageWords {
  name: string;
  news: string;
}

export const STAGE_WORDS: Readonly<Record<WireStage, StageWords>> = {
  "01": { name: "Calculator", news: "Two programs, and lines" },
  "02": { name: "Peer to peer", news: "A registry, and a chat in clear" },
  "03": { name: "Diffie-Hellman", news: "A key in public, a toy cipher" },
  "04": { name: "AES and a MAC", news: "A cipher, a tag on each line" },
  "05": { name: "No server", news: "They find and know each other" },
};

const NAMES: Readonly<Record<Party, string>> = {
  alice: "Alice",
  bob: "Bob",
  carol: "Carol",
  registry: "Registry",
  calculator: "Calculator",
};

export function nameOf(party: Party): string {
  return NAMES[party];
}

/** Whose program it is, as a sentence begins with it. */
export function programOf(party: Party): string {
  return party === "registry" || party === "calculator" ? `The ${party}` : `${NAMES[party]}\u2019s program`;
}

export function directionWords({ from, to }: Direction): string {
  return `${NAMES[from]} to ${NAMES[to]}`;
}

export const LINK_WORDS: Readonly<Record<Link, string>> = {
  calculator: "Questions to the calculator",
  registry: "The registry",
  chat: "The chat",
  session: "Sessions",
  datagram: "Datagrams",
};

/** What the lane around the wire is called. */
export const AROUND_WORDS: Readonly<Record<WireStage, string>> = {
  "01": "",
  "02": "The registry",
  "03": "The registry",
  "04": "The registry",
  "05": "Datagrams",
};

export const SIGHT_WORDS: Readonly<Record<Sight, string>> = {
  readable: "anybody can read it",
  known: "structure that stays visible",
  sealed: "sealed",
};

/** What Mallory did to a line, in a word. */
const ACT_WORDS: Readonly<Record<Act, string>> = {
  changed: "changed",
  flipped: "bit flipped",
  dropped: "dropped",
  "sent-again": "sent again",
  "set-up": "address set",
};

/** Why the scene itself has changed a line. */
export const SET_UP_WORDS =
  "So that Mallory stands between them, the scene has put her address where the registry named the other one's.";

/** What stands on a line's badge; empty if Mallory left it alone. */
export function badgeOf({ state, acts }: Pick<WireLine, "state" | "acts">): string {
  const act = acts.filter((one) => one !== "set-up").at(-1) ?? acts.at(-1);
  if (state === "held") return act === undefined ? "at Mallory" : `at Mallory, ${ACT_WORDS[act]}`;
  if (state === "dropped") return ACT_WORDS.dropped;
  return act === undefined ? "" : ACT_WORDS[act];
}

/** What a program did after an act of Mallory's, in one sentence without its full stop; `words` is what it printed. */
export function outcomeSentence({ party, noticed, act, words }: Omit<Outcome, "line">): string {
  const who = programOf(party);
  if (noticed === null)
    return act === "dropped" ? `${who} shows nothing so far` : `${who} shows nothing: nobody can tell`;
  if (!noticed) return act === "dropped" ? `${who} did not notice` : `${who} took it`;
  return /\b(?:lost|ended|disconnected)\b/.test(words)
    ? `${who} noticed, and ended the chat`
    : `${who} noticed`;
}
