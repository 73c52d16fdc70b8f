// What the parts of the peer for trying the checks share: how texts are shown, and what letters and files know of the rest.

import type { Discovery, Known } from "./discovery.ts";
import { wrongly } from "./mistakes.ts";
import type { Sessions } from "./sessions.ts";
import type { Store } from "./store.ts";

export function show(line: string): void {
  console.log(line);
}

/** What a terminal may show (P3.4). */
export function visible(text: string): string {
  if (wrongly("shows-controls")) return text;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are just the ones that must not be shown
  return text.replace(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
}

export function isText(text: unknown): text is string {
  if (typeof text !== "string" || text === "" || Buffer.byteLength(text) > 8192) return false;
  return Buffer.from(text).toString() === text;
}

export interface Peer {
  readonly store: Store;
  readonly sessions: Sessions;
  readonly discovery: Discovery;
  shown(fingerprint: string): string;
  known(fingerprint: string): Known | undefined;
}
