// Hellos: the first token of each side, under the team key (P9.2). They carry the keys of Diffie-Hellman, and names that
// are only claims. Pure.

import { parseAddress } from "./addresses.ts";
import { isPeerName } from "./beacons.ts";
import { parsePublicKey } from "./diffie-hellman.ts";
import { modp2048 } from "./groups.ts";
import { decodeHex } from "./hexadecimal.ts";
import { isFingerprint } from "./identity.ts";
import { encodeInteger } from "./integers.ts";
import { parseText } from "./sealed-tokens.ts";

/** Who calls is the initiator; who is called, the responder. */
export type Role = "initiator" | "responder";

export const NONCE_BYTES = 16;

/** What a hello says. Nothing of it is proved. */
export interface Hello {
  from: string;
  team: string;
  /** Where its sender listens, HOST:PORT. */
  address: string;
  /** The fingerprint of the key that is called; empty if only an address is known, and from the responder. */
  to: string;
  /** 32 hexadecimal digits. */
  nonce: string;
  /** The public key of Diffie-Hellman, in group modp2048. */
  publicKey: bigint;
}

/** The JSON text that goes into the token. */
export function helloText(hello: Hello): string {
  const { from, team, address, to, nonce } = hello;
  const publicKey = encodeInteger(hello.publicKey, modp2048.bytes).toString("hex");
  const group = modp2048.name;
  return JSON.stringify({ type: "hello", stage: "05", from, team, address, to, nonce, group, publicKey });
}

/**
 * Checks a hello that came (P9.2, P4.4).
 * @param sender who must have sent it: the initiator's hello may name a key, the responder's does not
 * @returns undefined if anything is wrong with it
 */
export function parseHello(plaintext: Buffer, sender: Role, team: string): Hello | undefined {
  const object = parseText(plaintext);
  if (object?.type !== "hello" || object.stage !== "05" || object.team !== team) return undefined;
  const { from, address, to, nonce, group } = object;
  if (!isPeerName(from) || typeof address !== "string" || parseAddress(address) === undefined)
    return undefined;
  if (to !== "" && !(sender === "initiator" && isFingerprint(to))) return undefined;
  if (typeof nonce !== "string" || decodeHex(nonce)?.length !== NONCE_BYTES) return undefined;
  if (group !== modp2048.name) return undefined;
  const publicKey = publicKeyIn(object.publicKey);
  return publicKey === undefined ? undefined : { from, team, address, to, nonce, publicKey };
}

function publicKeyIn(value: unknown): bigint | undefined {
  try {
    return parsePublicKey(value, modp2048);
  } catch {
    return undefined; // Not from 2 to p - 2, or not spelled in 512 lower-case digits.
  }
}
