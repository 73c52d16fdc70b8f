// The transcript of a check. Each step adds its description before it begins.

import { patientTimeout } from "../../programs/patience.ts";
import { CouldNotRun, StepFailure } from "./step-failure.ts";

/** What was sent to a program. */
export interface Sent {
  text: string;
  /** Who sent it, by the checker's name. */
  by: string;
}

export class Transcript {
  readonly steps: string[] = [];
  /** How many times a step has seen something from the program. A check that has seen nothing must not pass. */
  observations = 0;
  /** What was sent last. */
  lastSent: Sent | undefined;
  /** The step that failed. */
  failedStep: string | undefined;

  /** Executes a step, and adds its description. */
  async step<Value>(description: string, action: () => Value | Promise<Value>): Promise<Value> {
    this.steps.push(description);
    try {
      return await action();
    } catch (error) {
      if (error instanceof StepFailure || error instanceof CouldNotRun) this.failedStep ??= description;
      throw error;
    }
  }

  /** Executes steps that only prepare what a check is about. */
  async preparing<Value>(action: () => Promise<Value>): Promise<Value> {
    try {
      return await action();
    } catch (error) {
      if (error instanceof StepFailure) error.isInPreparation = true;
      throw error;
    }
  }

  /** Notes that a step has seen something from the program. */
  observe(): void {
    this.observations += 1;
  }
}

/**
 * Waits for a promise, but no longer than a limit.
 * @param milliseconds the limit
 * @param late makes the error to throw when the limit is over
 */
export async function within<Value>(
  milliseconds: number,
  promise: Promise<Value>,
  late: () => Error,
): Promise<Value> {
  let cancel = (): void => {};
  try {
    return await Promise.race([
      promise,
      new Promise<never>((_, reject) => {
        cancel = patientTimeout(() => reject(late()), milliseconds);
      }),
    ]);
  } finally {
    cancel();
  }
}
