// Runs checks of one place, several at a time. Each passes, fails, or could not run.

import { type Check, clauseOf } from "./check.ts";
import type { Place, StageNumber } from "./place.ts";
import { Pool } from "./pool.ts";
import { pcapOf, type Recording } from "./recording.ts";
import { Scene } from "./scene.ts";
import { CouldNotRun, StepFailure } from "./step-failure.ts";

export type Verdict = "passed" | "failed" | "could-not-run";

export interface Failure {
  /** What the check was doing. */
  step: string;
  /** What had been sent before; this and the next two are texts for people. */
  sent?: string;
  expected: string;
  received: string;
  /** Whether expected and received can be compared, so that their first difference is marked. */
  exact: boolean;
  likelyCause: string;
  clause: string;
  /** The number of the packet in the recording, from 1. */
  packet?: number;
}

export interface CheckResult {
  check: Check;
  stage: StageNumber;
  verdict: Verdict;
  milliseconds: number;
  /** The descriptions of all steps that have begun. */
  transcript: readonly string[];
  /** Set if the verdict is failed. */
  failure?: Failure;
  /** Set if the verdict is could-not-run. */
  problem?: string;
  /** The traffic on the checker's connections (see recordingOf). */
  recorded: Recording;
  seed: number;
}

export interface RunOptions {
  /** How long each step waits, in milliseconds. */
  timeout?: number;
  /** The same seed gives the same random values again. */
  seed?: number;
  /** How many checks run at the same time. Those that only wait do not count. */
  jobs?: number;
  /** When it is aborted, no more checks begin, and running ones are given up. */
  signal?: AbortSignal;
  /** Called when a check has ended. */
  onResult?(result: CheckResult): void;
}

/** How long each step waits by default, in milliseconds. */
export const DEFAULT_TIMEOUT = 5000;

/** @returns the results in the order of the checks, without those that never began */
export async function runChecks(
  checks: readonly Check[],
  place: Place,
  options: RunOptions = {},
): Promise<CheckResult[]> {
  const results: (CheckResult | undefined)[] = checks.map(() => undefined);
  const pool = new Pool();
  const entries = [...checks.entries()];
  const judge = async ([index, check]: [number, Check]): Promise<void> => {
    if (options.signal?.aborted) return;
    const result = await runCheck(check, place, pool, options);
    if (options.signal?.aborted) return;
    results[index] = result;
    options.onResult?.(result);
  };
  // Checks that only wait take nobody's turn: they all begin at once, and the others run beside them.
  const idle = entries.filter(([, { waits }]) => waits !== undefined);
  const busy = entries.filter(([, { waits }]) => waits === undefined);
  const work = async (): Promise<void> => {
    for (let next = busy.shift(); next !== undefined; next = busy.shift()) await judge(next);
  };
  try {
    await Promise.all([...idle.map(judge), ...Array.from({ length: options.jobs ?? 2 }, work)]);
  } finally {
    await pool.close();
  }
  return results.filter((result) => result !== undefined);
}

/** The packets of a run, as a .pcap file. */
export function recordingOf(results: readonly CheckResult[]): Buffer {
  return pcapOf(results.map(({ recorded }) => recorded));
}

async function runCheck(check: Check, place: Place, pool: Pool, options: RunOptions): Promise<CheckResult> {
  const seed = options.seed ?? 1;
  const scene = new Scene(place, pool, {
    timeout: options.timeout ?? DEFAULT_TIMEOUT,
    seed: `${seed} ${check.id}`,
  });
  const started = performance.now();
  const outcome = await judge(check, scene, options.signal);
  await scene.close();
  return {
    check,
    stage: place.stage,
    ...outcome,
    milliseconds: performance.now() - started,
    transcript: scene.transcript.steps,
    recorded: scene.recording,
    seed,
  };
}

type Outcome = Pick<CheckResult, "verdict" | "failure" | "problem">;

async function judge(check: Check, scene: Scene, signal: AbortSignal | undefined): Promise<Outcome> {
  const { transcript } = scene;
  try {
    await Promise.race([check.run(scene), aborted(signal)]);
    scene.assertNothingUnread();
  } catch (error) {
    if (error instanceof StepFailure) return { verdict: "failed", failure: failureOf(check, scene, error) };
    if (error instanceof CouldNotRun) return { verdict: "could-not-run", problem: error.message };
    // This is a bug of the check itself, so it says nothing about the program.
    return { verdict: "could-not-run", problem: `${check.id}: ${String(error)}` };
  }
  if (transcript.observations > 0) return { verdict: "passed" };
  return { verdict: "could-not-run", problem: `${check.id} has observed nothing, so it cannot have passed` };
}

function failureOf(check: Check, scene: Scene, { details }: StepFailure): Failure {
  const { transcript, recording } = scene;
  const sent = details.sent ?? transcript.lastSent;
  const packet = details.port === undefined ? undefined : recording.lastPacket(details.port);
  return {
    step: transcript.failedStep ?? transcript.steps.at(-1) ?? "at the end",
    ...(sent === undefined ? {} : { sent }),
    expected: details.expected,
    received: details.received,
    exact: details.exact ?? false,
    likelyCause: details.likelyCause ?? check.likelyCause,
    clause: clauseOf(check),
    ...(packet === undefined ? {} : { packet }),
  };
}

function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    if (signal?.aborted) reject(new CouldNotRun("given up"));
    signal?.addEventListener("abort", () => reject(new CouldNotRun("given up")), { once: true });
  });
}
