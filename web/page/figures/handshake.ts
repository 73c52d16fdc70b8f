// A handshake step by step, with somebody on the way who only listens (Eve) or who replaces keys (Mallory): who sends what to whom,
// and who knows what afterwards (lessons 03-8 and 03-9).

import { type Group, toyGroup } from "../../../03-dh-chat/groups.ts";
import { drawKeyPair, type KeyPair, keyPair, modPow, safetyNumber } from "./key-exchange.ts";

export type Who = "alice" | "middle" | "bob";

/** One thing that somebody knows. */
export interface Fact {
  name: string;
  value: string;
  /** `seen` has been on the wire, for everybody; `kept` has not. */
  kind: "seen" | "kept";
}

/** A line on the wire. */
export interface Sent {
  from: Who;
  to: Who;
  text: string;
}

export interface Step {
  title: string;
  words: string;
  sent: readonly Sent[];
  /** What each learns in this step. */
  learnt: Readonly<Record<Who, readonly Fact[]>>;
}

/** All private keys of a handshake. Mallory has one towards each side. */
export interface Keys {
  group: Group;
  alice: KeyPair;
  bob: KeyPair;
  towardsAlice: KeyPair;
  towardsBob: KeyPair;
}

export function drawKeys(group: Group): Keys {
  const [alice, bob] = [drawKeyPair(group), drawKeyPair(group)];
  return { group, alice, bob, towardsAlice: drawKeyPair(group), towardsBob: drawKeyPair(group) };
}

/** The numbers of lesson 03-1; Mallory's are ours. */
export const LESSON_KEYS: Keys = {
  group: toyGroup,
  alice: keyPair(6n, toyGroup),
  bob: keyPair(15n, toyGroup),
  towardsAlice: keyPair(3n, toyGroup),
  towardsBob: keyPair(9n, toyGroup),
};

/** A number as the figure shows it: small ones in decimal, large ones by their first hexadecimal digits. */
export function shown(number: bigint, { name, bytes }: Group): string {
  if (name === "toy") return String(number);
  return `${number
    .toString(16)
    .padStart(2 * bytes, "0")
    .slice(0, 8)}…`;
}

/** A private key, likewise: it has 32 bytes in the large group. */
function shownPrivate(number: bigint, group: Group): string {
  return shown(number, group.name === "toy" ? group : { ...group, bytes: 32 });
}

/** What came of a handshake. */
export interface Outcome {
  steps: readonly Step[];
  /** The safety number that each is shown. */
  alicesNumber: string;
  bobsNumber: string;
}

/** The whole handshake, and the first line of the chat. @param isReplaced whether Mallory sits between and replaces the keys */
export async function shakeHands(keys: Keys, isReplaced: boolean): Promise<Outcome> {
  const { group, alice, bob } = keys;
  // The public key that each of them receives.
  const alicesPeer = isReplaced ? keys.towardsAlice : bob;
  const bobsPeer = isReplaced ? keys.towardsBob : alice;
  const alicesNumber = await safetyNumber(alice.publicKey, alicesPeer.publicKey, group);
  const bobsNumber = await safetyNumber(bob.publicKey, bobsPeer.publicKey, group);
  return {
    steps: [
      hello(isReplaced),
      draws(keys, isReplaced),
      key("alice", "bob", alice, bobsPeer, keys, isReplaced),
      key("bob", "alice", bob, alicesPeer, keys, isReplaced),
      secrets(keys, isReplaced),
      firstLine(isReplaced),
      comparison(alicesNumber, bobsNumber, isReplaced),
    ],
    alicesNumber,
    bobsNumber,
  };
}

const NOTHING: Step["learnt"] = { alice: [], middle: [], bob: [] };

const NAMES = { alice: "Alice", bob: "Bob" } as const;

/** A line from one to the other: on its way it passes Mallory, or Eve only sees it. */
function pass(from: "alice" | "bob", text: string, isReplaced: boolean, passedOn = text): Sent[] {
  const to = from === "alice" ? "bob" : "alice";
  if (!isReplaced) return [{ from, to, text }];
  return [
    { from, to: "middle", text },
    { from: "middle", to, text: passedOn },
  ];
}

function hello(isReplaced: boolean): Step {
  return {
    title: "Hello",
    words: isReplaced
      ? "Mallory has given Alice a wrong port for Bob, and passes the hellos on as they are. A name in a hello is a claim."
      : "Each says who they are and whom they want to talk to. Eve, on the way, sees every line.",
    sent: [
      ...pass("alice", "hello from alice to bob", isReplaced),
      ...pass("bob", "hello from bob to alice", isReplaced),
    ],
    learnt: NOTHING,
  };
}

