// Conversations of all stages, as captures hold them, and what the Wireshark dissector calls their lines. Those of stage 04
// have known keys and texts (tests/vectors/sealed.json).

import { readFileSync } from "node:fs";
import type { Connection, Side } from "./test-capture.ts";

export type Turn = readonly [Side, string];

export const hello = (stage: string, from: string, to: string) =>
  JSON.stringify({ type: "hello", stage, from, to });
export const message = (id: number, text: string) => JSON.stringify({ type: "message", id, text });
export const ack = (id: number) => JSON.stringify({ type: "ack", id });
export const BYE = '{"type":"bye"}';

export const CALCULATION: readonly Turn[] = [
  ["a", "2 + 3 * 4"],
  ["b", "= 20"],
  ["a", "1 / 0"],
  ["b", "error: division by zero"],
  ["a", " end "],
];

export const REGISTRATION: readonly Turn[] = [
  ["a", '{"type":"register","username":"alice","port":50001}'],
  ["b", '{"type":"registered","username":"alice"}'],
  ["a", '{"type":"list"}'],
  ["b", '{"type":"joined","username":"carol","host":"::1","port":50003}'],
  ["b", '{"type":"users","users":[{"username":"bob","host":"127.0.0.1","port":50002}]}'],
  ["a", '{"type":"lookup","username":"nobody"}'],
  ["b", '{"type":"error","code":"unknown-user","message":"there is no nobody"}'],
  ["b", '{"type":"ping"}'],
  ["a", '{"type":"pong"}'],
  ["b", '{"type":"left","username":"carol"}'],
  ["a", '{"type":"leave"}'],
];

export const CHAT: readonly Turn[] = [
  ["a", hello("02", "alice", "bob")],
  ["b", hello("02", "bob", "alice")],
  ["a", message(1, "Grüße aus Köln 😀")],
  ["b", ack(1)],
  ["b", message(1, "hello, alice")],
  ["a", ack(1)],
  ["a", BYE],
  ["b", BYE],
];

/** How every chat begins. */
export const GREETING = CHAT.slice(0, 2);

export const CALCULATION_LABELS = [
  "client → calculator request: 2 + 3 * 4",
  "calculator → client reply: = 20",
  "client → calculator request: 1 / 0",
  "calculator → client reply: error: division by zero",
  "client → calculator END",
];

export const REGISTRATION_LABELS = [
  "alice → registry register alice, listening on port 50001",
  "registry → alice registered alice",
  "alice → registry list",
  "registry → alice joined: carol at ::1:50003",
  "registry → alice users: bob",
  "alice → registry lookup nobody",
  "registry → alice error unknown-user: there is no nobody",
  "registry → alice ping",
  "alice → registry pong",
  "registry → alice left: carol",
  "alice → registry leave",
];

export const CHAT_LABELS = [
  "alice → bob hello (stage 02)",
  "bob → alice hello (stage 02)",
  "alice → bob message 1: Grüße aus Köln 😀",
  "bob → alice ack 1",
  "bob → alice message 1: hello, alice",
  "alice → bob ack 1",
  "alice → bob bye",
  "bob → alice bye",
];

/** Sends a conversation, each turn cut into segments, and closes the connection. */
export function hold(
  connection: Connection,
  turns: readonly Turn[],
  cut: (bytes: Buffer) => Buffer[] = whole,
): Connection {
  for (const [side, line] of turns) {
    for (const piece of cut(Buffer.from(`${line}\n`))) connection.data(side, piece);
  }
  connection.finish();
  return connection;
}

export const whole = (bytes: Buffer) => [bytes];
export const byteByByte = (bytes: Buffer) => [...bytes].map((byte) => Buffer.from([byte]));

export interface KnownSession {
  handshake: string[];
  transcriptSha256: string;
  safetyNumber: string;
  keys: { initiatorKey: string; responderKey: string };
  records: { sender: "initiator" | "responder"; plaintext: string; line: string }[];
}

export const KNOWN_SESSIONS: readonly KnownSession[] = JSON.parse(
  readFileSync(new URL("../vectors/sealed.json", import.meta.url), "utf8"),
).sessions;

/** The turns of a chat of stage 04 whose keys and texts are known. */
export function turnsOf(session: KnownSession): Turn[] {
  const [hello1 = "", hello2 = "", key1 = "", key2 = ""] = session.handshake;
  const handshake: Turn[] = [
    ["a", hello1],
    ["b", hello2],
    ["a", key1],
    ["b", key2],
  ];
  return [
    ...handshake,
    ...session.records.map(({ sender, line }): Turn => [sender === "initiator" ? "a" : "b", line]),
  ];
}

/** The known session with this number. */
export function knownSession(index: number): KnownSession {
  const session = KNOWN_SESSIONS[index];
  if (session === undefined) throw new Error(`there is no known session ${index}`);
  return session;
}

export function keyLogLine({ transcriptSha256, keys }: KnownSession): string {
  return `P2PCHAT04 ${transcriptSha256} ${keys.initiatorKey} ${keys.responderKey}\n`;
}
