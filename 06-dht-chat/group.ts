// Groups: a card that says who is in it, and messages that only its sender can have signed (P10.11).

import { type Bytes, concat, fromBase64, isEqual, toBase64, toHex, toUtf8 } from "./bytes.ts";
import {
  aesGcmKey,
  aesGcmOpen,
  aesGcmSeal,
  KEY_BYTES,
  NONCE_BYTES,
  randomBytes,
  SIGNATURE_BYTES,
  sha256,
  TAG_BYTES,
} from "./cryptography.ts";
import { type Identity, idOf, isId, isPublicKey, isSignedBy, sign } from "./identity.ts";
import { isInteger, parseObject, parseObjectBytes } from "./json.ts";
import type { SeenSequences } from "./seen-sequences.ts";
import { isText } from "./texts.ts";

/** Somebody who is in a group. */
export interface GroupMember {
  /** 15 digits. */
  readonly id: string;
  /** Ed25519 public key, 32 bytes. */
  readonly key: Bytes;
}

/** What makes somebody a member: who has it reads along. */
export interface GroupCard {
  /** 32 hexadecimal digits in lower case, the same in all versions. */
  readonly group: string;
  /** 1, 2, …: the greatest one counts. */
  readonly version: number;
  readonly name: string;
  /** 32 random bytes. The topic and all messages hang on it. */
  readonly key: Bytes;
  /** 1 to 16, no two alike; who made the group among them. */
  readonly members: readonly GroupMember[];
}

/** A message of a group that was found to be right. */
export interface GroupMessage {
  readonly from: string;
  readonly key: Bytes;
  /** When it was sent, in milliseconds since 1970, by its sender's clock. */
  readonly seq: number;
  readonly text: string;
}

/** So many are in a group at most. */
export const MAX_MEMBERS = 16;

/** The longest name of a group, in bytes of UTF-8. */
export const MAX_GROUP_NAME_BYTES = 256;

/** The largest message of a group as it goes through the network, in bytes. */
export const MAX_GROUP_MESSAGE_BYTES = 16_384;

const GROUP_ID_BYTES = 16;
const TOPIC_LABEL = toUtf8("p2p-chat 06 topic");
const SIGNATURE_LABEL = "p2p-chat 06 group";

/**
 * A new group, version 1.
 * @param members 1 to 16, who makes it among them
 * @throws RangeError for a name or members that no card may have
 */
export function makeGroupCard(name: string, members: readonly GroupMember[]): GroupCard {
  if (!isGroupName(name)) throw new RangeError("a group's name has 1 to 256 bytes: give a shorter one");
  if (members.length < 1 || members.length > MAX_MEMBERS || !areDistinct(members))
    throw new RangeError(`a group has 1 to ${MAX_MEMBERS} members, each once: choose fewer`);
  return {
    group: toHex(randomBytes(GROUP_ID_BYTES)),
    version: 1,
    name,
    key: randomBytes(KEY_BYTES),
    members: [...members],
  };
}

/**
 * The next version, without this member: with a new key, and so a new topic. What was said before stays readable to them.
 * @returns the same card if nobody in it has the id
 */
export function removeMember(card: GroupCard, id: string): GroupCard {
  const members = card.members.filter((member) => member.id !== id);
  if (members.length === card.members.length) return card;
  return { ...card, version: card.version + 1, key: randomBytes(KEY_BYTES), members };
}

/** The card as it is sent in a session. */
export function groupCardObject(card: GroupCard): Record<string, unknown> {
  const { group, version, name } = card;
  const members = card.members.map((member) => ({ id: member.id, key: toBase64(member.key) }));
  return { group, version, name, key: toBase64(card.key), members };
}

/** Reads a card from elsewhere. @returns undefined unless all of it is right, and each id is its key's */
export async function parseGroupCard(value: unknown): Promise<GroupCard | undefined> {
  if (typeof value !== "object" || value === null) return undefined;
  const { group, version, name, key, members } = value as Record<string, unknown>;
  const keyBytes = fromBase64(key);
  if (typeof group !== "string" || !/^[0-9a-f]{32}$/.test(group)) return undefined;
  if (!isInteger(version, 1) || !isGroupName(name) || keyBytes?.length !== KEY_BYTES) return undefined;
  if (!Array.isArray(members) || members.length < 1 || members.length > MAX_MEMBERS) return undefined;
  const parsed: GroupMember[] = [];
  for (const entry of members) {
    const member = await parseMember(entry);
    if (member === undefined) return undefined;
    parsed.push(member);
  }
  return areDistinct(parsed) ? { group, version, name, key: keyBytes, members: parsed } : undefined;
}