function draws({ group, alice, bob, towardsAlice, towardsBob }: Keys, isReplaced: boolean): Step {
  const drawn = (name: string, pair: KeyPair): Fact => ({
    name,
    value: shownPrivate(pair.privateKey, group),
    kind: "kept",
  });
  return {
    title: "Each draws a private key",
    words: isReplaced
      ? "Alice and Bob draw one each. Mallory draws two: one to deceive each of them."
      : "Nobody sends it, and nobody else ever gets it.",
    sent: [],
    learnt: {
      alice: [drawn("own private key", alice)],
      middle: isReplaced
        ? [drawn("private key towards Alice", towardsAlice), drawn("private key towards Bob", towardsBob)]
        : [],
      bob: [drawn("own private key", bob)],
    },
  };
}

function key(
  from: "alice" | "bob",
  to: "alice" | "bob",
  own: KeyPair,
  arrives: KeyPair,
  { group }: Keys,
  isReplaced: boolean,
): Step {
  const sent = shown(own.publicKey, group);
  const received = shown(arrives.publicKey, group);
  const name = NAMES[from];
  return {
    title: `${name}'s public key`,
    words: isReplaced
      ? `${name} sends ${sent}. Mallory keeps it, and sends ${received} to ${NAMES[to]} in its place. It is a good public key, and passes every check.`
      : `${name} sends ${sent}, which is g to the power of the private key, modulo p. Eve has it, too.`,
    sent: pass(from, `key ${sent}`, isReplaced, `key ${received}`),
    learnt: {
      ...NOTHING,
      middle: [{ name: `${name}'s public key`, value: sent, kind: "seen" }],
      [to]: [{ name: `${name}'s public key${isReplaced ? "?" : ""}`, value: received, kind: "seen" }],
    },
  };
}

function secrets(keys: Keys, isReplaced: boolean): Step {
  const { group, alice, bob, towardsAlice, towardsBob } = keys;
  const secret = (own: KeyPair, other: KeyPair): string =>
    shown(modPow(other.publicKey, own.privateKey, group.prime), group);
  const fact = (name: string, value: string): Fact => ({ name, value, kind: "kept" });
  if (!isReplaced)
    return {
      title: "The shared secret",
      words: `Each raises the other's public key to their own private key. Both get ${secret(alice, bob)}. Eve has both public keys, and no private key.`,
      sent: [],
      learnt: {
        alice: [fact("secret with Bob", secret(alice, bob))],
        middle: [],
        bob: [fact("secret with Alice", secret(bob, alice))],
      },
    };
  return {
    title: "Two shared secrets",
    words:
      "Alice has a secret in common with Mallory, and Bob has another one with Mallory. Neither program can know it: every number is right.",
    sent: [],
    learnt: {
      alice: [fact("secret with Bob?", secret(alice, towardsAlice))],
      middle: [
        fact("secret with Alice", secret(towardsAlice, alice)),
        fact("secret with Bob", secret(towardsBob, bob)),
      ],
      bob: [fact("secret with Alice?", secret(bob, towardsBob))],
    },
  };
}

function firstLine(isReplaced: boolean): Step {
  const said: Fact = { name: "Alice's line", value: "pay 100 to carol", kind: "kept" };
  return {
    title: "The first line of the chat",
    words: isReplaced
      ? "Alice seals it with the one secret. Mallory opens it, makes 900 of 100, and seals it with the other. The best cipher does not help: Mallory has been given the keys."
      : "Alice seals it with a key that is made of the secret, and Bob opens it. Eve sees that a line passes, and how long it is.",
    sent: isReplaced
      ? pass("alice", "sealed: pay 100 …", true, "sealed: pay 900 …")
      : pass("alice", "sealed: ? ? ? ?", false),
    learnt: {
      alice: [],
      middle: isReplaced ? [said] : [],
      bob: [isReplaced ? { ...said, value: "pay 900 to carol" } : said],
    },
  };
}

function comparison(alices: string, bobs: string, isReplaced: boolean): Step {
  const fact = (value: string): Fact => ({ name: "safety number", value, kind: "seen" });
  return {
    title: "Safety numbers, by telephone",
    words: `They read them to each other. ${whatTheyShow(alices === bobs, isReplaced)}`,
    sent: [],
    // The number is made of public keys only, so whoever sees them can compute it.
    learnt: {
      alice: [fact(alices)],
      middle: isReplaced ? [] : [fact(alices)],
      bob: [fact(bobs)],
    },
  };
}

function whatTheyShow(areEqual: boolean, isReplaced: boolean): string {
  if (areEqual && isReplaced)
    return "Equal, although Mallory has replaced both keys: with so few keys, that happens.";
  if (areEqual) return "Equal: nobody has replaced a key.";
  return "They differ: somebody sits in the middle. This is the only thing that Mallory could not arrange.";
}

/** All that somebody knows after so many steps. */
export function knownAfter(steps: readonly Step[], count: number, who: Who): Fact[] {
  return steps.slice(0, count).flatMap(({ learnt }) => learnt[who]);
}
