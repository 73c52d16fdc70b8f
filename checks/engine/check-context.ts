// What all actors of a check know about their check.

import type { Recording } from "./recording.ts";
import type { Transcript } from "./transcript.ts";

export interface CheckContext {
  readonly transcript: Transcript;
  readonly recording: Recording;
  /** How long each step waits, in milliseconds. */
  readonly timeout: number;
  /**
   * Describes the programs that have ended; empty if all are running.
   * @param lost whether a connection was lost: then a program may end in a moment
   */
  lastWords(lost?: boolean): Promise<string>;
  /** Whether one of the programs seems to compute instead of waiting for us. */
  anyBusy(): Promise<boolean>;
  /** Whether any of the programs has ended. */
  readonly hasEnded: boolean;
  /** Resolves when any of the programs ends. */
  anyEnd(): Promise<void>;
}
