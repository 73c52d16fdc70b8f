// Decrypts a stage 04 stream with a key log, and verifies every line as the receiver did (P6.1 to P6.3). Pure.

import { decrypt } from "../../04-aes-chat/aes-cbc-hmac.ts";
import { transcriptHash } from "../../04-aes-chat/key-schedule.ts";
import type { KeyLog, LoggedKeys } from "./key-log.ts";
import { jsonOf } from "./protocols.ts";
import type { Side, StreamLine } from "./stream-lines.ts";
import type { Unsealed } from "./unsealed.ts";

/**
 * Decrypts all sealed lines.
 * @param lines all lines of the stream, in order
 * @returns the results by line; an empty map if the stream holds no handshake of stage 04
 */
export function unseal(lines: readonly StreamLine[], keyLog: KeyLog): Map<StreamLine, Unsealed> {
  const results = new Map<StreamLine, Unsealed>();
  const keys = keysFor(lines, keyLog);
  const next: Record<Side, number> = { a: 0, b: 0 };
  for (const line of lines) {
    if (line.kind !== "line") continue;
    const object = jsonOf(line.bytes);
    if (object?.type !== "sealed") continue;
    if (keys === undefined) {
      results.set(line, { problem: "no key for this chat" });
      continue;
    }
    const expected = next[line.from];
    const opened =
      object.seq === expected ? open(object, line.from === "a" ? keys.initiator : keys.responder) : undefined;
    if (opened === undefined) {
      results.set(line, {
        problem: object.seq === expected ? "wrong tag" : `out of turn: ${expected} was next`,
      });
      continue;
    }
    next[line.from] = expected + 1;
    results.set(line, { line: opened });
  }
  return results;
}

/** Finds the keys of the chat by the handshake at the beginning of these lines. */
function keysFor(lines: readonly StreamLine[], keyLog: KeyLog): LoggedKeys | undefined {
  const handshake = (from: Side, type: string): string | undefined => {
    const found = lines.find(
      (line) => line.kind === "line" && line.from === from && jsonOf(line.bytes)?.type === type,
    );
    // The transcript holds the lines as they were sent, without CR.
    return found?.kind === "line" ? found.bytes.toString("utf8").replace(/\r$/, "") : undefined;
  };
  const [initiatorHello, responderHello] = [handshake("a", "hello"), handshake("b", "hello")];
  const [initiatorKey, responderKey] = [handshake("a", "key"), handshake("b", "key")];
  if (!initiatorHello || !responderHello || !initiatorKey || !responderKey) return undefined;
  const transcript = { initiatorHello, responderHello, initiatorKey, responderKey };
  return keyLog.get(transcriptHash(transcript).toString("hex"));
}

function open(object: Readonly<Record<string, unknown>>, key: Buffer): Buffer | undefined {
  const [iv, ciphertext, tag] = [object.iv, object.ciphertext, object.tag].map((value) =>
    Buffer.from(typeof value === "string" ? value : "", "hex"),
  );
  if (iv?.length !== 16 || ciphertext === undefined || tag === undefined) return undefined;
  const sequenceNumber = Buffer.alloc(8);
  sequenceNumber.writeBigUInt64BE(BigInt(Number(object.seq)));
  return decrypt(key, iv, { ciphertext, tag }, sequenceNumber);
}
