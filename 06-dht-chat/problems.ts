// What went wrong, as a sentence for the user. No stack trace and no secret gets here.

import { StorageFull, StoreError } from "./store.ts";

const UNKNOWN = "Something went wrong in this page. Reload it; what was stored is still there.";

/** One plain sentence: what is wrong, and what to do. */
export function sentenceOf(error: unknown): string {
  return error instanceof StorageFull || error instanceof StoreError ? error.message : UNKNOWN;
}