/** What the group is called in the network: 64 hexadecimal digits that tell nothing of its key. */
export async function topicOf(key: Bytes): Promise<string> {
  return toHex(await sha256(TOPIC_LABEL, key));
}

/**
 * A message, signed by its sender and sealed for the group.
 * @param parts seq: from `nextSequence` of seen-sequences.ts, stored before this is sent; nonce: 12 bytes, for known answers only
 * @throws RangeError for a text that is none (P3.4), or whose message would be too long
 */
export async function sealGroupMessage(parts: {
  card: GroupCard;
  identity: Identity;
  seq: number;
  text: string;
  nonce?: Bytes | undefined;
}): Promise<Bytes> {
  const { card, identity, seq, text, nonce = randomBytes(NONCE_BYTES) } = parts;
  if (!isText(text) || !isInteger(seq, 1))
    throw new RangeError("a message has a text of 1 to 8,192 bytes, and a seq");
  const topic = await topicOf(card.key);
  const body = JSON.stringify({ from: identity.id, key: toBase64(identity.publicKey), seq, text });
  const signature = toBase64(await sign(identity, signedBytes(topic, body)));
  const plaintext = toUtf8(JSON.stringify({ body, signature }));
  const sealed = await aesGcmSeal(await aesGcmKey(card.key), nonce, plaintext, toUtf8(topic));
  const message = concat(nonce, sealed);
  if (message.length > MAX_GROUP_MESSAGE_BYTES)
    throw new RangeError(`a message of ${message.length} bytes is too long for a group: send it in two`);
  return message;
}

/**
 * Opens a message, checks that a member signed it for this group, and notes its seq as seen.
 * @param parts topic: where it was heard; message: as it came from the network
 * @returns undefined for what is to be dropped
 */
export async function openGroupMessage(parts: {
  card: GroupCard;
  topic: string;
  message: Bytes;
  seen: SeenSequences;
}): Promise<GroupMessage | undefined> {
  const { card, topic, message, seen } = parts;
  if (message.length < NONCE_BYTES + TAG_BYTES || message.length > MAX_GROUP_MESSAGE_BYTES) return undefined;
  const nonce = message.slice(0, NONCE_BYTES);
  const opened = await aesGcmOpen(
    await aesGcmKey(card.key),
    nonce,
    message.slice(NONCE_BYTES),
    toUtf8(topic),
  );
  if (opened === undefined) return undefined;
  const { body, signature } = parseObjectBytes(opened) ?? {};
  const signatureBytes = fromBase64(signature);
  if (typeof body !== "string" || !body.isWellFormed() || signatureBytes?.length !== SIGNATURE_BYTES)
    return undefined;
  const said = parseBody(body, card.members);
  if (said === undefined || !(await isSignedBy(said.key, signedBytes(topic, body), signatureBytes)))
    return undefined;
  // Last, and in one step: of two copies that are opened at the same time, one is new.
  return seen.note(topic, said.from, said.seq) ? said : undefined;
}

function parseBody(body: string, members: readonly GroupMember[]): GroupMessage | undefined {
  const { from, key, seq, text } = parseObject(body) ?? {};
  const keyBytes = fromBase64(key);
  const member = members.find(({ id }) => id === from);
  if (member === undefined || keyBytes === undefined || !isEqual(member.key, keyBytes)) return undefined;
  if (!isInteger(seq, 1) || !isText(text)) return undefined;
  return { from: member.id, key: member.key, seq, text };
}

async function parseMember(value: unknown): Promise<GroupMember | undefined> {
  if (typeof value !== "object" || value === null) return undefined;
  const { id, key } = value as Record<string, unknown>;
  const keyBytes = fromBase64(key);
  if (!isId(id) || keyBytes === undefined || !isPublicKey(keyBytes)) return undefined;
  return (await idOf(keyBytes)) === id ? { id, key: keyBytes } : undefined;
}

/** A topic has no NUL, and neither has the label: no two pairs of topic and body give the same bytes. */
function signedBytes(topic: string, body: string): Bytes {
  return toUtf8(`${SIGNATURE_LABEL}\0${topic}\0${body}`);
}

function isGroupName(value: unknown): value is string {
  return isText(value) && toUtf8(value).length <= MAX_GROUP_NAME_BYTES;
}

function areDistinct(members: readonly GroupMember[]): boolean {
  return new Set(members.map(({ id }) => id)).size === members.length;
}
