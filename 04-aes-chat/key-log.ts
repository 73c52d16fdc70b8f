// The key log: with CHATKEYLOGFILE set, the keys of each chat are appended to that file (P6.5), so that students can
// decrypt their own captures. Whoever has the file reads the chats. Nothing else in the course writes a key anywhere.

import { appendFileSync } from "node:fs";
import type { ChatKeys } from "./key-schedule.ts";
import { UserError } from "./program.ts";

/** Only the owner may read and write the file. (Windows has no such modes; there the folder's rights count.) */
const MODE = 0o600;

/**
 * Makes sure, before any chat, that the file can be written.
 * @throws UserError if it cannot
 */
export function openKeyLog(path: string): void {
  const problem = append(path, "");
  if (problem !== undefined)
    throw new UserError(`${problem}; set CHATKEYLOGFILE to another file, or not at all`);
}

/** Appends the line of one chat. If that fails, the chat goes on without, and the user is told. */
export function logKeys(path: string, transcriptHash: Buffer, keys: ChatKeys): void {
  const fields = [transcriptHash, keys.initiator, keys.responder].map((bytes) => bytes.toString("hex"));
  const problem = append(path, `P2PCHAT04 ${fields.join(" ")}\n`);
  if (problem !== undefined) console.error(`warning: ${problem}; this chat cannot be decrypted later`);
}

/** Returns what went wrong, if anything did. */
function append(path: string, text: string): string | undefined {
  try {
    appendFileSync(path, text, { mode: MODE });
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return `cannot write the key log ${path} (${code === "EISDIR" ? "it is a folder" : (code ?? String(error))})`;
  }
}
