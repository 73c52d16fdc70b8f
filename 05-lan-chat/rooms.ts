// Rooms: a name and a list of members, signed by their maker (P9.10). Pure.

import type { Identity } from "./identity.ts";

export interface Room {
  /** The maker's fingerprint, a dot, and 16 hexadecimal digits. */
  id: string;
  name: string;
  /** The fingerprints of 2 to 16 members, the maker among them. */
  members: string[];
  /** Counts from 1. */
  version: number;
}

/** A room as it is sent: the body is signed and checked as the text that came. */
export interface SignedRoom extends Room {
  body: string;
  signature: string;
}

export declare function makeRoom(maker: Identity, room: Room): SignedRoom;
/** Checks the form, the maker's key and the signature; undefined if anything is wrong. */
export declare function parseRoom(body: unknown, signature: unknown): SignedRoom | undefined;
/** The names of rooms as the user sees them: the first of a name has it, every other has `#` and part of its id. */
export declare function shownRooms(rooms: readonly { id: string; name: string }[]): Map<string, string>;
