// A real peer of stage 05 as a process, with its keyboard and screen. What it prints comes in an order that depends on the
// network, so a line is looked for among all that it has printed.

import { type ChildProgram, DEADLINE, type Source } from "../programs/child-program.ts";
import { patientTimeout } from "../programs/patience.ts";
import { portIn } from "../programs/stage-programs.ts";
import { AttackError } from "./report.ts";

/** The pause between two questions for what takes time, in milliseconds. */
const ASK_PAUSE = 100;

export class LanVictim {
  readonly name: string;
  /** The data folder. */
  readonly data: string;
  readonly #program: ChildProgram;
  /** The places of the lines that were returned. */
  readonly #taken: Record<Source, Set<number>> = { stdout: new Set(), stderr: new Set() };
  readonly #looks = new Set<() => void>();
  #hasEnded = false;
  #port = 0;

  /** @param start starts the program, and tells it whom to call when something was printed */
  constructor(name: string, data: string, start: (onOutput: () => void) => ChildProgram) {
    this.name = name;
    this.data = data;
    const look = (): void => {
      for (const one of [...this.#looks]) one();
    };
    this.#program = start(look);
    void this.#program.ended.then(() => {
      this.#hasEnded = true;
      look();
    });
  }

  /** HOST:PORT */
  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  get port(): number {
    return this.#port;
  }

  /** All lines that it has printed so far. */
  get screen(): readonly string[] {
    return this.#program.lines;
  }

  async listens(): Promise<void> {
    this.#port = portIn(await this.shows(/^listening on /));
  }

  types(line: string): void {
    this.#program.enter(line);
  }

  /**
   * Waits for a line that matches, and was not returned before.
   * @throws AttackError if none comes in time, or the program ends first
   */
  shows(pattern: RegExp, source: Source = "stdout"): Promise<string> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const line = this.#take(pattern, source);
        if (line !== undefined) finish(() => resolve(line));
        else if (this.#hasEnded) fail("ended");
      };
      const fail = (why: string): void => {
        const last = this.#program.errorLines.at(-1) ?? this.screen.at(-1) ?? "nothing";
        finish(() => reject(new AttackError(`${this.name} ${why} without ${pattern}: ${last}`)));
      };
      const finish = (settle: () => void): void => {
        cancel();
        this.#looks.delete(look);
        settle();
      };
      const cancel = patientTimeout(() => fail("went on"), DEADLINE);
      this.#looks.add(look);
      look();
    });
  }

  /** Types a command again and again, until its answer is as it should be. @returns the answer */
  async showsUntil(command: string, pattern: RegExp, isRight: (answer: string) => boolean): Promise<string> {
    const end = performance.now() + DEADLINE;
    for (;;) {
      this.types(command);
      const answer = await this.shows(pattern);
      if (isRight(answer)) return answer;
      if (performance.now() > end) throw new AttackError(`${this.name} answers ${command}: ${answer}`);
      await new Promise((resolve) => setTimeout(resolve, ASK_PAUSE));
    }
  }

  /** How many datagrams it has dropped, by reason. */
  async stats(): Promise<Drops> {
    this.types("/stats");
    return dropsIn(await this.shows(STATS));
  }

  /** Waits until its drops are as they should be. */
  async statsUntil(isRight: (drops: Drops) => boolean): Promise<Drops> {
    return dropsIn(await this.showsUntil("/stats", STATS, (line) => isRight(dropsIn(line))));
  }

  /** Its user says goodbye, and it ends. */
  async leaves(): Promise<void> {
    this.types("/quit");
    await this.#program.exit();
  }

  #take(pattern: RegExp, source: Source): string | undefined {
    const lines = source === "stdout" ? this.#program.lines : this.#program.errorLines;
    const taken = this.#taken[source];
    const index = lines.findIndex((line, place) => !taken.has(place) && pattern.test(line));
    if (index >= 0) taken.add(index);
    return lines[index];
  }
}

/** How many datagrams were dropped, by reason (P8.6). */
export type Drops = ReadonlyMap<string, number>;

const STATS = /^stats: /;

function dropsIn(line: string): Drops {
  const pairs = line.slice("stats: ".length).split(", ");
  return new Map(pairs.map((pair) => [pair.replace(/ [0-9]+$/, ""), Number(pair.split(" ").at(-1))]));
}

/** By how much a reason, or several together, were dropped more often. */
export function more(reasons: readonly string[], before: Drops, after: Drops): number {
  const count = (drops: Drops): number => reasons.reduce((sum, reason) => sum + (drops.get(reason) ?? 0), 0);
  return count(after) - count(before);
}
