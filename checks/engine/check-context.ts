// What all actors of a check know about their check.

import type { Recording } from "./recording.ts";
import type { FailureDetails } from "./step-failure.ts";
import type { Transcript } from "./transcript.ts";

/** Members of FailureDetails (step-failure.ts); none if there is nothing to tell. */
export type LastWords = Pick<FailureDetails, "lastWords" | "reason" | "likelyCause">;

export interface CheckContext {
  readonly transcript: Transcript;
  readonly recording: Recording;
  /** How long each step waits, in milliseconds. */
  readonly timeout: number;
  /**
   * How programs have ended, or what they have printed on standard error, for the details of a failure.
   * @param lost whether a connection was lost: then a program may end in a moment
   */
  lastWords(lost?: boolean): Promise<LastWords>;
  /** Whether one of the programs seems to compute instead of waiting for us. */
  anyBusy(): Promise<boolean>;
  /** Whether any of the programs has ended. */
  readonly hasEnded: boolean;
  /** Resolves when any of the programs ends. */
  anyEnd(): Promise<void>;
}
