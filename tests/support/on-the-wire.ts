// Tests over the wire, with the actors of the checks (checks/engine): the programs of a stage, and whoever the test plays.

import { expect } from "chai";
import type { StageNumber } from "../../checks/engine/place.ts";
import { type Place, referencePlace } from "../../checks/engine/place.ts";
import { Pool } from "../../checks/engine/pool.ts";
import type { ProgramUnderTest } from "../../checks/engine/program-under-test.ts";
import { Scene } from "../../checks/engine/scene.ts";
import { CouldNotRun, StepFailure } from "../../checks/engine/step-failure.ts";
import { within } from "../../checks/engine/transcript.ts";

/** How long to wait for anything, in milliseconds: much longer than it ever takes, even on a busy machine. */
export const DEADLINE = 30_000;

/** The seed of this run: SEED brings an earlier one back. */
export const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 32));

/** How many of the last steps a failure shows: there may be thousands. */
const LAST_STEPS = 30;

/** What defines a test that gets a scene. */
export type TestOnTheWire = (title: string, run: (scene: Scene) => Promise<void>) => void;

/**
 * Stands for mocha's `it` in a `describe`. Its servers are lent from test to test, and end after the last one.
 * @param stage whose programs they are
 * @param serverOptions with which each of its servers is started
 */
export function testsOf(stage: StageNumber, serverOptions: readonly string[] = []): TestOnTheWire {
  return testsIn({ ...referencePlace(stage), serverOptions });
}

/** The same with programs that may be others than ours. */
export function testsIn(place: Place): TestOnTheWire {
  const pool = new Pool();
  let scene: Scene | undefined;
  // Not at the end of the test: a test that takes too long has none.
  afterEach(async () => {
    await scene?.close();
    scene = undefined;
  });
  after(() => pool.close());
  return (title, run) => {
    it(title, async () => {
      scene = new Scene(place, pool, { timeout: DEADLINE, seed: String(SEED) });
      await runIn(scene, run);
    });
  };
}

/** Another scene, with other programs, that ends with this one. */
export function sceneBeside(scene: Scene, place: Place): Scene {
  const pool = new Pool();
  const other = new Scene(place, pool, { timeout: DEADLINE, seed: String(SEED) });
  scene.afterwards(async () => {
    await other.close();
    await pool.close();
  });
  return other;
}

/** Runs a test, after which nothing may be left unread. */
async function runIn(scene: Scene, run: (scene: Scene) => Promise<void>): Promise<void> {
  try {
    await run(scene);
    await scene.step("nothing is left unread", () => scene.assertNothingUnread());
  } catch (error) {
    throw told(error, scene);
  }
}

/** An error; that of a step as one that says which step of the scene's it was, and what came before it. */
function told(error: unknown, { transcript }: Scene): unknown {
  const { failedStep, steps } = transcript;
  if (failedStep === undefined || !(error instanceof StepFailure || error instanceof CouldNotRun))
    return error;
  const lines = [
    `step: ${failedStep}`,
    ...(error instanceof StepFailure
      ? [`expected: ${error.details.expected}`, `received: ${error.details.received}`]
      : [`could not run: ${error.message}`]),
    `seed ${SEED}; the last steps:`,
    ...steps.slice(-LAST_STEPS).map((step) => `  - ${step}`),
  ];
  return new Error(lines.join("\n"), { cause: error });
}

/** Options of a registry that pings nobody while a test runs: so that no ping comes between two lines. */
export const QUIET: readonly string[] = ["--heartbeat", "600"];

/** The lines of a program's standard output that begin like this. */
export function shown(program: ProgramUnderTest, beginning: string): string[] {
  return program.lines.filter((line) => line.startsWith(beginning));
}

/** Sends a program a signal, and expects it to end by itself, with exit code 0. */
export async function endsAtSignal(
  scene: Scene,
  program: ProgramUnderTest,
  signal: "SIGINT" | "SIGTERM",
): Promise<void> {
  await program.signal(signal);
  await scene.step(`${program.name} ends`, () => {
    const late = (): Error => new StepFailure({ expected: "its end", received: "it still runs" });
    return within(scene.timeout, program.ended, late);
  });
  // Signals do not exist on Windows: there the process is ended from outside, without an exit code.
  expect(program.code).to.equal(process.platform === "win32" ? null : 0);
}
