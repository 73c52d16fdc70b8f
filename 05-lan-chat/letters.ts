// Letters: messages for somebody who is away, sealed for them and carried by others (P9.8). Pure.
//
// A fresh Fernet key seals the text, RSA-OAEP seals that key for the reader, and the writer signs all of it. So no carrier
// can read it or change it. But whoever gets the reader's private key, even years later, can read every letter that was
// ever recorded: letters have no forward secrecy. Sessions have it.

import { isUtf8 } from "node:buffer";
import { randomBytes } from "node:crypto";
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { decryptToken, encryptToken, FERNET_KEY_BYTES } from "./fernet.ts";
import {
  type Identity,
  isFingerprint,
  isSignedBy,
  openSealedKey,
  type PublicIdentity,
  sealKey,
  sign,
} from "./identity.ts";
import { isCount, isId, isText, parseBody } from "./texts.ts";

/** Stands before the body in what is signed, so that no signature of another kind can serve for a letter. */
const LABEL = "p2p-mesh 05 letter";

/** The most bytes of one letter, body and signature (P9.8). */
export const MAX_LETTER_BYTES = 65_536;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** How old a letter may be for a carrier, and how far ahead; how old for its reader. In milliseconds (P9.8). */
const CARRIED_FOR = 7 * DAY;
const CARRIED_AHEAD = HOUR;
const READ_FOR = 8 * DAY;

/** A letter as it is handed over. The body is signed and checked as the text that came, never as JSON written anew. */
export interface Letter {
  body: string;
  /** Base64. */
  signature: string;
  /** The fingerprint of the reader. */
  to: string;
  /** The fingerprint of the writer. */
  from: string;
  id: string;
  /** When it was written, in milliseconds. */
  sent: number;
}

/** What lies in a letter: a message, or the acknowledgement of a letter that came the other way. */
export type LetterContent = { type: "message"; text: string } | { type: "ack"; of: string };

/**
 * Writes a letter.
 * @param sent the time in milliseconds
 * @param key a fresh Fernet key, given only by tests
 */
export function makeLetter(
  from: Identity,
  to: PublicIdentity,
  content: LetterContent,
  id: string,
  sent: number,
  key: Buffer = randomBytes(FERNET_KEY_BYTES),
): Letter {
  const parties = { from: from.fingerprint, to: to.fingerprint, id };
  const { type, ...rest } = content;
  const plaintext = Buffer.from(JSON.stringify({ type, ...parties, ...rest }));
  const body = JSON.stringify({
    to: to.fingerprint,
    from: from.fingerprint,
    id,
    sent,
    key: encodeBase64(sealKey(to, key)),
    token: encryptToken(key, plaintext, Math.floor(sent / 1000)),
  });
  return { ...parties, sent, body, signature: encodeBase64(sign(from, LABEL, Buffer.from(body))) };
}

/** Checks the form of what was handed over: who may have written it for whom. @returns undefined if it is no letter */
export function parseLetter(body: unknown, signature: unknown): Letter | undefined {
  if (typeof body !== "string" || typeof signature !== "string") return undefined;
  const members = parseBody(body);
  if (members === undefined) return undefined;
  const { to, from, id, sent } = members;
  if (!isFingerprint(to) || !isFingerprint(from) || !isId(id) || !isCount(sent)) return undefined;
  return { body, signature, to, from, id, sent };
}

/** The bytes that a letter takes on a carrier's disk. */
export function sizeOfLetter(letter: Letter): number {
  return Buffer.byteLength(letter.body) + Buffer.byteLength(letter.signature);
}

/** Says whether the writer of a letter has signed it. */
export function isSignedLetter(letter: Letter, from: PublicIdentity): boolean {
  const signature = decodeBase64(letter.signature);
  if (signature === undefined || letter.from !== from.fingerprint || !letter.body.isWellFormed())
    return false;
  return isSignedBy(from, LABEL, Buffer.from(letter.body), signature);
}

/** Says whether a carrier still, or already, takes a letter of this age. */
export function isCarriedAt(letter: { sent: number }, now: number): boolean {
  return letter.sent >= now - CARRIED_FOR && letter.sent <= now + CARRIED_AHEAD;
}

/** Says whether the reader still shows a letter of this age: a day longer than it is carried. */
export function isReadAt(letter: { sent: number }, now: number): boolean {
  return letter.sent >= now - READ_FOR;
}

/**
 * Opens a letter to us. What says from, to and id inside must equal what stands outside: else somebody could put
 * their own name and signature on what another has sealed.
 * @returns undefined for whatever is wrong with it
 */
export function openLetter(
  letter: Letter,
  reader: Identity,
  from: PublicIdentity,
): LetterContent | undefined {
  if (letter.to !== reader.fingerprint || !isSignedLetter(letter, from)) return undefined;
  const { key, token } = parseBody(letter.body) ?? {};
  const sealed = decodeBase64(key);
  if (sealed === undefined || typeof token !== "string") return undefined;
  const opened = openSealedKey(reader, sealed);
  if (opened?.length !== FERNET_KEY_BYTES) return undefined;
  const plaintext = decryptToken(opened, token)?.plaintext;
  return plaintext === undefined ? undefined : parseContent(plaintext, letter);
}

function parseContent(plaintext: Buffer, letter: Letter): LetterContent | undefined {
  const members = isUtf8(plaintext) ? parseBody(plaintext.toString()) : undefined;
  if (members === undefined) return undefined;
  if (members.from !== letter.from || members.to !== letter.to || members.id !== letter.id) return undefined;
  if (members.type === "message" && isText(members.text)) return { type: "message", text: members.text };
  if (members.type === "ack" && isId(members.of)) return { type: "ack", of: members.of };
  return undefined;
}
