// The known answers for sessions of stage 05, and the keys that they were made with.

import { readFileSync } from "node:fs";
import type { Role } from "../../05-lan-chat/hello.ts";
import { type Identity, identityOf } from "../../05-lan-chat/identity.ts";

export interface KnownToken {
  sender: Role;
  plaintext: string;
  token: string;
}

export interface KnownSession {
  initiator: string;
  responder: string;
  initiatorPrivate: string;
  responderPrivate: string;
  hellos: [string, string];
  helloTokens: [string, string];
  frames: [string, string];
  sharedSecret: string;
  salt: string;
  keys: { initiator: string; responder: string };
  proofs: [KnownToken, KnownToken];
  refusedProofs: { name: string; sender: Role; plaintext: string | null; token: string }[];
  records: KnownToken[];
  safetyNumber: string;
}

interface Vectors {
  keys: Record<string, { pem: string; fingerprint: string; spki: string }>;
  teamKeys: { team: string; key: string }[];
  sessions: KnownSession[];
  wrongCallee: KnownSession;
  safetyNumbers: { one: string; other: string; number: string }[];
}

export const LAN = JSON.parse(
  readFileSync(new URL("../vectors/lan.json", import.meta.url), "utf8"),
) as Vectors;

/** The team of all known sessions, and its key. */
export const TEAM = "rocket";
export const TEAM_KEY = Buffer.from(
  LAN.teamKeys.find(({ team }) => team === TEAM)?.key ?? "no such team",
  "hex",
);

/** One of the known identities: alice, bob, carol or mallory. */
export function knownIdentity(name: string): Identity {
  const identity = identityOf(LAN.keys[name]?.pem ?? "");
  if (identity === undefined) throw new Error(`no identity ${name}`);
  return identity;
}

/** The other one of the two roles. */
export function otherRole(role: Role): Role {
  return role === "initiator" ? "responder" : "initiator";
}
