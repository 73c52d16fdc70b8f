// Opens what stage 05 seals with its team's key: beacons (P8.5) and the first frame of each side (P9.2). All else in a
// session has keys that nobody keeps. Pure, but for the time that scrypt takes.

import { decodeBase64 } from "../../05-lan-chat/base64.ts";
import { decryptToken } from "../../05-lan-chat/fernet.ts";
import { isSignedBy, parsePublicKey } from "../../05-lan-chat/identity.ts";
import { deriveTeamKey } from "../../05-lan-chat/team-key.ts";
import { type JsonLine, jsonOf } from "./protocols.ts";
import { readable } from "./readable.ts";
import type { Side, StreamLine } from "./stream-lines.ts";
import { tokenOf } from "./tokens.ts";
import type { Unsealed } from "./unsealed.ts";

/** The key of a team: 32 bytes. */
export type TeamKey = Buffer;

/**
 * From the passphrase as it stands in its file: its first line, without LF or CR LF (P8.1).
 * @returns undefined if that is empty
 */
export async function teamKeyFrom(file: string, team: string): Promise<TeamKey | undefined> {
  const [first = ""] = file.split("\n");
  const passphrase = first.replace(/\r$/, "");
  return passphrase === "" ? undefined : deriveTeamKey(passphrase, team);
}

/** A beacon, or a goodbye, as its token held it. */
export interface OpenedBeacon {
  /** The text that is signed. */
  body: Buffer;
  object: JsonLine;
  signature: "right" | "wrong";
}

/** What is in a token; undefined if it is none, or is sealed with another key. */
export function openToken(token: Buffer, teamKey: TeamKey): Buffer | undefined {
  if (tokenOf(token) === undefined) return undefined;
  return decryptToken(teamKey, token.toString("latin1"))?.plaintext;
}

/** Undefined if the plaintext is no beacon and no goodbye. */
export function beaconIn(plaintext: Buffer): OpenedBeacon | undefined {
  const { body, signature } = jsonOf(plaintext) ?? {};
  if (typeof body !== "string") return undefined;
  const object = jsonOf(Buffer.from(body));
  if (object?.type !== "beacon" && object?.type !== "bye") return undefined;
  return {
    body: Buffer.from(body),
    object,
    signature: isSigned(object, body, signature) ? "right" : "wrong",
  };
}

/** Whether the key in the beacon itself has made the signature: so its sender has that key. Whose it is, it cannot say. */
function isSigned(object: JsonLine, body: string, signature: unknown): boolean {
  const der = decodeBase64(object.key);
  const key = der === undefined ? undefined : parsePublicKey(der);
  const bytes = decodeBase64(signature);
  return (
    key !== undefined &&
    bytes !== undefined &&
    isSignedBy(key, "p2p-mesh 05 beacon", Buffer.from(body), bytes)
  );
}

/** A beacon in words. */
export function beaconWords({ object, signature }: OpenedBeacon): string {
  const kind = object.type === "bye" ? "goodbye" : "beacon";
  const seq = typeof object.seq === "number" ? object.seq : "?";
  const signed = signature === "right" ? "signed" : "wrongly signed";
  return `${kind} ${seq} of ${shown(object.name)}, ${signed}, at ${shown(object.address)}`;
}

/** The plaintext of a token under the team's key, in words. */
export function plaintextWords(plaintext: Buffer): string {
  const beacon = beaconIn(plaintext);
  return beacon === undefined ? readable(plaintext) : beaconWords(beacon);
}

/**
 * Opens the first token of each side of a session.
 * @param lines all lines of the stream, in order
 */
export function openHellos(lines: readonly StreamLine[], teamKey: TeamKey): Map<StreamLine, Unsealed> {
  const results = new Map<StreamLine, Unsealed>();
  const seen = new Set<Side>();
  for (const line of lines) {
    if (line.kind !== "line" || seen.has(line.from) || tokenOf(withoutCr(line.bytes)) === undefined) continue;
    seen.add(line.from);
    const opened = openToken(withoutCr(line.bytes), teamKey);
    results.set(
      line,
      opened === undefined ? { problem: "not sealed with this team's key" } : { line: opened },
    );
  }
  return results;
}

/** A line as it counts: a CR before the LF is dropped (P0.1). */
export function withoutCr(line: Buffer): Buffer {
  return line.at(-1) === 0x0d ? line.subarray(0, -1) : line;
}

function shown(value: unknown): string {
  return typeof value === "string" ? readable(Buffer.from(value)) : "?";
}
