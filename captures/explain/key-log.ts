// Reads the key log of stage 04 (P6.5). Pure.

/** The keys of one chat, 64 bytes for each direction. */
export interface LoggedKeys {
  initiator: Buffer;
  responder: Buffer;
}

/** Finds the keys of a chat by the SHA-256 of its transcript, in hexadecimal. */
export type KeyLog = ReadonlyMap<string, LoggedKeys>;

/**
 * Reads the lines `P2PCHAT04 TRANSCRIPT INITIATOR_KEY RESPONDER_KEY`.
 * @returns the keys, and the line numbers of all other lines but comments
 */
export function parseKeyLog(text: string): { keys: KeyLog; bad: number[] } {
  const keys = new Map<string, LoggedKeys>();
  const bad: number[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const parts = /^P2PCHAT04 ([0-9a-f]{64}) ([0-9a-f]{128}) ([0-9a-f]{128})\s*$/.exec(line);
    if (parts === null) {
      bad.push(index + 1);
      continue;
    }
    const [, transcript = "", initiator = "", responder = ""] = parts;
    keys.set(transcript, {
      initiator: Buffer.from(initiator, "hex"),
      responder: Buffer.from(responder, "hex"),
    });
  }
  return { keys, bad };
}
