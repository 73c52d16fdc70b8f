// A card, handed over in person: who shows it, and a secret for the two of them (P10.2).

import { type Bytes, concat, isEqual, toHex, toUtf8 } from "./bytes.ts";
import { KEY_BYTES, randomBytes, sha256 } from "./cryptography.ts";
import { isId } from "./identity.ts";

/** What a card says. */
export interface Card {
  /** The id of who shows it. */
  readonly id: string;
  /** 32 bytes. Who has read them is who was there. */
  readonly secret: Bytes;
}

/** How long a card that nobody has used may be used, in milliseconds, by the clock of who shows it. */
export const CARD_LIFETIME = 15 * 60 * 1000;

const PREFIX = "P2P06";
const CARD_LABEL = toUtf8("p2p-chat 06 card");
const HINT_LABEL = toUtf8("p2p-chat 06 hint");
const CHECK_BYTES = 3;
const CODE_LENGTH = 56;
const HINT_BYTES = 8;

/** Nobody types more. A card has 78 characters, and one may stand between any two of them. */
const LONGEST_TEXT = 1000;

/** Crockford's base32: no I, L, O and U, which are taken for 1, 1, 0 and V. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** Blanks, tabs, line ends, no-break spaces and dashes mean nothing, wherever they stand. */
const MEANINGLESS = /[ \t\r\n\u00a0\u202f\ufeff\u002d\u2010-\u2015]/g;

/** A card for one contact, with a secret that nobody can guess. */
export function makeCard(id: string): Card {
  return { id, secret: randomBytes(KEY_BYTES) };
}

/** The card as text, as a QR code holds it: 78 characters. */
export async function formatCard(card: Card): Promise<string> {
  return `${PREFIX}:${card.id}:${toBase32(concat(card.secret, await checkOf(card)))}`;
}

/** The text as people read it: the code in groups of four. */
export function groupCard(text: string): string {
  const code = text.lastIndexOf(":") + 1;
  return text.slice(0, code) + text.slice(code).replace(/.{4}(?=.)/g, "$& ");
}

/**
 * Reads what somebody typed, pasted or scanned.
 * @returns the card, or one sentence for the user: what is wrong, and what to do
 */
export async function parseCard(text: string): Promise<Card | { problem: string }> {
  if (text.length > LONGEST_TEXT)
    return { problem: "This text is too long for a card. Copy only the card, from P2P06 to its end." };
  const bare = text.replaceAll(MEANINGLESS, "");
  // Before any letter is made a capital: the dotless i and the long s would become I and S.
  if (/[^\x21-\x7e]/.test(bare))
    return {
      problem: "The card holds a character that no card has. Type it with plain letters and digits only.",
    };
  const [prefix = "", id = "", code = "", ...rest] = bare.toUpperCase().split(":");
  if (asDigits(prefix) !== PREFIX)
    return { problem: "This is not a card: a card begins with P2P06. Copy it from its first character on." };
  if (bare.split(":").length < 3 || rest.length > 0)
    return {
      problem: "A card has three parts with a colon between them: P2P06, a number, a code. Copy it again.",
    };
  if (!isId(id)) return { problem: "The number on the card must have 15 digits. Compare it with the card." };
  return readCode(id, asDigits(code));
}

// BEGIN SOLUTION 06-card
/** What people take for a digit is that digit: O for 0, I and L for 1. @param text in capitals */
function asDigits(text: string): string {
  return text.replaceAll("O", "0").replaceAll(/[IL]/g, "1");
}

/**
 * Reads the code of a card, and compares its check bytes with the id and the secret.
 * @param code in capitals, with digits for what looks like them
 * @returns the card, or one sentence for the user: what is wrong, and what to do
 */
async function readCode(id: string, code: string): Promise<Card | { problem: string }> {
  const wrong = [...code].find((character) => !ALPHABET.includes(character));
  if (wrong !== undefined) return { problem: strangeCharacter(wrong) };
  if (code.length !== CODE_LENGTH) return { problem: wrongLength(code.length) };
  let number = 0n;
  for (const character of code) number = (number << 5n) | BigInt(ALPHABET.indexOf(character));
  const bytes = bytesOf(number, KEY_BYTES + CHECK_BYTES);
  const card = { id, secret: bytes.slice(0, KEY_BYTES) };
  const isRight = isEqual(bytes.subarray(KEY_BYTES), await checkOf(card));
  return isRight ? card : { problem: WRONG_CHARACTER };
}
// END SOLUTION 06-card

/** What tells which card is meant and gives nothing of its secret away: 16 hexadecimal digits in lower case (P10.6). */
export async function hintOf(secret: Bytes): Promise<string> {
  return toHex((await sha256(HINT_LABEL, secret)).subarray(0, HINT_BYTES));
}

async function checkOf(card: Card): Promise<Bytes> {
  return (await sha256(CARD_LABEL, toUtf8(card.id), card.secret)).slice(0, CHECK_BYTES);
}

/** 35 bytes are 56 characters exactly: no bits are left over. */
function toBase32(bytes: Bytes): string {
  const number = BigInt(`0x${toHex(bytes)}`);
  return Array.from({ length: CODE_LENGTH }, (_, index) => {
    const shift = BigInt(5 * (CODE_LENGTH - 1 - index));
    return ALPHABET.charAt(Number((number >> shift) & 31n));
  }).join("");
}

/** The number in so many bytes, big-endian. */
function bytesOf(number: bigint, length: number): Bytes {
  return Uint8Array.from({ length }, (_, index) =>
    Number((number >> BigInt(8 * (length - 1 - index))) & 0xffn),
  );
}

const WRONG_CHARACTER = "A character of the card is wrong. Compare its number and its code, and correct it.";

function strangeCharacter(character: string): string {
  return `The code on the card cannot hold the character ${character}. Compare it with the card.`;
}

function wrongLength(length: number): string {
  return `The code on the card has ${CODE_LENGTH} characters, and here are ${length}. Compare it with the card.`;
}
