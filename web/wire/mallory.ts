// Mallory: keeps what passes in a scene, and decides what is passed on, and when. Pure: it says what to send, and sends
// nothing itself.

import type { Act, Direction, LineState } from "../shared/wire.ts";
import { MOST_HELD, MOST_LINES } from "../shared/wire.ts";

/** A line with its LF, or a datagram, that has reached Mallory. */
export interface Caught {
  /** Counted from 1. */
  readonly number: number;
  readonly direction: Direction;
  /** The connection it belongs to; 0 for datagrams. */
  readonly connection: number;
  /** When it came, in milliseconds of the scene. */
  readonly at: number;
  /** As it came. */
  readonly bytes: Buffer;
  /** What the scene had to make of it to get between, if it had to. */
  readonly setUp: SetUpChange | undefined;
  /** As it is passed on, if that is something else. */
  changed: Buffer | undefined;
  state: LineState;
  /** When it was passed on, in milliseconds of the scene. */
  passedAt: number | undefined;
  readonly acts: Act[];
  note: string | undefined;
  readonly copyOf: number | undefined;
}

/** What a line is changed into by the scene itself, and a sentence that says so. */
export interface SetUpChange {
  bytes: Buffer;
  note: string;
}

/** What is to be sent now, in this order: a line; or that its sender says nothing more on this connection. */
export type Sending = { line: Caught } | { ends: number; direction: Direction };

/** What has come of a step. */
export interface Step {
  sendings: Sending[];
  /** Lines that are new or have changed. */
  lines: Caught[];
}

/** What was asked of Mallory does not fit. The message is a sentence for the user. */
export class MalloryError extends Error {}

/** What waits in a direction, the first first. */
type Waiting = { line: Caught } | { ends: number };

interface Lane {
  direction: Direction;
  holds: boolean;
  queue: Waiting[];
}

/** So many bytes of lines are kept, the last ones. */
const MOST_KEPT_BYTES = 33_554_432;
/** So many bytes may wait in one direction. */
const MOST_HELD_BYTES = 8_388_608;

export class Mallory {
  readonly #lanes = new Map<string, Lane>();
  /** By their numbers, oldest first. */
  readonly #lines = new Map<number, Caught>();
  #keptBytes = 0;
  #count = 0;

  constructor(directions: readonly Direction[]) {
    for (const direction of directions)
      this.#lanes.set(keyOf(direction), { direction, holds: false, queue: [] });
  }

