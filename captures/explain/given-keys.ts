// Reads the keys that a user gives for a capture, and says where there is something that they may open. Pure, but for the time that scrypt takes.

import { isUtf8 } from "node:buffer";
import type { UdpConversation } from "../follow/conversations.ts";
import type { Stream } from "../read/packet.ts";
import { type KeyLog, parseKeyLog } from "./key-log.ts";
import { jsonOf } from "./protocols.ts";
import { linesOf, type StreamLine } from "./stream-lines.ts";
import { type TeamKey, teamKeyFrom, withoutCr } from "./team-tokens.ts";
import { tokenOf } from "./tokens.ts";

/** The largest key log that we read, and the largest file with a passphrase, an identity or a letter, in bytes. */
export const MAX_KEY_LOG_BYTES = 16_777_216;
export const MAX_SMALL_FILE_BYTES = 131_072;

/** What was given holds no key. The message is one line for the user. */
export class KeysError extends Error {}

/** @param name of the key log, for messages @throws KeysError */
export function keyLogFrom(text: string, name: string): KeyLog {
  const { keys, bad } = parseKeyLog(text);
  if (bad.length > 0) throw new KeysError(`${name}, line ${bad[0]}: not a line of a key log (P6.5)`);
  return keys;
}

/**
 * The key of a team.
 * @param file what a file with the passphrase holds: its first line counts (P8.1)
 * @param name of the file, for messages
 * @throws KeysError
 */
export async function teamKeyGiven(file: Buffer, name: string, team: string): Promise<TeamKey> {
  if (!isUtf8(file)) throw new KeysError(`${name} is not UTF-8: a passphrase is text`);
  const key = await teamKeyFrom(file.toString("utf8"), team);
  if (key === undefined) throw new KeysError(`${name} has no passphrase: its first line is empty`);
  return key;
}

/** Whether a line is one that a key log of stage 04 may open. */
export function isSealedLine(line: StreamLine): boolean {
  return line.kind === "line" && jsonOf(line.bytes)?.type === "sealed";
}

/** Whether a line is one that the key of a team of stage 05 may open. */
export function isTokenLine(line: StreamLine): boolean {
  return line.kind === "line" && tokenOf(withoutCr(line.bytes)) !== undefined;
}

export function hasSealedLine(stream: Stream): boolean {
  return linesOf(stream).some(isSealedLine);
}

export function hasToken(stream: Stream): boolean {
  return linesOf(stream).some(isTokenLine);
}

export function hasTokenInDatagram({ datagrams }: UdpConversation): boolean {
  return [...datagrams()].some(({ payload }) => tokenOf(payload) !== undefined);
}
