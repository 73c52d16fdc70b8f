// Groups: a card, a topic and signed messages under one key (P10.11).

import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { base64Of, idOf, isSignedBy, objectOf, type Person, sha256 } from "./person.ts";

export interface GroupCard {
  /** 32 hexadecimal digits. */
  group: string;
  version: number;
  name: string;
  /** 32 bytes in base64. */
  key: string;
  members: { id: string; key: string }[];
}

const MOST_BYTES = 16_384;

export function memberOf({ id, key }: { id: string; key: Buffer }): { id: string; key: string } {
  return { id, key: key.toString("base64") };
}

export function makeGroup(name: string, people: readonly { id: string; key: Buffer }[]): GroupCard {
  const [group, key] = [randomBytes(16).toString("hex"), randomBytes(32).toString("base64")];
  return { group, version: 1, name, key, members: people.map(memberOf) };
}

export function topicOf(key: Buffer): string {
  return sha256("p2p-chat 06 topic", key).toString("hex");
}

/** What may differ from an honest message: who signs, and the body's members. */
export interface Changes {
  signer?: Person;
  body?: object;
}

export function sealGroupMessage(
  card: GroupCard,
  from: Person,
  said: { seq: number; text: string },
  { signer = from, body: changed = {} }: Changes = {},
): Buffer {
  const key = Buffer.from(card.key, "base64");
  const topic = topicOf(key);
  const body = JSON.stringify({ from: from.id, key: from.key.toString("base64"), ...said, ...changed });
  const signature = signer.sign(signedBytes(topic, body)).toString("base64");
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(topic));
  const sealed = cipher.update(JSON.stringify({ body, signature }));
  return Buffer.concat([nonce, sealed, cipher.final(), cipher.getAuthTag()]);
}

/** What a member said; undefined if it is to be dropped. The caller knows which (from, seq) came before. */
export function openGroupMessage(
  card: GroupCard,
  message: Uint8Array,
): { from: string; seq: number; text: string } | undefined {
  const bytes = Buffer.from(message);
  if (bytes.length < 28 || bytes.length > MOST_BYTES) return undefined;
  const key = Buffer.from(card.key, "base64");
  const topic = topicOf(key);
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12)).setAAD(Buffer.from(topic));
  decipher.setAuthTag(bytes.subarray(-16));
  let plain: Buffer;
  try {
    plain = Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
  } catch {
    return undefined;
  }
  const outer = objectOf(plain);
  const signature = base64Of(outer?.signature, 64);
  if (typeof outer?.body !== "string" || signature === undefined) return undefined;
  const fields = objectOf(outer.body);
  const memberKey = base64Of(fields?.key, 32);
  if (fields === undefined || memberKey === undefined) return undefined;
  const { from, seq, text } = fields;
  const isMember = card.members.some((member) => member.id === from && member.key === fields.key);
  if (typeof from !== "string" || from !== idOf(memberKey) || !isMember) return undefined;
  if (!Number.isSafeInteger(seq) || Number(seq) < 1) return undefined;
  if (typeof text !== "string" || text === "" || Buffer.byteLength(text) > 8192) return undefined;
  if (!isSignedBy(memberKey, signedBytes(topic, outer.body), signature)) return undefined;
  return { from, seq: Number(seq), text };
}

function signedBytes(topic: string, body: string): Buffer {
  return Buffer.from(`p2p-chat 06 group\0${topic}\0${body}`);
}
