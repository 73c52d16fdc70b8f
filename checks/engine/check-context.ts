// What every actor of a check knows of the check that it takes part in.

import type { Recording } from "./recording.ts";
import type { Transcript } from "./transcript.ts";

export interface CheckContext {
  readonly transcript: Transcript;
  readonly recording: Recording;
  /** How long to wait for anything, in milliseconds. */
  readonly timeout: number;
  /**
   * What is said of programs that have ended in the meantime; empty if they all run.
   * @param lost whether a connection was lost: then a program may be about to end
   */
  lastWords(lost?: boolean): Promise<string>;
  /** Whether one of the programs computes, as far as can be told, instead of waiting for us. */
  anyBusy(): Promise<boolean>;
  /** Whether any of the programs has ended. */
  readonly hasEnded: boolean;
  /** Fulfilled when any of the programs ends. */
  anyEnd(): Promise<void>;
}
