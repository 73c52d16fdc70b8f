// The error of a failed step: what was expected, and what was received.

/**
 * What came instead of what was expected: something else; nothing, although the program had all the time of a step; the
 * end of the connection or of the program; or an error that a function has thrown.
 */
export type Came = "different" | "nothing" | "ended" | "thrown";

export interface FailureDetails {
  /** What had been sent before, as people see it. */
  sent?: string;
  expected: string;
  received: string;
  /** Whether expected and received can be compared, so that their first difference is marked. */
  exact?: boolean;
  /** Default: different. */
  came?: Came;
  /**
   * How the two texts are called, in at most nine characters each. Default: expected and received. If two answers of a
   * program must be the same, neither is wrong by itself: then these are "one" and "another", say.
   */
  labels?: readonly [string, string];
  /** How programs have ended, or what they have printed on standard error: lines for people. */
  lastWords?: string;
  /** The mistake that leads to just this failure, if the step knows it. */
  likelyCause?: string;
  /** Why the step failed, in a sentence, if other checks fail for the same reason: then it is told once. */
  reason?: string;
  /** The local port of the connection that failed. */
  port?: number;
}

/** The checked program has done something wrong. */
export class StepFailure extends Error {
  readonly details: FailureDetails;
  /** Whether the step only prepared what the check is about: then the check cannot know the cause. */
  isInPreparation = false;

  constructor(details: FailureDetails) {
    super(`expected ${details.expected}, received ${details.received}`);
    this.details = details;
  }
}

/** The check could not be made, for example because the program does not start. It says nothing about the program. */
export class CouldNotRun extends Error {}
