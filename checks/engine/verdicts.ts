// Puts the verdicts of a run into the order of its checks, and into lines for people. Pure.

import { besideLabel } from "../../terminal/beside-label.ts";
import { printable } from "../../terminal/widths.ts";
import type { Check } from "./check.ts";
import { couldNotRun, formatFailure, headOf, inOneLine } from "./format-failure.ts";
import type { CheckResult, Verdict } from "./run-checks.ts";
import { Reasons } from "./same-reason.ts";

/** So many results with the same reason are shown. The rest are counted. */
const MOST_SHOWN = 3;

/** The column of the marks. */
const MARK = 8;
const MARKS: Readonly<Record<Verdict, string>> = {
  passed: "passed",
  failed: "FAILED",
  "could-not-run": "NOT RUN",
};

export interface Counts {
  passed: number;
  failed: number;
  couldNotRun: number;
  /** Never began. */
  notRun: number;
}

export class Verdicts {
  readonly #checks: readonly Check[];
  readonly #width: number;
  readonly #packetOf: (result: CheckResult) => string | undefined;
  readonly #results = new Map<Check, CheckResult>();
  readonly #reasons = new Reasons();
  /** The index of the first check that is not shown yet. */
  #next = 0;

  /**
   * @param checks in the order in which they are shown
   * @param width of the terminal, in columns
   * @param packetOf what a report says about the packet of a failure; undefined if nothing
   */
  constructor(
    checks: readonly Check[],
    width: number,
    packetOf: (result: CheckResult) => string | undefined = () => undefined,
  ) {
    this.#checks = checks;
    this.#width = width;
    this.#packetOf = packetOf;
  }

  /** Adds a result. @returns the lines of those that can be shown now: none before has to come first */
  add(result: CheckResult): string[] {
    this.#results.set(result.check, result);
    const lines: string[] = [];
    for (let next = this.#following; next !== undefined; next = this.#following) {
      this.#next += 1;
      lines.push(...this.#linesOf(next));
    }
    return lines;
  }

  /** Adds the last results. @returns the lines of all that are not shown yet, and how many had a reason that was told before */
  finish(results: readonly CheckResult[]): string[] {
    for (const result of results) this.#results.set(result.check, result);
    const left = this.#checks.slice(this.#next).flatMap((check) => this.#results.get(check) ?? []);
    this.#next = this.#checks.length;
    return [...left.flatMap((result) => this.#linesOf(result)), ...this.#repeated()];
  }

  /** How far the run is, in one line. */
  get progress(): string {
    const waiting = this.#checks[this.#next];
    const long = waiting?.waits === undefined ? "" : ` (${waiting.waits} s)`;
    const forWhom = waiting === undefined ? "" : `, waiting for ${waiting.id}${long}`;
    return `${this.#results.size} of ${this.#checks.length} …${forWhom}`;
  }

  get #following(): CheckResult | undefined {
    const check = this.#checks[this.#next];
    return check && this.#results.get(check);
  }

  #linesOf(result: CheckResult): string[] {
    const { check, stage, verdict } = result;
    if (verdict === "passed")
      return besideLabel(MARKS.passed, `${stage}/${check.id} ${check.title}`, this.#width, MARK);
    const first = this.#reasons.add(result);
    if (this.#reasons.count(result) > MOST_SHOWN) return [];
    const width = this.#width - MARK;
    const lines =
      first === undefined
        ? formatFailure(result, width, this.#packetOf(result))
        : [...headOf(result, width), `for the same reason as ${first.check.id}`];
    return marked(verdict, lines);
  }

  #repeated(): string[] {
    return this.#reasons.shared.flatMap(({ first, count }) => {
      const more = count - MOST_SHOWN;
      if (more <= 0) return [];
      const text = `and ${more} more for the same reason as ${first.check.id}: ${reasonInOneLine(first)}`;
      return marked(
        first.verdict,
        besideLabel("", printable(text), this.#width - MARK, 1).map((line) => line.slice(1)),
      );
    });
  }
}

/** One verdict about all checks of a program that cannot run at all. */
export function lifelessLines(of: string, count: number, why: string, width: number): string[] {
  return marked("could-not-run", [
    count === 1 ? `the check of the ${of}` : `all ${count} checks of the ${of}`,
    ...couldNotRun(why, width - MARK),
  ]);
}

export function count(checks: readonly Check[], results: readonly CheckResult[]): Counts {
  const of = (verdict: Verdict): number => results.filter((result) => result.verdict === verdict).length;
  return {
    passed: of("passed"),
    failed: of("failed"),
    couldNotRun: of("could-not-run"),
    notRun: checks.length - results.length,
  };
}

function reasonInOneLine(result: CheckResult): string {
  return result.reason?.split("\n")[0] ?? inOneLine(result);
}

/** Programs may have printed what a terminal would obey. */
function marked(verdict: Verdict, lines: readonly string[]): string[] {
  return lines.map((line, index) => printable((index === 0 ? MARKS[verdict] : "").padEnd(MARK) + line));
}
