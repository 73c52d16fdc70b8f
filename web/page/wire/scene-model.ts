// What the page knows of a scene: its lines, what Mallory holds, and what the programs did. Fed with the server's events. Pure.

import type {
  Direction,
  Party,
  Scene,
  SceneTerminal,
  WireEvents,
  WireLine,
  WireStage,
} from "../../shared/wire.ts";
import { MOST_LINES } from "../../shared/wire.ts";

export type Outcome = Omit<WireEvents["wire/outcome"], "scene">;
export type SceneState = WireEvents["wire/scene"]["state"];

export class SceneModel {
  readonly number: number;
  stage: WireStage | undefined;
  state: SceneState = "setting-up";
  /** What the server said of the state: one line. */
  says = "";
  /** Whether Alice and Bob can talk to each other. */
  isTalking = true;
  terminals: readonly SceneTerminal[] = [];
  directions: readonly Direction[] = [];
  /** The directions in which lines wait at Mallory. */
  held: readonly Direction[] = [];
  /** What the programs did, oldest first. */
  readonly outcomes: Outcome[] = [];
  /** Those of the lines that wait, by their numbers: asked for at each picture. */
  readonly #waiting = new Map<number, WireLine>();
  /** By their numbers. The oldest go when there are too many. */
  readonly #lines: WireLine[] = [];

  constructor(number: number) {
    this.number = number;
  }

  /** Takes what the server has answered to `wire/open`. */
  opened({ stage, terminals, directions }: Scene): void {
    this.stage = stage;
    this.terminals = terminals;
    this.directions = directions;
  }

  get lines(): readonly WireLine[] {
    return this.#lines;
  }

  /** Whether its programs may run. */
  get isOpen(): boolean {
    return this.state === "setting-up" || this.state === "ready";
  }

  /** Takes a line that is new or has changed. @returns what was known of it before */
  takeLine(line: WireLine): WireLine | undefined {
    if (line.state === "held") this.#waiting.set(line.number, line);
    else this.#waiting.delete(line.number);
    const last = this.#lines.at(-1);
    if (last === undefined || last.number < line.number) {
      this.#lines.push(line);
      if (this.#lines.length > MOST_LINES) this.#lines.shift();
      return undefined;
    }
    const index = this.#indexOf(line.number);
    const before = this.#lines[index];
    if (before?.number === line.number) this.#lines[index] = line;
    // One that is older than all that are kept is not taken.
    else if (index > 0) this.#lines.splice(index, 0, line);
    return before?.number === line.number ? before : undefined;
  }

  line(number: number): WireLine | undefined {
    const line = this.#lines[this.#indexOf(number)];
    return line?.number === number ? line : undefined;
  }

  /** The lines that wait at Mallory, oldest first. */
  get waiting(): WireLine[] {
    return [...this.#waiting.values()].sort((one, other) => one.number - other.number);
  }

  /** Whether lines of this direction wait at Mallory. */
  holds(direction: Direction): boolean {
    return this.held.some((one) => isSameDirection(one, direction));
  }

  terminalOf(party: Party): SceneTerminal | undefined {
    return this.terminals.find((terminal) => terminal.party === party);
  }

  /** The index of the first line whose number is at least this one. */
  #indexOf(number: number): number {
    let [from, to] = [0, this.#lines.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#lines[middle]?.number ?? 0) < number) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

export function isSameDirection(one: Direction, other: Direction): boolean {
  return one.link === other.link && one.from === other.from && one.to === other.to;
}
