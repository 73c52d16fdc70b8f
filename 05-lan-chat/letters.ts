// Letters: messages for somebody who is away, sealed for them and carried by others (P9.8). Pure.

import type { Identity, PublicIdentity } from "./identity.ts";

/** A letter as it is handed over. The body is signed and checked as the text that came, never as JSON written anew. */
export interface Letter {
  body: string;
  signature: string;
  to: string;
  from: string;
  id: string;
  /** In milliseconds. */
  sent: number;
}

export type LetterContent = { type: "message"; text: string } | { type: "ack"; of: string };

export declare function makeLetter(
  from: Identity,
  to: PublicIdentity,
  content: LetterContent,
  id: string,
  sent: number,
): Letter;
/** Checks the form of what was handed over; undefined if it is no letter. */
export declare function parseLetter(body: unknown, signature: unknown): Letter | undefined;
export declare function isSignedLetter(letter: Letter, from: PublicIdentity): boolean;
/** Opens a letter to us. @returns undefined for whatever is wrong with it */
export declare function openLetter(
  letter: Letter,
  reader: Identity,
  from: PublicIdentity,
): LetterContent | undefined;
