// Chats that break a rule of the protocol or are weak, and what the Wireshark dissector says of that.

import { readFileSync } from "node:fs";
import {
  ack,
  BYE,
  CHAT,
  GREETING,
  hello,
  knownSession,
  message,
  type Turn,
  turnsOf,
} from "./conversations.ts";
import { DISSECTOR } from "./dissector.ts";

const modp = (digits: string) => JSON.stringify({ type: "key", group: "modp2048", publicKey: digits });
const toy = (digits: string) => JSON.stringify({ type: "key", group: "toy", publicKey: digits });
const session = knownSession(0);
const sealedTurns = turnsOf(session);
const line = (index: number) => session.records[index]?.line ?? "";
const handshake03: Turn[] = [
  ["a", hello("03", "alice", "bob")],
  ["b", hello("03", "bob", "alice")],
  ["a", toy("08")],
  ["b", toy("0d")],
];
const handshake04 = sealedTurns.slice(0, 4);
const prime = /[0-9a-f]{512}/.exec(readFileSync(DISSECTOR, "utf8").replace(/"\s+\.\. "/g, ""))?.[0] ?? "";
const TOY = "the group is a toy (p = 23): anybody finds the private keys by trying";

/** What is said over a connection, and what is found wrong or weak in it. (`frame N`: the number may be any.) */
export const WRONG_OR_WEAK: {
  title: string;
  turns: readonly Turn[];
  problems: string[];
  weaknesses?: string[];
}[] = [
  {
    title: "seq repeated, skipped, and right again",
    turns: [...handshake04, ["a", line(0)], ["a", line(0)], ["a", line(5)]],
    problems: ["seq 0 again: 1 was expected (P6.3)", "seq 3: 1 was expected, so some are missing (P6.3)"],
    weaknesses: ["the same IV as in frame N: an IV is to be fresh for every line (P6.2)"],
  },
  {
    title: "a clear line after the keys of stage 04",
    turns: [...handshake04, ["a", message(1, "oops")], ["b", BYE]],
    problems: ["in clear, after the keys (P5.1, P6.4)", "in clear, after the keys (P5.1, P6.4)"],
  },
  {
    title: "a clear line after the keys of stage 03, but not an error line",
    turns: [...handshake03, ["a", ack(1)], ["b", '{"type":"error","code":"bad-request","message":"no"}']],
    problems: ["in clear, after the keys (P5.1, P6.4)"],
    weaknesses: [TOY, TOY],
  },
  {
    title: "a message before the keys",
    turns: [...handshake03.slice(0, 2), ["a", message(1, "too early")]],
    problems: ["in clear: in this stage messages wait for the keys (P5.1, P6.2)"],
  },
  {
    title: "a sealed line before the keys, and in another stage",
    turns: [...handshake03.slice(0, 2), ["a", line(0)]],
    problems: ["before the keys", "sealed lines belong to stage 04"],
  },
  {
    title: "equal beginnings and equal wholes of xored lines",
    turns: [
      ...handshake03,
      ["a", '{"type":"xored","ciphertext":"0011223344556677"}'],
      ["b", '{"type":"xored","ciphertext":"00112233445566ff00"}'],
      ["a", '{"type":"xored","ciphertext":"0011223344556677"}'],
      ["a", '{"type":"xored","ciphertext":"ff11223344556677"}'],
    ],
    problems: [],
    weaknesses: [
      TOY,
      TOY,
      "begins with the same 7 bytes as the one in frame N: so do the two lines inside (P5.2)",
      "the same ciphertext as in frame N: it says the same",
    ],
  },
  {
    title: "public keys out of range, of another length, with capitals",
    turns: [...handshake03.slice(0, 2), ["a", toy("01")], ["b", toy("16")]],
    problems: ["the public key is below 2 (P4.4)", "the public key is above p - 2 (P4.4)"],
    weaknesses: [TOY, TOY],
  },
  {
    title: "public keys of the real group at the edge",
    turns: [
      ...handshake03.slice(0, 2),
      ["a", modp("1".padStart(512, "0"))],
      ["b", modp(`${prime.slice(0, -1)}e`)],
    ],
    problems: ["the public key is below 2 (P4.4)", "the public key is above p - 2 (P4.4)"],
  },
  {
    title: "the last public keys that are allowed",
    turns: [...handshake03.slice(0, 2), ["a", modp("2".padStart(512, "0"))], ["b", modp(prime)]],
    problems: [],
  },
  {
    title: "public keys of another length, or with capitals; other groups",
    turns: [...handshake03.slice(0, 2), ["a", toy("008")], ["b", modp(prime.toUpperCase())]],
    problems: [
      "the public key is not lower-case hexadecimal (P4.4)",
      "the public key is not lower-case hexadecimal (P4.4)",
      "the groups differ (P4.2)",
    ],
    weaknesses: [TOY],
  },
  {
    title: "the same public key in another chat (P4.3)",
    turns: [...handshake03.slice(0, 2), ["a", modp("2".padStart(512, "0"))]],
    problems: [],
    weaknesses: ["the same public key as in frame N: keys are to be fresh (P4.3)"],
  },
  {
    title: "ids out of turn, an ack of nothing",
    turns: [
      ...GREETING,
      ["a", message(1, "one")],
      ["a", message(3, "three")],
      ["b", ack(1)],
      ["b", ack(1)],
      ["b", ack(9)],
    ],
    problems: [
      "message 3 out of turn: 2 was expected (P3.2)",
      "an ack of message 1, which is not open (P3.3)",
      "an ack of message 9, which is not open (P3.3)",
    ],
  },
  {
    title: "a line after a goodbye",
    turns: [...CHAT, ["a", message(2, "one more thing")]],
    problems: ["after its goodbye in frame N (P3.8)"],
  },
  {
    title: "a hello that does not fit, and one too many",
    turns: [
      ["a", hello("02", "alice", "bob")],
      ["b", hello("03", "mallory", "alice")],
      ["a", hello("02", "alice", "bob")],
    ],
    problems: [
      "the stages differ (P3.1)",
      "the names do not fit the hello of the initiator (P3.1)",
      "a second hello",
    ],
  },
  {
    title: "not JSON, not an object, no type, an unknown type",
    turns: [
      ...GREETING,
      ["a", "hi"],
      ["a", "[1]"],
      ["a", '{"type":1}'],
      ["a", '{"type":"shout"}'],
      ["a", '{"type":"list"}'],
    ],
    problems: [
      "not JSON: a value is missing",
      "not a JSON object",
      "an object without a string type",
      "unknown type",
      "not allowed between peers",
    ],
  },
  {
    title: "members that are not allowed",
    turns: [
      ...GREETING,
      ["a", message(1, "")],
      ["a", '{"type":"message","id":2,"text":"\\ud800"}'],
      ["a", '{"type":"message","id":3,"text":7}'],
      ["a", '{"type":"message","id":"4","text":"x"}'],
      ["a", message(4, "x".repeat(8193))],
    ],
    problems: [
      "a text is 1 to 8192 bytes of UTF-8 (P3.4)",
      "a text is 1 to 8192 bytes of UTF-8 (P3.4)",
      "a text is 1 to 8192 bytes of UTF-8 (P3.4)",
      "an id is an integer from 1 (P3.2)",
      "a text is 1 to 8192 bytes of UTF-8 (P3.4)",
    ],
  },
];
