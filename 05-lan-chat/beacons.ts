// Beacons: the datagrams by which peers say where they are, and goodbye (P8.5). Pure.

import { isUtf8 } from "node:buffer";
import { parseAddress } from "./addresses.ts";
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { decryptToken, encryptToken } from "./fernet.ts";
import { type Identity, type PublicIdentity, sign } from "./identity.ts";
import { isUsername, nameKey } from "./messages.ts";

/** What a beacon says, without the key that says it. */
export interface BeaconContent {
  /** `bye` is a goodbye. */
  type: "beacon" | "bye";
  name: string;
  team: string;
  /** Where its sender listens. */
  address: string;
  /** When its sender was started, in milliseconds since 1970. */
  session: number;
  /** Counts the beacons of a session, from 1. */
  seq: number;
}

/** A beacon that has passed every check. */
export interface Beacon extends BeaconContent {
  key: PublicIdentity;
}

/** A beacon whose members have the right form. Nothing else is known of it: its key and signature are bytes. */
export interface BeaconClaim {
  content: BeaconContent;
  /** It says that this is its sender's SubjectPublicKeyInfo. */
  key: Buffer;
  /** The text that was signed, exactly as it came. */
  body: string;
  signature: Buffer;
}

/** The longest datagram that Ethernet carries in one piece: 1,500 bytes, less 20 of IPv4 and 8 of UDP. */
export const BEACON_MAX_BYTES = 1472;

/** What the signature of a beacon is over, besides its body. */
export const BEACON_LABEL = "p2p-mesh 05 beacon";

/** A session may be so much later than its token's time, in milliseconds (P8.6). */
export const SESSION_AHEAD_MS = 30_000;

/** P2.1, and not `all` either, which the terminal uses (P8.1). */
export function isPeerName(value: unknown): value is string {
  return isUsername(value) && nameKey(value) !== "all";
}

/** P8.1: 1 to 32 of A-Z a-z 0-9 _ -. Case counts. */
export function isTeam(value: unknown): value is string {
  return typeof value === "string" && /^[A-Za-z0-9_-]{1,32}$/.test(value);
}

/** The token that goes out as one datagram (P8.5). */
export function makeBeacon(
  content: BeaconContent,
  identity: Identity,
  teamKey: Buffer,
  nowMs: number,
): string {
  const { type, name, team, address, session, seq } = content;
  const body = JSON.stringify({ type, name, team, address, session, seq, key: encodeBase64(identity.der) });
  const signature = encodeBase64(sign(identity, BEACON_LABEL, Buffer.from(body)));
  return encryptToken(teamKey, Buffer.from(JSON.stringify({ body, signature })), Math.floor(nowMs / 1000));
}

/** The token in a datagram, and its time in seconds; undefined if it is none under the team's key (P8.4). */
export function openBeacon(
  datagram: Buffer,
  teamKey: Buffer,
): { seconds: number; plaintext: Buffer } | undefined {
  return decryptToken(teamKey, datagram.toString("latin1"));
}

/**
 * Looks at the form of everything in a token (P8.6, `shape`), and at nothing that costs more than that.
 * @param seconds the token's time, which the session must not be far ahead of
 * @returns undefined if anything is missing or has another form
 */
export function parseBeacon(plaintext: Buffer, seconds: number): BeaconClaim | undefined {
  const { body, signature } = parseJsonObject(plaintext) ?? {};
  const signatureBytes = decodeBase64(signature);
  // Half of a character has no bytes that could have been signed.
  if (typeof body !== "string" || !body.isWellFormed() || signatureBytes === undefined) return undefined;
  const { type, name, team, address, session, seq, key } = parseJsonObject(Buffer.from(body)) ?? {};
  const keyBytes = decodeBase64(key);
  if (
    (type !== "beacon" && type !== "bye") ||
    !isPeerName(name) ||
    !isTeam(team) ||
    typeof address !== "string" ||
    parseAddress(address) === undefined ||
    !isCount(session, 0) ||
    session > seconds * 1000 + SESSION_AHEAD_MS ||
    !isCount(seq, 1) ||
    keyBytes === undefined
  )
    return undefined;
  const content: BeaconContent = { type, name, team, address, session, seq };
  return { content, key: keyBytes, body, signature: signatureBytes };
}

/** An integer from the smallest to 2^53 - 1: above that, JavaScript would round it. */
function isCount(value: unknown, smallest: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= smallest;
}

function parseJsonObject(bytes: Buffer): Record<string, unknown> | undefined {
  if (!isUtf8(bytes)) return undefined;
  try {
    const value: unknown = JSON.parse(bytes.toString("utf8"));
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
