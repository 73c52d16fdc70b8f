// What a check has done so far. Each step describes itself here before it is executed.

import { patientTimeout } from "../../programs/patience.ts";
import { CouldNotRun, StepFailure } from "./step-failure.ts";

export class Transcript {
  readonly steps: string[] = [];
  /** How often something came from the program: a check without that has seen nothing, and must not pass. */
  observations = 0;
  /** What was sent last. */
  lastSent: string | undefined;
  /** The step that failed. */
  failedStep: string | undefined;

  /** Executes a step under its description. */
  async step<Value>(description: string, action: () => Value | Promise<Value>): Promise<Value> {
    this.steps.push(description);
    try {
      return await action();
    } catch (error) {
      if (error instanceof StepFailure || error instanceof CouldNotRun) this.failedStep ??= description;
      throw error;
    }
  }

  /** Something came from the program. */
  observe(): void {
    this.observations += 1;
  }
}

/**
 * Waits for a promise, but no longer than a time.
 * @param milliseconds the limit
 * @param late what is thrown when it is over
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
