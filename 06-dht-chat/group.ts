// Groups: a card that says who is in it, and messages that only members read and only their sender can have signed (P10.11).

import type { Bytes } from "./bytes.ts";
import type { Identity } from "./identity.ts";

export interface GroupMember {
  readonly id: string;
  /** Ed25519 public key, 32 bytes. */
  readonly key: Bytes;
}

export interface GroupCard {
  /** 32 hexadecimal digits in lower case. */
  readonly group: string;
  /** 1, 2, …: the greatest one counts. */
  readonly version: number;
  readonly name: string;
  /** 32 random bytes; a new version after a removal has new ones. */
  readonly key: Bytes;
  readonly members: readonly GroupMember[];
}

export interface GroupMessage {
  readonly from: string;
  readonly key: Bytes;
  readonly seq: number;
  readonly text: string;
}

/** What is known of each (topic, from): its greatest seq and the 256 last. */
export declare class SeenSequences {
  constructor(entries?: Iterable<{ topic: string; from: string; seqs: readonly number[] }>);
  isNew(topic: string, from: string, seq: number): boolean;
  /** Notes it. @returns whether it was new */
  note(topic: string, from: string, seq: number): boolean;
  /** What is to be stored of this sender, ascending. */
  of(topic: string, from: string): readonly number[];
  forget(topic: string): void;
}

export declare function makeGroupCard(name: string, members: readonly GroupMember[]): GroupCard;
export declare function parseGroupCard(value: unknown): Promise<GroupCard | undefined>;
export declare function groupCardObject(card: GroupCard): Record<string, unknown>;
export declare function topicOf(key: Bytes): Promise<string>;
export declare function nextSequence(now: number, last: number): number;
export declare function removeMember(card: GroupCard, id: string): GroupCard;
export declare function sealGroupMessage(parts: {
  card: GroupCard;
  identity: Identity;
  seq: number;
  text: string;
  nonce?: Bytes;
}): Promise<Bytes>;
/** Notes the seq in `seen` if all is right. @returns undefined for what is to be dropped */
export declare function openGroupMessage(parts: {
  card: GroupCard;
  topic: string;
  message: Bytes;
  seen: SeenSequences;
}): Promise<GroupMessage | undefined>;
