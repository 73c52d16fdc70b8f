// The key log: with CHATKEYLOGFILE set, the keys of each chat are appended to that file (P6.5), so that students can
// decrypt their own captures. Whoever has the file reads the chats. Nothing else in the course writes a key anywhere.

import { appendFileSync, statSync } from "node:fs";
import type { ChatKeys } from "./key-schedule.ts";
import { UserError } from "./program.ts";

/** Only the owner may read and write the file. (Windows has no such modes; there the folder's rights count.) */
const MODE = 0o600;

/** The bits of a mode that let others than the owner read. */
const READ_BY_OTHERS = 0o044;

/**
 * Makes sure, before any chat, that the file can be written, and that only its owner can read it.
 * @throws UserError if it cannot, or if others can
 */
export function openKeyLog(path: string): void {
  const problem = append(path, "") ?? readByOthers(path);
  if (problem !== undefined)
    throw new UserError(`${problem}; set CHATKEYLOGFILE to another file, or not at all`);
}

/** A file that was there before keeps its mode. Returns what is wrong with it, if anything is. */
function readByOthers(path: string): string | undefined {
  const { mode } = statSync(path);
  if (process.platform === "win32" || (mode & READ_BY_OTHERS) === 0) return undefined;
  const octal = (mode & 0o777).toString(8).padStart(4, "0");
  return `others can read the key log ${path} (mode ${octal}): chmod 600 makes it yours alone`;
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
