// The error of a failed step: what was expected, and what was received.

export interface FailureDetails {
  /** What had been sent before, as people see it. */
  sent?: string;
  expected: string;
  received: string;
  /** Whether expected and received can be compared, so that their first difference is marked. */
  exact?: boolean;
  /** The likeliest mistake, if this step knows better than the check. */
  likelyCause?: string;
  /** The local port of the connection that failed. */
  port?: number;
}

/** The checked program has done something wrong. */
export class StepFailure extends Error {
  readonly details: FailureDetails;

  constructor(details: FailureDetails) {
    super(`expected ${details.expected}, received ${details.received}`);
    this.details = details;
  }
}

/** The check could not be made, for example because the program does not start. It says nothing about the program. */
export class CouldNotRun extends Error {}
