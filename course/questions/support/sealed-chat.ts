// Reads the recorded chat of stage 04, as an observer sees it and, with its key log, as its users see it.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseKeyLog } from "../../../captures/explain/key-log.ts";
import { type JsonLine, jsonOf } from "../../../captures/explain/protocols.ts";
import type { StreamLine } from "../../../captures/explain/stream-lines.ts";
import { unseal } from "../../../captures/explain/unseal.ts";
import { COURSE_FOLDER } from "../../../programs/course-folder.ts";
import { type ObservedLine, observeChat } from "../../observer.ts";

const CAPTURE = join(COURSE_FOLDER, "captures", "04-aes-chat.pcap");
const KEY_LOG = join(COURSE_FOLDER, "captures", "04-aes-chat.keys");

export interface SealedChat {
  /** The sealed lines, as an observer without keys sees them. */
  sealed: readonly ObservedLine[];
  /** The sealed lines with a valid tag, each with the line of the chat inside. */
  opened: readonly { line: StreamLine; held: JsonLine }[];
}

/** @throws Error if the capture or its key log cannot be read */
export async function readSealedChat(): Promise<SealedChat> {
  const { lines, sealed } = await observeChat(CAPTURE);
  const { keys } = parseKeyLog(readFileSync(KEY_LOG, "utf8"));
  const opened = [...unseal(lines, keys)].flatMap(([line, unsealed]) => {
    const held = "line" in unsealed ? jsonOf(unsealed.line) : undefined;
    return held === undefined ? [] : [{ line, held }];
  });
  return { sealed, opened };
}
