// Runs the checks that a command line asks for, and reports in every form it asks for. A run that is stopped reports
// what is known so far.

import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";
import { obeysEscapes } from "../../terminal/paint.ts";
import { cut } from "../../terminal/text.ts";
import { type BundledPlace, bundlePlace } from "./bundles.ts";
import type { Check } from "./check.ts";
import { jsonReport, type WholeRun } from "./json-report.ts";
import { junitReport } from "./junit-report.ts";
import type { Place, StageNumber } from "./place.ts";
import { packetNumber, pcapOf, Recording } from "./recording.ts";
import { type CheckResult, runChecks } from "./run-checks.ts";
import { whyLifeless } from "./signs-of-life.ts";
import { Stop } from "./stop.ts";
import { type Counts, count, lifelessLines, Verdicts } from "./verdicts.ts";

export interface RunRequest {
  stage: StageNumber;
  /** The checks that were asked for, as they were named behind the stage. */
  pattern?: string;
  place: Place;
  seed: number;
  /** How long each step waits. This and the next are in milliseconds. */
  timeout: number;
  /** How long the whole run may take. */
  limit?: number;
  jobs: number;
  json: boolean;
  /** Absolute paths of files to write. */
  junit?: string;
  record?: string;
}

/** @returns the exit code */
export async function checkAndReport(request: RunRequest, checks: readonly Check[]): Promise<number> {
  const stop = new Stop(request.limit);
  const recordings: Recording[] = [];
  const packetOf = ({ packet }: CheckResult): number | undefined =>
    request.record === undefined || packet === undefined ? undefined : packetNumber(recordings, packet);
  const results = await run(request, checks, stop, recordings, packetOf);
  stop.isOver();
  const { stage, seed } = request;
  const whole: WholeRun = { stage, seed, checks, results, stopped: stop.why, packetOf };
  if (request.junit !== undefined) writeFileSync(request.junit, junitReport(whole));
  if (request.record !== undefined) writeFileSync(request.record, pcapOf(recordings));
  const counts = count(checks, results);
  console.log(request.json ? JSON.stringify(jsonReport(whole), null, 2) : summary(request, counts, stop.why));
  if (stop.why !== undefined) return stop.exitNow();
  if (counts.failed > 0) return 1;
  return counts.couldNotRun > 0 ? 2 : 0;
}

/** @returns the results of all checks that have begun, in their order */
async function run(
  request: RunRequest,
  checks: readonly Check[],
  stop: Stop,
  recordings: Recording[],
  packetOf: (result: CheckResult) => number | undefined,
): Promise<CheckResult[]> {
  const { place, seed, timeout, jobs, json, record = "" } = request;
  const width = process.stdout.columns ?? 100;
  const screen = new Screen(!json, width);
  const bundled = await bundledPlace(place, checks);
  try {
    const lifeless = await findLifeless(request, checks, bundled.place, stop);
    for (const { of, results, why } of lifeless) screen.print(lifelessLines(of, results.length, why, width));
    const living = checks.filter(({ of }) => lifeless.every((one) => one.of !== of));
    const verdicts = new Verdicts(living, width, (result) => {
      const number = packetOf(result);
      return number === undefined
        ? undefined
        : `${number} of ${basename(record)}, the last one with data on this connection`;
    });
    screen.progress(verdicts.progress);
    const results = await runChecks(living, bundled.place, {
      seed,
      timeout,
      jobs,
      recordings,
      signal: stop.signal,
      onResult: (result) => {
        screen.print(verdicts.add(result));
        screen.progress(verdicts.progress);
      },
    });
    screen.print(verdicts.finish(results));
    const all = [...lifeless.flatMap((one) => one.results), ...results];
    return checks.flatMap((check) => all.find((result) => result.check === check) ?? []);
  } finally {
    bundled.remove();
  }
}

interface Lifeless {
  of: "server" | "client" | "peer";
  why: string;
  results: CheckResult[];
}

/** The programs that do nothing at all, and the results of their checks. */
async function findLifeless(
  { stage, seed, timeout }: RunRequest,
  checks: readonly Check[],
  place: Place,
  { signal }: Stop,
): Promise<Lifeless[]> {
  const found = (["server", "client", "peer"] as const).map(async (of): Promise<Lifeless[]> => {
    const own = checks.filter((check) => check.of === of);
    const why = own.length === 0 ? undefined : await whyLifeless(of, place, timeout, signal);
    if (why === undefined) return [];
    const results = own.map((check): CheckResult => {
      const verdict = "could-not-run";
      const recorded = new Recording();
      return {
        check,
        stage,
        verdict,
        milliseconds: 0,
        transcript: [],
        problem: why,
        reason: why,
        recorded,
        seed,
      };
    });
    return [{ of, why, results }];
  });
  return (await Promise.all(found)).flat();
}

/** Bundles our programs, because they are started many times. Programs with a command of their own stay. */
async function bundledPlace(place: Place, checks: readonly Check[]): Promise<BundledPlace> {
  if ([place.server, place.client, place.peer].some((command) => command !== undefined))
    return { place, remove: () => {} };
  const withAttacks = checks.some((check) => check.of === "attack");
  return bundlePlace(place, withAttacks, join(COURSE_FOLDER, "work"));
}

function summary(
  { stage, pattern, seed }: RunRequest,
  { passed, failed, couldNotRun, notRun }: Counts,
  stopped: string | undefined,
): string {
  const again = `npm run check -- ${stage}${pattern ? `/${pattern}` : ""} --seed ${seed}`;
  const rest = stopped === undefined ? "" : `, ${notRun} not run: ${stopped}`;
  return `\n${passed} passed, ${failed} failed, ${couldNotRun} could not run${rest}.\nAgain with the same random values: ${again}`;
}

/** Prints lines, and below them, on a terminal, a line that is replaced: how far the run is. */
class Screen {
  readonly #isShown: boolean;
  readonly #width: number;

  constructor(isShown: boolean, width: number) {
    this.#isShown = isShown;
    this.#width = width;
  }

  print(lines: readonly string[]): void {
    if (!this.#isShown) return;
    if (this.#hasProgress) process.stdout.write("\r\u001b[K");
    if (lines.length > 0) console.log(lines.join("\n"));
  }

  progress(text: string): void {
    if (this.#hasProgress) process.stdout.write(`\r\u001b[K${cut(text, this.#width - 1)}`);
  }

  get #hasProgress(): boolean {
    return this.#isShown && obeysEscapes(process.stdout, process.env);
  }
}
