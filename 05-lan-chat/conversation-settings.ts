// What the parts of the conversations share: the history, our key, and ways to the rest of the program.

import type { GatheredWrites } from "./gathered-writes.ts";
import type { History } from "./history.ts";
import type { Identity } from "./identity.ts";
import type { Session } from "./sessions.ts";
import type { TrustedKey } from "./trust.ts";

/** What the conversations need from the rest of the program. */
export interface ConversationsSettings {
  history: History;
  identity: Identity;
  /** Our own name, as rooms list it. */
  name: string;
  /** The data folder. Files that come are kept in its folder `files`. */
  dir: string;
  /** The name that the user knows a key by (P8.10). */
  shown: (fingerprint: string) => string;
  /** The session that there is with a key. */
  sessionOf: (fingerprint: string) => Session | undefined;
  /** The keys of all peers that are active (P8.9). */
  activePeers: () => string[];
  /** Calls a key if there is no session; undefined if it does not answer within 5 s, or must not be called now (P9.4). */
  reach: (fingerprint: string) => Promise<Session | undefined>;
  /** What is kept of a key (P9.5): letters are written to, and read from, those that are pinned. */
  trusted: (fingerprint: string) => TrustedKey | undefined;
  /** Prints one event, a line of P9.12. */
  show: (event: string) => void;
  /** Prints a note that is no event: it goes to standard error. */
  note: (line: string) => void;
  /** The time in milliseconds since 1970. */
  now: () => number;
  /** A clock for pauses, in milliseconds, that nobody sets: `now` unless told otherwise. */
  elapsed?: () => number;
  /** Runs work when the program turns to the next event: setImmediate unless told otherwise. */
  later?: (work: () => void) => void;
}

/** The same for the parts of the conversations: they write together, too. */
export interface Surroundings extends ConversationsSettings {
  writes: GatheredWrites;
  elapsed: () => number;
}

/** The session with a peer, made if there is none; undefined if that fails for whatever reason. */
export async function sessionWith(
  { sessionOf, reach }: Pick<ConversationsSettings, "sessionOf" | "reach">,
  fingerprint: string,
): Promise<Session | undefined> {
  const session = sessionOf(fingerprint);
  if (session?.isOpen) return session;
  try {
    return await reach(fingerprint);
  } catch {
    return undefined;
  }
}
