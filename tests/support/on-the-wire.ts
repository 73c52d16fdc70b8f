// Defines tests over the wire with the actors of checks/engine/: a stage's programs, and the roles that a test plays.

import { expect } from "chai";
import type { StageNumber } from "../../checks/engine/place.ts";
import { type Place, referencePlace } from "../../checks/engine/place.ts";
import { Pool } from "../../checks/engine/pool.ts";
import type { ProgramUnderTest } from "../../checks/engine/program-under-test.ts";
import { Scene } from "../../checks/engine/scene.ts";
import { CouldNotRun, StepFailure } from "../../checks/engine/step-failure.ts";
import { within } from "../../checks/engine/transcript.ts";

/** How long each step waits, in milliseconds: much longer than it ever takes, even on a busy machine. */
export const DEADLINE = 30_000;

/** The seed of this run. The variable SEED repeats an earlier run. */
export const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 32));

/** How many of the last steps a failure shows, because there may be thousands. */
const LAST_STEPS = 30;

/** Defines a test that gets a scene. */
export type TestOnTheWire = (title: string, run: (scene: Scene) => Promise<void>) => void;

/**
 * Replaces mocha's `it` in a `describe`. Tests share the servers one after the other; all end after the last test.
 * @param stage the stage of the programs
 * @param serverOptions the options of every server
 */
export function testsOf(stage: StageNumber, serverOptions: readonly string[] = []): TestOnTheWire {
  return testsIn({ ...referencePlace(stage), serverOptions });
}

/** The same for programs in any place. */
export function testsIn(place: Place): TestOnTheWire {
  const pool = new Pool();
  let scene: Scene | undefined;
  // This is not at the end of the test, because a test that takes too long does not reach its end.
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

/** Another scene with other programs. It ends together with this one. */
export function sceneBeside(scene: Scene, place: Place): Scene {
  const pool = new Pool();
  const other = new Scene(place, pool, { timeout: DEADLINE, seed: String(SEED) });
  scene.afterwards(async () => {
    await other.close();
    await pool.close();
  });
  return other;
}

/** Runs a test, and fails if any bytes are left unread. */
async function runIn(scene: Scene, run: (scene: Scene) => Promise<void>): Promise<void> {
  try {
    await run(scene);
    await scene.step("nothing is left unread", () => scene.assertNothingUnread());
  } catch (error) {
    throw told(error, scene);
  }
}

/** Adds to an error of a step which step failed, and what came before it. Other errors stay as they are. */
function told(error: unknown, { transcript }: Scene): unknown {
  const { failedStep, steps } = transcript;
  if (failedStep === undefined || !(error instanceof StepFailure || error instanceof CouldNotRun))
    return error;
  const lines = [
    `step: ${failedStep}`,
    ...(error instanceof StepFailure
      ? [
          `expected: ${error.details.expected}`,
          `received: ${error.details.received}`,
          ...(error.details.lastWords === undefined ? [] : [error.details.lastWords]),
        ]
      : [`could not run: ${error.message}`]),
    `seed ${SEED}; the last steps:`,
    ...steps.slice(-LAST_STEPS).map((step) => `  - ${step}`),
  ];
  return new Error(lines.join("\n"), { cause: error });
}

/** Options of a registry that sends no pings during a test, so that none comes between two lines. */
export const QUIET: readonly string[] = ["--heartbeat", "600"];

/** The lines of a program's standard output with this beginning. */
export function shown(program: ProgramUnderTest, beginning: string): string[] {
  return program.lines.filter((line) => line.startsWith(beginning));
}

/** Sends a signal to a program, and expects that it ends by itself with exit code 0. */
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
  // Windows has no signals: there the process is ended from outside, without an exit code.
  expect(program.code).to.equal(process.platform === "win32" ? null : 0);
}
