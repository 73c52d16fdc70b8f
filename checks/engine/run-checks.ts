// Runs checks of one place, several at a time. Each passes, fails, or could not run.

import { setMaxListeners } from "node:events";
import type { SyntheticPacket } from "../../captures/record/ip-packets.ts";
import { type Check, clauseOf } from "./check.ts";
import { likelyCauseOf } from "./likely-causes.ts";
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
  /** How the two texts are called, if not expected and received. */
  labels?: readonly [string, string];
  /** How programs have ended, or what they have printed on standard error. */
  lastWords?: string;
  /** Left out if there is no good reason for one. */
  likelyCause?: string;
  clause: string;
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
  /** Why it has not passed, if other checks can fail for the same reason. Results with the same reason belong together. */
  reason?: string;
  /** The traffic on the checker's connections (see recordingOf). */
  recorded: Recording;
  /** For an attack, if it was recorded: a .pcap file of what its programs said to each other, or of what it was given. */
  capture?: Buffer;
  /** The last packet with data on the connection that failed (see recording.ts, packetNumber). */
  packet?: SyntheticPacket;
  seed: number;
}

export interface RunOptions {
  /** How long each step waits, in milliseconds. */
  timeout?: number;
  /** The same seed gives the same random values again. */
  seed?: number;
  /** How many checks run at the same time. Those that only wait do not count. */
  jobs?: number;
  /** When it is aborted, no more checks begin, and running ones are given up. Its reason, if a text, tells why. */
  signal?: AbortSignal;
  /** The recordings of all checks that have begun, those that still run, too. Filled by the run. */
  recordings?: Recording[];
  /** Called when a check has ended, and not for those that were given up. */
  onResult?(result: CheckResult): void;
}

/** How long each step waits by default, in milliseconds. */
export const DEFAULT_TIMEOUT = 5000;

/** @returns the results in the order of the checks, also of those that were given up; without those that never began */
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
    results[index] = result;
    if (options.signal?.aborted) return;
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
  options.recordings?.push(scene.recording);
  const started = performance.now();
  const outcome = await judge(check, scene, options.signal);
  await scene.close(options.signal?.aborted);
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

type Outcome = Pick<CheckResult, "verdict" | "failure" | "problem" | "reason" | "packet">;

async function judge(check: Check, scene: Scene, signal: AbortSignal | undefined): Promise<Outcome> {
  const { transcript } = scene;
  try {
    await orAborted(check.run(scene), signal);
    scene.assertNothingUnread();
  } catch (error) {
    if (error instanceof StepFailure) return failed(check, scene, error);
    if (error instanceof CouldNotRun)
      return { verdict: "could-not-run", problem: error.message, reason: error.message };
    // This is a bug of the check itself, so it says nothing about the program.
    return { verdict: "could-not-run", problem: `${check.id}: ${String(error)}` };
  }
  if (transcript.observations > 0) return { verdict: "passed" };
  return { verdict: "could-not-run", problem: `${check.id} has observed nothing, so it cannot have passed` };
}

function failed(check: Check, scene: Scene, error: StepFailure): Outcome {
  const { details } = error;
  const { transcript, recording } = scene;
  const { expected, received, exact = false, labels, lastWords } = details;
  const step = transcript.failedStep ?? transcript.steps.at(-1) ?? "at the end";
  const sent = details.sent ?? sentBefore(scene, step);
  const likelyCause = likelyCauseOf(check, details, step, error.isInPreparation);
  const packet = details.port === undefined ? undefined : recording.lastPacket(details.port);
  const reason = details.reason ?? silence(check, scene, error, step);
  return {
    verdict: "failed",
    failure: {
      step,
      ...(sent === undefined ? {} : { sent }),
      expected,
      received,
      exact,
      ...(labels === undefined ? {} : { labels }),
      ...(lastWords === undefined ? {} : { lastWords }),
      ...(likelyCause === undefined ? {} : { likelyCause }),
      clause: clauseOf(check),
    },
    ...(reason === undefined ? {} : { reason }),
    ...(packet === undefined ? {} : { packet }),
  };
}

/** What was sent last, behind the name of who sent it, unless the step is about the same actor. */
function sentBefore({ transcript: { lastSent } }: Scene, step: string): string | undefined {
  if (lastSent === undefined) return undefined;
  const { text, by } = lastSent;
  const isSame = step.startsWith(`${by} `) || step.startsWith(`the connection of ${by} `);
  return isSame ? text : `${by}: ${text}`;
}

/**
 * The reason of a check that did not come to its subject because the program was silent: the check has heard nothing at
 * all, or waited in vain for what many checks begin with.
 */
function silence(
  { of }: Check,
  { transcript }: Scene,
  { details, isInPreparation }: StepFailure,
  step: string,
): string | undefined {
  if ((of !== "server" && of !== "client" && of !== "peer") || details.came !== "nothing") return undefined;
  if (transcript.observations === 0) return `nothing came from the ${of} at all`;
  return isInPreparation ? `in vain: ${step}` : undefined;
}

/** @throws CouldNotRun when the signal is aborted before the check is done */
async function orAborted(run: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return run;
  let stop = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(new CouldNotRun(typeof signal.reason === "string" ? signal.reason : "given up"));
  });
  aborted.catch(() => {}); // It may be aborted when the check is done already.
  if (signal.aborted) stop();
  setMaxListeners(0, signal); // Several checks listen at the same time.
  signal.addEventListener("abort", stop, { once: true });
  try {
    await Promise.race([run, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
