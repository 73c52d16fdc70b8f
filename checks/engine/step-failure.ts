// A step of a check that did not go as it should: what was expected, and what came instead.

export interface FailureDetails {
  /** What had been sent just before, as it is shown. */
  sent?: string;
  expected: string;
  received: string;
  /** Whether expected and received are the same kind of thing, so that their first difference can be marked. */
  exact?: boolean;
  /** The likeliest mistake, if this step knows better than the check. */
  likelyCause?: string;
  /** The local port of the connection on which it happened. */
  port?: number;
}

/** The program that is checked has done something else than it should. */
export class StepFailure extends Error {
  readonly details: FailureDetails;

  constructor(details: FailureDetails) {
    super(`expected ${details.expected}, received ${details.received}`);
    this.details = details;
  }
}

/** The check could not be made: the program does not start, say. It tells nothing about what the program does. */
export class CouldNotRun extends Error {}
