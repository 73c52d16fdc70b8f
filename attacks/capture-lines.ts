// Reads a chat from a capture, line by line, as somebody saw it who could read the traffic.

import { fileURLToPath } from "node:url";
import { jsonOf, recognise } from "../captures/explain/protocols.ts";
import { readable } from "../captures/explain/readable.ts";
import { linesOf } from "../captures/explain/stream-lines.ts";
import { loadCapture } from "../captures/follow/load.ts";
import type { Members } from "./played-peer.ts";
import { AttackError } from "./report.ts";

export interface CapturedLine {
  from: string;
  /** The line as it stood on the wire, without its LF. */
  bytes: Buffer;
  /** The JSON object in the line. */
  object: Members;
}

export interface CapturedChat {
  /** The stage that the hello names. */
  stage: string;
  initiator: string;
  responder: string;
  lines: CapturedLine[];
}

/** The path of a capture that belongs to the course. */
export function committedCapture(name: string): string {
  return fileURLToPath(new URL(`../captures/${name}.pcap`, import.meta.url));
}

/**
 * Finds all chats in a capture, on any port.
 * @throws AttackError if there is no chat, or an error of captures/ if the file cannot be read
 */
export async function chatsIn(path: string): Promise<CapturedChat[]> {
  const { streams } = await loadCapture(path, false);
  const chats = streams.flatMap((stream): CapturedChat[] => {
    const lines = linesOf(stream);
    const protocol = recognise(lines);
    if (protocol.name !== "peers") return [];
    const { stage, initiator, responder = "?" } = protocol;
    const captured = lines.flatMap((line): CapturedLine[] => {
      const object = line.kind === "line" ? jsonOf(line.bytes) : undefined;
      if (line.kind !== "line" || object === undefined) return [];
      return [{ from: line.from === "a" ? initiator : responder, bytes: line.bytes, object }];
    });
    return [{ stage, initiator, responder, lines: captured }];
  });
  if (chats.length === 0) throw new AttackError(`there is no chat in ${path}`);
  return chats;
}

/** The text of a line that people can read; undefined for lines of the protocol alone, such as an ack. */
export function textOf(object: Members): string | undefined {
  return object.type === "message" && typeof object.text === "string"
    ? readable(Buffer.from(object.text))
    : undefined;
}
