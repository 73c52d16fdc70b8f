// The known answers of stage 06, with their types: tests/vectors/dht.json.

import { readFileSync } from "node:fs";

/** An identity. The binary values are in hexadecimal. */
export interface KnownId {
  name: string;
  seed: string;
  publicKey: string;
  id: string;
  peerId: string;
}

interface KnownCard {
  id: string;
  secret: string;
}

interface KnownFrame {
  sender: "initiator" | "responder";
  counter: number;
  plaintext: string;
  sealed: string;
  frame: string;
}

/** A session between two identities, by their names. */
export interface KnownSession {
  initiator: string;
  responder: string;
  cardSecret: string;
  /** The private X25519 keys. */
  initiatorShare: string;
  responderShare: string;
  hellos: [string, string];
  helloFrames: [string, string];
  x25519: string;
  salt: string;
  keys: { initiator: string; responder: string };
  frames: KnownFrame[];
  /** Each in place of the initiator's frame 0. */
  refused: { name: string; sealed: string }[];
  proposed: { keys: { initiator: string; responder: string } };
  laterFrames: KnownFrame[];
}

/** A hello, and what its reader says of it: "refuse" is any code. */
export interface KnownHello {
  name: string;
  peerId: string;
  /** The reader's id. */
  own: string;
  /** The hint of the card that the reader knows. */
  card: string;
  hello: string;
  expect: "accept" | "refuse" | "wrong-peer";
}

/** A message of a group, and what comes of it. */
export interface KnownGroupMessage {
  name: string;
  message: string;
  seen: [from: string, seq: number][];
  expect: "accept" | "drop";
  plaintext?: string;
  text?: string;
  seq?: number;
  sender?: string;
}

interface KnownDht {
  ids: KnownId[];
  refusedIds: string[];
  cards: (KnownCard & { text: string; shown: string; hint: string })[];
  acceptedCards: (KnownCard & { name: string; text: string })[];
  refusedCards: { name: string; text: string }[];
  records: {
    cases: { name: string; key: string; value: string; size: number; now: number; expect: string }[];
    selections: { name: string; key: string; now: number; values: string[]; winner: number | null }[];
  };
  x25519: {
    facts: { name: string; private: string; public: string; secret: string }[];
    allZero: { private: string; shares: { name: string; share: string; base64: string }[] };
  };
  sessions: KnownSession[];
  hellos: { cases: KnownHello[] };
  groups: {
    key: string;
    topic: string;
    otherKey: string;
    otherTopic: string;
    members: string[];
    cases: KnownGroupMessage[];
  };
}

export const knownDht: KnownDht = JSON.parse(
  readFileSync(new URL("../vectors/dht.json", import.meta.url), "utf8"),
);

/** The identity of a name, or of an id. */
export function knownId(nameOrId: string): KnownId {
  const found = knownDht.ids.find(({ name, id }) => name === nameOrId || id === nameOrId);
  if (found === undefined) throw new Error(`no known identity ${nameOrId}`);
  return found;
}

/** Bytes of hexadecimal digits. */
export function bytesOf(hexadecimal: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(hexadecimal, "hex"));
}
