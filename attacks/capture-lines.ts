// The chat in a capture, line by line, as somebody on the way saw it.

import { fileURLToPath } from "node:url";
import { jsonOf, recognise } from "../captures/explain/protocols.ts";
import { readable } from "../captures/explain/readable.ts";
import { linesOf } from "../captures/explain/stream-lines.ts";
import { loadCapture } from "../captures/follow/load.ts";
import type { Members } from "./played-peer.ts";
import { AttackError } from "./report.ts";

/** A line of a chat between two peers. */
export interface CapturedLine {
  from: string;
  /** The line as it stood on the wire, without its LF. */
  bytes: Buffer;
  /** The object in it. */
  object: Members;
}

/** A chat between two peers. */
export interface CapturedChat {
  /** The stage that the hello names. */
  stage: string;
  initiator: string;
  responder: string;
  lines: CapturedLine[];
}

/** A capture of the course. */
export function committedCapture(name: string): string {
  return fileURLToPath(new URL(`../captures/${name}.pcap`, import.meta.url));
}

/**
 * All chats in a capture, whatever ports they used.
 * @throws AttackError if there is none, or an error of captures/ if the file cannot be read
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

/** What a line of a chat says to a person; undefined if it says nothing to anybody, such as an ack. */
export function textOf(object: Members): string | undefined {
  return object.type === "message" && typeof object.text === "string"
    ? readable(Buffer.from(object.text))
    : undefined;
}
