// The history on the disk (P9.11). The one module that knows SQL.

import type { TrustedKey } from "./trust.ts";

/** Opens the history of a data folder, and keeps every other program out of the folder until close(). @throws UserError */
export declare function openHistory(dir: string): History;

/** What is kept in DIR/history.db. Every method that writes has written to the disk when it returns. */
export declare class History {
  /** All keys that are stored, in the order in which they were first stored. */
  trustedKeys(): TrustedKey[];
  saveTrustedKey(key: TrustedKey): void;
  removeTrustedKey(fingerprint: string): void;
  /** P8.6: a session number that is greater than any that this folder has used: the time, unless that is not. */
  takeSession(now: number): number;
  /** A setting of the user that stays, such as `access`; undefined if it was never set. */
  setting(name: string): string | undefined;
  saveSetting(name: string, value: string): void;
  close(): void;
}
