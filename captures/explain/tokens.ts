// Recognises the Fernet tokens of stage 05 by their form, and what they say to everybody: their time and length (P8.4).
// What is in them, only who has their key can tell. Pure.

/** What a token says without its key. */
export interface Token {
  /** When it was made, as its maker says, in seconds since 1970-01-01, UTC: from 2^53 on rounded. */
  seconds: number;
  ciphertext: Buffer;
}

const VERSION = 0x80;
/** Before the ciphertext: the version, the time, and the initialization vector; behind it, the MAC. In bytes. */
const TIME_AT = 1;
const IV_AT = 9;
const CIPHERTEXT_AT = 25;
const MAC_BYTES = 32;
const BLOCK_BYTES = 16;

/** The shortest token, with one block, and the longest that a frame can hold (P9.1), in characters. */
const SHORTEST = 100;
const LONGEST = 262_144;

/** Bytes that are text of the one spelling that a token has; undefined for all others. */
export function tokenOf(text: Buffer): Token | undefined {
  const bytes = decoded(text);
  if (bytes === undefined) return undefined;
  const ciphertext = bytes.subarray(CIPHERTEXT_AT, bytes.length - MAC_BYTES);
  if (bytes[0] !== VERSION || ciphertext.length === 0 || ciphertext.length % BLOCK_BYTES !== 0)
    return undefined;
  return { seconds: Number(bytes.readBigUInt64BE(TIME_AT)), ciphertext };
}

/** Padded base64url (RFC 4648, section 5) in its one spelling. */
function decoded(text: Buffer): Buffer | undefined {
  if (text.length < SHORTEST || text.length > LONGEST || text.length % 4 !== 0) return undefined;
  const written = text.toString("latin1");
  if (!/^[A-Za-z0-9_-]+={0,2}$/.test(written)) return undefined;
  const bytes = Buffer.from(written, "base64url");
  const again = bytes.toString("base64url");
  return again.padEnd(text.length, "=") === written && bytes.length >= CIPHERTEXT_AT + MAC_BYTES
    ? bytes
    : undefined;
}

/** Whether bytes may be the beginning of a token: its version, and a time before the year 2106. */
export function beginsAsToken(bytes: Buffer): boolean {
  return bytes.toString("latin1", 0, 6) === "gAAAAA" && /^[A-Za-z0-9_=-]+$/.test(bytes.toString("latin1", 6));
}

/** `2025-11-28 20:00:05 UTC`; of a time that no calendar has, the number of seconds. */
export function timeOfToken(seconds: number): string {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return `${seconds} s after 1970`;
  return `${date.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/**
 * The parts of a token, as characters of its text. Four characters hold three bytes, so the parts behind the time begin
 * and end inside of characters: such a character is counted to the part that begins in it.
 */
export function tokenParts(
  text: Buffer,
): { bytes: Buffer; label: string; part: { of: "token"; name: string } }[] | undefined {
  const token = tokenOf(text);
  if (token === undefined) return undefined;
  const at = (byte: number): number => Math.floor((byte * 4) / 3);
  const [time, iv] = [at(IV_AT), at(CIPHERTEXT_AT)];
  const mac = at(CIPHERTEXT_AT + token.ciphertext.length);
  return [
    {
      bytes: text.subarray(0, time),
      label: `token: version 0x80, and its time in clear, ${timeOfToken(token.seconds)}`,
      part: { of: "token", name: "time" },
    },
    {
      bytes: text.subarray(time, iv),
      label: "token: initialization vector, 16 random bytes",
      part: { of: "token", name: "iv" },
    },
    {
      bytes: text.subarray(iv, mac),
      label: `token: ciphertext, ${token.ciphertext.length} bytes of AES-128-CBC`,
      part: { of: "token", name: "ciphertext" },
    },
    {
      bytes: text.subarray(mac),
      label: "token: MAC, 32 bytes of HMAC-SHA256 that nobody without the key can compute",
      part: { of: "token", name: "mac" },
    },
  ];
}
