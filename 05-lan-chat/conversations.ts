// What is said: messages, letters, rooms and files with every peer, over whatever session there is (P9.7 to P9.10).

import type { History } from "./history.ts";
import type { Identity } from "./identity.ts";
import type { JsonObject } from "./messages.ts";
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
  /** Calls a key if there is no session; undefined if it does not answer within 5 s. */
  reach: (fingerprint: string) => Promise<Session | undefined>;
  /** What is known of a key that is or was pinned (P9.5): letters are opened only from those. */
  trusted: (fingerprint: string) => TrustedKey | undefined;
  /** Prints one event, a line of P9.12. */
  show: (event: string) => void;
  /** Prints a note that is no event: it goes to standard error. */
  note: (line: string) => void;
  /** The time in milliseconds. */
  now: () => number;
}

/** How far a file has come, for a progress bar. */
export interface TransferProgress {
  number: number;
  direction: "in" | "out";
  fingerprint: string;
  name: string;
  size: number;
  /** Bytes that are known to be on the receiver's disk. */
  done: number;
  state: "offered" | "waiting" | "moving";
}

/** A room, as the user sees it. */
export interface ShownRoom {
  id: string;
  /** Its name, told apart from others of the same name as P8.10 does. */
  shown: string;
  members: string[];
}

/**
 * All that is said with all peers. Its owner gives it what happens (opened, closed, received, found, tick),
 * and asks it for what the user wants. Methods for the user throw a UserError with one line if it cannot be done.
 */
export declare class Conversations {
  constructor(settings: ConversationsSettings);

  /** Shows what a crash has kept from being shown or reported. Call it once, before anything is received. */
  start(): Promise<void>;
  opened(session: Session): void;
  closed(session: Session, reason?: string): void;
  /** @returns false if the object is wrong: the session has to end with `bad-record` */
  received(session: Session, object: JsonObject): boolean;
  /** A peer was found, or is back: what waits for it is sent, if need be in a session that we open. */
  found(fingerprint: string): void;
  /** Call it once a second: what has not been acknowledged in time, letters that are too old, calls to make again. */
  tick(): void;

  say(fingerprint: string, text: string): void;
  sayToAll(text: string): void;
  /** @param room its id */
  sayInRoom(room: string, text: string): void;
  writeLetter(fingerprint: string, text: string): void;

  /** Makes a room, or a new version of our own room of that name, with these members and ourselves. */
  makeRoom(name: string, fingerprints: string[]): void;
  /** The rooms that we are in. */
  rooms(): ShownRoom[];
  /** The rooms that a user can mean by what they typed: `team` or `team#F3kQ`. */
  findRooms(text: string): ShownRoom[];

  /** Offers a file. @returns its number */
  offer(fingerprint: string, path: string): Promise<number>;
  take(number: number): void;
  /** Refuses an offer, or cancels a transfer in either direction. */
  refuse(number: number): void;
  transfers(): TransferProgress[];

  /** The last n messages of both directions with a peer, oldest first, a line each. */
  historyOf(fingerprint: string, n: number): string[];
  /** Whether something waits for that peer to come back. */
  isWaiting(fingerprint: string): boolean;
  /** Stores and reports what is still on its way, and ends the transfers. The sessions are closed by their owner. */
  close(): Promise<void>;
}