  /** All that is kept, oldest first. */
  get lines(): readonly Caught[] {
    return [...this.#lines.values()];
  }

  /** The directions in which lines wait. */
  get held(): readonly Direction[] {
    return [...this.#lanes.values()].flatMap(({ direction, holds }) => (holds ? direction : []));
  }

  /** The lines that wait in a direction. */
  waiting(direction: Direction): readonly Caught[] {
    return this.#lane(direction).queue.flatMap((one) => ("line" in one ? one.line : []));
  }

  /** Whether so much waits in a direction that nothing more should be read there. */
  isFull(direction: Direction): boolean {
    const { queue } = this.#lane(direction);
    const bytes = queue.reduce((sum, one) => sum + ("line" in one ? one.line.bytes.length : 0), 0);
    return queue.length >= MOST_HELD || bytes >= MOST_HELD_BYTES;
  }

  /** @throws MalloryError if it is not kept */
  line(number: number): Caught {
    const line = this.#lines.get(number);
    if (line === undefined) throw new MalloryError(`line ${number} is not there, or not any more`);
    return line;
  }

  /**
   * A line has come.
   * @param setUp what the scene itself has to change to get between
   */
  arrives(direction: Direction, connection: number, bytes: Buffer, at: number, setUp?: SetUpChange): Step {
    const line = this.#keep({ direction, connection, bytes, at, setUp, copyOf: undefined });
    const lane = this.#lane(direction);
    if (!lane.holds) return pass([line], at);
    lane.queue.push({ line });
    return { sendings: [], lines: [line] };
  }

  /** The sender says nothing more on this connection. What waits of it comes first. */
  ends(direction: Direction, connection: number): Step {
    const lane = this.#lane(direction);
    if (!lane.holds) return { sendings: [{ ends: connection, direction }], lines: [] };
    lane.queue.push({ ends: connection });
    return this.#endsThatAreNext(lane);
  }

  /** From now on lines wait; or all that wait are passed on, and nothing waits any more. */
  hold(direction: Direction, holds: boolean, now: number): Step {
    const lane = this.#lane(direction);
    lane.holds = holds;
    if (holds) return { sendings: [], lines: [] };
    const queue = lane.queue.splice(0);
    return joined(
      queue.map((one) =>
        "line" in one
          ? pass([one.line], now)
          : { sendings: [{ ends: one.ends, direction: lane.direction }], lines: [] },
      ),
    );
  }

  /** Passes on the line that waits first. @throws MalloryError if it is another one: lines stay in their order */
  pass(number: number, now: number): Step {
    const { line, lane } = this.#waiting(number);
    const first = lane.queue.find((one) => "line" in one);
    if (first !== undefined && "line" in first && first.line !== line)
      throw new MalloryError(`line ${first.line.number} waits before it: pass that on first, or drop it`);
    this.#take(lane, line);
    return joined([pass([line], now), this.#endsThatAreNext(lane)]);
  }

  /** It will never arrive. */
  drop(number: number): Step {
    const { line, lane } = this.#waiting(number);
    this.#take(lane, line);
    line.state = "dropped";
    line.acts.push("dropped");
    return joined([{ sendings: [], lines: [line] }, this.#endsThatAreNext(lane)]);
  }

  /** It is passed on with other bytes. @throws MalloryError if it does not wait, or nothing would change */
  change(number: number, bytes: Buffer, act: "changed" | "flipped" = "changed"): Step {
    return this.#replace(number, bytes, act);
  }

  /** @param byte from 0 @param bit from 0, the one that is worth 1, to 7 */
  flip(number: number, byte: number, bit: number): Step {
    const { line } = this.#waiting(number);
    const bytes = Buffer.from(line.changed ?? line.bytes);
    const old = bytes[byte];
    if (old === undefined) throw new MalloryError(`line ${number} has ${bytes.length} bytes, from 0 on`);
    bytes[byte] = old ^ (1 << bit);
    return this.#replace(number, bytes, "flipped");
  }

  /** A copy of a line, as it came, is sent at once, before all that wait. What the set-up had to change, it changes again. */
  again(number: number, now: number): Step {
    const { direction, connection, bytes, setUp } = this.line(number);
    const copy = this.#keep({ direction, connection, bytes, at: now, setUp, copyOf: number });
    copy.acts.push("sent-again");
    return pass([copy], now);
  }

  #replace(number: number, bytes: Buffer, act: "changed" | "flipped"): Step {
    const { line } = this.#waiting(number);
    if (bytes.equals(line.changed ?? line.bytes))
      throw new MalloryError("these are the bytes that it has: nothing was changed");
    line.changed = bytes.equals(line.bytes) ? undefined : bytes;
    line.acts.push(act);
    return { sendings: [], lines: [line] };
  }

  #lane(direction: Direction): Lane {
    const lane = this.#lanes.get(keyOf(direction));
    if (lane === undefined) throw new MalloryError("lines do not go that way in this stage");
    return lane;
  }

  #waiting(number: number): { line: Caught; lane: Lane } {
    const line = this.line(number);
    if (line.state !== "held") throw new MalloryError(`line ${number} does not wait any more`);
    return { line, lane: this.#lane(line.direction) };
  }

  #take(lane: Lane, line: Caught): void {
    lane.queue = lane.queue.filter((one) => !("line" in one) || one.line !== line);
  }

  /** An end needs nobody to pass it on: only what was said before it has to. */
  #endsThatAreNext(lane: Lane): Step {
    const sendings: Sending[] = [];
    for (let [first] = lane.queue; first !== undefined && "ends" in first; [first] = lane.queue) {
      lane.queue.shift();
      sendings.push({ ends: first.ends, direction: lane.direction });
    }
    return { sendings, lines: [] };
  }

  #keep(given: Pick<Caught, "direction" | "connection" | "bytes" | "at" | "setUp" | "copyOf">): Caught {
    this.#count += 1;
    const line: Caught = {
      ...given,
      number: this.#count,
      changed: given.setUp?.bytes,
      state: "held",
      passedAt: undefined,
      acts: given.setUp === undefined ? [] : ["set-up"],
      note: given.setUp?.note,
    };
    this.#lines.set(line.number, line);
    this.#keptBytes += line.bytes.length;
    this.#forget();
    return line;
  }

  /** Forgets the oldest lines that do not wait. */
  #forget(): void {
    if (this.#lines.size <= MOST_LINES && this.#keptBytes <= MOST_KEPT_BYTES) return;
    for (const [number, { state, bytes }] of this.#lines) {
      if (this.#lines.size <= MOST_LINES && this.#keptBytes <= MOST_KEPT_BYTES) return;
      if (state === "held") continue;
      this.#lines.delete(number);
      this.#keptBytes -= bytes.length;
    }
  }
}

/** The name of a direction, for tables. */
export function keyOf({ link, from, to }: Direction): string {
  return `${link} ${from} ${to}`;
}

function pass(lines: Caught[], now: number): Step {
  for (const line of lines) {
    line.state = "passed";
    line.passedAt = now;
  }
  return { sendings: lines.map((line) => ({ line })), lines };
}

function joined(steps: readonly Step[]): Step {
  return {
    sendings: steps.flatMap(({ sendings }) => sendings),
    lines: steps.flatMap(({ lines }) => lines),
  };
}
