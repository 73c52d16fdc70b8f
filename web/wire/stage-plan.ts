// What a stage's scene is made of, and what it is built with.

import type { LineRelay } from "../../course/line-relay.ts";
import type { Direction, Link, Party, Said, WireStage } from "../shared/wire.ts";
import type { Actor } from "./actor.ts";
import type { DatagramRelay } from "./datagram-relay.ts";
import type { SetUpChange } from "./mallory.ts";

/** Changes a line that would lead around Mallory; undefined for all others. */
export type SetUp = (direction: Direction, line: Buffer) => SetUpChange | undefined;

/** Sets the stage up, and says again what was said. @returns a line for the user: what they can do now. @throws SceneError */
export type Play = (said: readonly Said[]) => Promise<string>;

/** What a plan has built. */
export interface Built {
  play: Play;
  /** Lets Alice call Bob: at first, and again when the chat has ended. @throws SceneError */
  call?(): Promise<void>;
}

export interface StagePlan {
  stage: WireStage;
  directions: readonly Direction[];
  /** Starts the relays and the programs, and does not wait for them. */
  build(rig: Rig): Promise<Built>;
}

/** What a plan is built with. All of it ends with the scene. */
export interface Rig {
  start(
    who: { party: Party; title: string },
    words: readonly string[],
    options: { folder: string; environment?: Readonly<Record<string, string>> },
  ): Promise<Actor>;
  /** A relay for connections. If the port is not known yet, callers wait. */
  relay(
    way: { link: Link; caller: Party; called: Party },
    target: number | Promise<number>,
    setUp?: SetUp,
  ): Promise<LineRelay>;
  /** A relay for datagrams. If the port is not known yet, they wait. */
  datagrams(from: Party, to: Party, target: Promise<number>): Promise<DatagramRelay>;
  onEnd(action: () => void): void;
}

/** Both directions of a link. */
export function bothWays(link: Link, one: Party, other: Party): Direction[] {
  return [
    { link, from: one, to: other },
    { link, from: other, to: one },
  ];
}

/** A text that the programs take for a command cannot be said again; of a long one, once was enough. In UTF-16 units. */
const LONGEST_AGAIN = 2000;

/** What can be said again between these two, in order: the calculator's part is Bob's. */
export function saidBetween(said: readonly Said[], parties: readonly Party[]): Said[] {
  const person = (party: Party): Party => (party === "calculator" ? "bob" : party);
  return said
    .map(({ from, to, text }) => ({ from: person(from), to: person(to), text }))
    .filter(
      ({ from, to, text }) =>
        parties.includes(from) &&
        parties.includes(to) &&
        text.length <= LONGEST_AGAIN &&
        !/^\/|^(?:EOM|EXIT|END)$|^\s*$/i.test(text),
    );
}

/** A pattern for exactly this line. */
export function exactly(line: string): RegExp {
  return new RegExp(`^${line.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`);
}
