// Lists the recordings by name: the conversation, the port, and the file. Pure.

import {
  calculator,
  chat,
  oneRequestInTwoSegments,
  type Play,
  requestsInTwoWrites,
  twoRequestsInOneSegment,
} from "./play.ts";
import { throughMallory } from "./play-mallory.ts";

export interface Recording {
  name: string;
  /** The folder of the stage. */
  folder: string;
  /** The committed file in captures/, without its ending. */
  file: string;
  play: Play;
  /** The default port of the stage's server. */
  port: number;
  /** Whether the recording has a key log. */
  keys: boolean;
}

export const RECORDINGS: readonly Recording[] = [
  calculation("01", "01-calculator", calculator),
  calculation("01-one-request-in-two-segments", "01-one-request-in-two-segments", oneRequestInTwoSegments),
  calculation("01-two-requests-in-one-segment", "01-two-requests-in-one-segment", twoRequestsInOneSegment),
  calculation("01-nagle", "01-nagle", requestsInTwoWrites),
  conversation("02", "02-basic-p2p", "02-basic-p2p", 10000),
  conversation("03", "03-dh-chat", "03-dh-chat", 10000),
  conversation("03-toy-group", "03-dh-chat-toy-group", "03-dh-chat", 10000, ["--group", "toy"]),
  { ...conversation("03-mitm", "03-dh-chat-mitm", "03-dh-chat", 10000), play: throughMallory },
  { ...conversation("04", "04-aes-chat", "04-aes-chat", 10001), keys: true },
];

function calculation(name: string, file: string, play: Play): Recording {
  return { name, folder: "01-calculator", file, play, port: 10001, keys: false };
}

function conversation(
  name: string,
  file: string,
  folder: string,
  port: number,
  options: readonly string[] = [],
): Recording {
  return { name, folder, file, play: chat(folder, options), port, keys: false };
}
