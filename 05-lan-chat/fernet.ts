// Fernet tokens (P8.4): encrypted, authenticated, and with the time at which they were made. Pure.
// The specification: https://github.com/fernet/spec/blob/master/Spec.md

/** A Fernet key has 32 bytes: 16 for the MAC, then 16 for AES. */
export const FERNET_KEY_BYTES = 32;

/** What was in a token: its time, in seconds since 1970, and its plaintext. */
export interface OpenedToken {
  seconds: number;
  plaintext: Buffer;
}

export function encryptToken(key: Buffer, plaintext: Buffer, seconds: number | bigint, iv?: Buffer): string {
  throw new Error(`not yet: ${[key, plaintext, seconds, iv]}`);
}

export function decryptToken(key: Buffer, token: string): OpenedToken | undefined {
  throw new Error(`not yet: ${[key, token]}`);
}
