// Which clause of lessons/protocol.md describes a line, and each part of it. Pure.

import type { LinePart } from "./line-bytes.ts";

/** What a line belongs to: the protocol of its connection, as protocols.ts names it, or a datagram of stage 05. */
export type Talk = "calculator" | "registry" | "peers" | "session" | "datagram";

/** By the line's type. */
const LINES: Readonly<Record<Talk, Readonly<Record<string, string>>>> = {
  calculator: { question: "P1.2", answer: "P1.2", end: "P1.8" },
  registry: {
    register: "P2.1",
    registered: "P2.2",
    leave: "P2.2",
    lookup: "P2.3",
    user: "P2.3",
    list: "P2.4",
    users: "P2.4",
    joined: "P2.5",
    left: "P2.5",
    ping: "P2.6",
    pong: "P2.6",
    error: "P2.7",
  },
  peers: {
    hello: "P3.1",
    error: "P3.1",
    message: "P3.2",
    ack: "P3.3",
    bye: "P3.8",
    key: "P4.1",
    xored: "P5.1",
    sealed: "P6.2",
  },
  session: { header: "P9.1", token: "P9.1", end: "P9.1" },
  datagram: { token: "P8.5" },
};

/** By the type of the line and the name of the part. */
const PARTS: Readonly<Record<string, string>> = {
  "register.username": "P2.1",
  "register.port": "P2.1",
  "registered.username": "P2.2",
  "user.host": "P2.3",
  "users.users": "P2.4",
  "error.code": "P2.7",
  "hello.stage": "P3.1",
  "hello.to": "P3.1",
  "message.id": "P3.2",
  "message.text": "P3.4",
  "ack.id": "P3.3",
  "key.group": "P4.2",
  "key.publicKey": "P4.4",
  "xored.ciphertext": "P5.1",
  "sealed.seq": "P6.3",
  "sealed.iv": "P6.2",
  "sealed.ciphertext": "P6.2",
  "sealed.tag": "P6.2",
  "token.time": "P8.4",
  "token.iv": "P8.4",
  "token.ciphertext": "P8.4",
  "token.mac": "P8.4",
  "frame.header": "P9.1",
  "frame.end": "P9.1",
  "line.cr": "P0.1",
  "line.lf": "P0.1",
};

/** All clauses that the tables name. */
export const NAMED_CLAUSES: readonly string[] = [
  ...new Set([...Object.values(LINES).flatMap((types) => Object.values(types)), ...Object.values(PARTS)]),
];

/** @param type as lineType() of line-type.ts gives it @returns undefined if no clause describes such a line */
export function clauseOfLine(talk: Talk, type: string): string | undefined {
  const types = LINES[talk];
  return Object.hasOwn(types, type) ? types[type] : undefined;
}

/** Undefined if what describes it is the clause of its line. */
export function clauseOfPart({ of, name }: LinePart): string | undefined {
  const key = `${of}.${name}`;
  return Object.hasOwn(PARTS, key) ? PARTS[key] : undefined;
}
