// What the messenger keeps, and the steps in which it changes (P10.2, P10.3, P10.6, P10.8, P10.9, P10.11).
// Each method is one transaction: it has happened wholly, and survives a crash, when its promise resolves; where it
// rejects, nothing of it has happened. page/database.ts keeps it in IndexedDB, testing/memory-store.ts in memory.

import type { Bytes } from "./bytes.ts";

/**
 * A contact's name inside the messenger: its key as 64 hexadecimal digits once one is pinned; before that the hint of
 * the card that was entered, 16 digits. `completeCard` changes the one for the other, also in the contact's entries.
 */
export type ContactName = string;

/** A chat is with a contact, or in a group (32 hexadecimal digits). The three lengths cannot be mistaken. */
export type ChatName = ContactName | string;

/** A card that this page shows and nobody has used yet (P10.2). */
export interface ShownCard {
  /** 16 hexadecimal digits: what a hello names it by. */
  hint: string;
  /** 32 bytes. */
  secret: Bytes;
  /** In milliseconds of this page's clock. */
  expires: number;
}

/** What comes of a card when somebody's `ready` was right (P10.6). */
export type CardOutcome = "stored" | "card-used" | "unknown-card";

/** The secret of a card that belongs to a contact. */
export interface ContactSecret {
  /** 16 hexadecimal digits. */
  hint: string;
  /** 32 bytes. */
  secret: Bytes;
}

export interface StoredContact {
  contact: ContactName;
  /** 15 digits (P10.1). */
  id: string;
  /** The pinned Ed25519 key, 32 bytes; undefined until the card was completed with somebody. */
  key: Bytes | undefined;
  /** Each card that was completed with this key, or the one that was entered; the newest last. */
  secrets: ContactSecret[];
  /** What our user calls them. Empty: not named yet. */
  name: string;
  /** Whether our user has said that both pages show the same ids. */
  isCompared: boolean;
  /** The card that was entered is another's: its owner has answered `card-used`, and will always do so. */
  isRefused: boolean;
  unread: number;
  /** When the card was entered, or completed. */
  since: number;
}

/** What may be changed of a contact. */
export type ContactChanges = Partial<Pick<StoredContact, "name" | "isCompared" | "isRefused" | "unread">>;

/** What every entry of a chat has. */
interface EntryBase {
  /** Given by the store: greater than that of every entry before. It identifies the entry on this page. */
  order: number;
  chat: ChatName;
  /** When it was written here, or came here, in milliseconds. */
  at: number;
}

/** P10.8. */
export type DeliveryState = "sending" | "delivered" | "dropped";

/** A message that our user wrote to a contact. */
export interface OwnMessage extends EntryBase {
  kind: "own";
  /** 32 hexadecimal digits, random. */
  id: string;
  text: string;
  state: DeliveryState;
  /** When it became `sending` the last time: the 30 s of P10.8 run from here. */
  since: number;
}

/** A message that a contact sent. Its chat is the contact's key. */
export interface TheirMessage extends EntryBase {
  kind: "their";
  /** 32 hexadecimal digits, drawn by the sender: unique only together with their key. */
  id: string;
  text: string;
  /** False: stored, and perhaps not shown. It is shown at the next start (P10.8). */
  isNoted: boolean;
}

/** offered: nobody has answered yet; passing: it was accepted; the rest is its end. */
export type FileState = "offered" | "passing" | "done" | "refused" | "cancelled" | "dropped";

/** A file that was offered, by us or to us (P10.9). */
export interface StoredFile extends EntryBase {
  kind: "file";
  direction: "in" | "out";
  /** The offerer's number, 32 bits: unique only together with the chat and the direction. */
  file: number;
  /** As the offerer says it: to be cleaned before it is shown or used. */
  name: string;
  media: string;
  /** In bytes. */
  size: number;
  /** 64 hexadecimal digits. */
  sha256: string;
  state: FileState;
  /** In: how many bytes are stored here. Out: how many the other page has acknowledged. */
  done: number;
}

/** Something said in a group, by us or by another member (P10.11). */
export interface StoredGroupMessage extends EntryBase {
  kind: "group";
  /** 64 hexadecimal digits. */
  topic: string;
  /** Who says it, 15 digits. */
  from: string;
  seq: number;
  text: string;
  isOwn: boolean;
}

export type StoredEntry = OwnMessage | TheirMessage | StoredFile | StoredGroupMessage;

/** What was seen of one sender in one topic (P10.11). */
export interface SeenSequence {
  /** 64 hexadecimal digits. */
  topic: string;
  /** 15 digits. */
  from: string;
  /** At most 256, ascending: as `SeenSequences` of group.ts gives them. */
  seqs: readonly number[];
}

export interface StoredGroup {
  /** 32 hexadecimal digits. */
  group: string;
  /** Whose cards count: the key of the contact who sent the first one, in hexadecimal; our own key if we made it. */
  maker: string;
  /** The cards that were taken, oldest first, the last one in force: at most KEPT_GROUP_CARDS. */
  cards: StoredGroupCard[];
  /** Whether we are a member no longer. */
  isRemoved: boolean;
  /** Messages that were dropped: unknown members, wrong signatures. */
  dropped: number;
  unread: number;
}

export interface StoredGroupCard {
  version: number;
  /** The card as a JSON text: `groupCardObject` of group.ts made it, `parseGroupCard` reads it. */
  card: string;
}

/** How many cards of one group are kept: the one in force, and some before, for what is still under way. */
export const KEPT_GROUP_CARDS = 4;

/** Of so many groups that our user has left the id is remembered, so that no card brings them back. */
export const REMEMBERED_LEFT_GROUPS = 256;

/** Everything that is read once, at the start. */
export interface Loaded {
  /** 32 bytes; undefined at the first start. */
  seed: Bytes | undefined;
  /** The greatest sequence number of a record that was published or seen; 0 if there is none. */
  recordSequence: number;
  /** P10.10's switch. True unless our user turned it off. */
  isDirectOn: boolean;
  cards: ShownCard[];
  contacts: StoredContact[];
  groups: StoredGroup[];
  seen: SeenSequence[];
  /** Own messages that are `sending`, in their order. */
  sending: OwnMessage[];
  /** Messages that were stored and not noted as shown, in their order (P10.8). */
  notNoted: TheirMessage[];
  /** Files that are `offered` or `passing`, in their order. */
  openFiles: StoredFile[];
}

/** The page may store no more. Nothing was written. What it means and what to do stands in the message. */
export class StorageFull extends Error {
  override readonly name = "StorageFull";

  constructor() {
    super(
      "The browser has no more room for this page. Delete files or contacts here, or free space on the disk; then try again.",
    );
  }
}

/** The storage cannot be used at all, or no longer. What to do stands in the message. */
export class StoreError extends Error {
  override readonly name = "StoreError";
}

/** @throws StorageFull from every method that writes; StoreError from every method */
export interface Store {
  load(): Promise<Loaded>;

  // --- identity and record (P10.1, P10.3)

  /** Keeps the seed, 32 bytes, if there is none yet. @returns the one that is kept now */
  keepSeed(seed: Bytes): Promise<Bytes>;

  /** The next sequence number of the own record: `now`, or one more than the greatest known one. It is kept. */
  takeRecordSequence(now: number): Promise<number>;

  /** A record of our own was seen with this sequence number: the next one has to be greater. */
  noteRecordSequence(seq: number): Promise<void>;

  setDirect(isOn: boolean): Promise<void>;

  // --- cards and contacts (P10.2, P10.6)

  addShownCard(card: ShownCard): Promise<void>;

  /** The card is hidden, or its time is over: nobody can complete it any more. */
  dropShownCard(hint: string): Promise<void>;

  /** Forgets cards that expired at `now` or before. */
  dropExpiredCards(now: number): Promise<void>;

  /**
   * A card was entered: a contact without a key. Entering it again changes nothing.
   * @returns the contact that has the card, perhaps with its key already
   */
  addEnteredCard(card: { id: string; hint: string; secret: Bytes }, now: number): Promise<StoredContact>;

  /**
   * The other's `ready` was right: pins their key and uses the card, in one step (P10.6).
   * A shown card becomes a contact; an entered one gets its key; where the key is a contact's already, that one gets the
   * card's secret too, and the entries of the other. A card that the same key has completed before changes nothing.
   * @returns "card-used" if another key has the card; "unknown-card" if it is not there any more (hidden, or expired at
   * `now`), or was entered for another id. Then nothing was changed
   */
  completeCard(hint: string, peer: { id: string; key: Bytes }, now: number): Promise<CardOutcome>;

  /** @returns the contact as it is now; undefined if there is none */
  updateContact(contact: ContactName, changes: ContactChanges): Promise<StoredContact | undefined>;

  /**
   * Removes a contact with its secrets, messages and files. The ids of what they sent stay: if they come back, nothing
   * is shown a second time. The groups that they made are left (`leaveGroup`), in the same step.
   */
  forget(contact: ContactName): Promise<void>;

  // --- entries of chats

  /** The last `limit` entries of a chat with an order smaller than `before` (all if it is undefined), in their order. */
  entriesOf(chat: ChatName, limit: number, before?: number): Promise<StoredEntry[]>;

  // --- messages (P10.8)

  /** Stores a message as `sending`, before it is sent. */
  addOwnMessage(message: { chat: ContactName; id: string; text: string }, now: number): Promise<OwnMessage>;

  /**
   * Changes the state of a message of this chat: to `delivered` from any other, to `dropped` from `sending` only, and to
   * `sending` from `dropped` only (our user said so; `now` is its new `since`).
   * @returns the message if it was changed; undefined if there is none, or the change is not one of these
   */
  setDelivery(
    chat: ContactName,
    id: string,
    state: DeliveryState,
    now: number,
  ): Promise<OwnMessage | undefined>;

  /**
   * Stores a message that came, unless (chat, id) was ever stored before.
   * @returns the message if it is new or was not noted as shown yet: it is to be shown. "noted": it was shown, or the
   * contact was forgotten meanwhile: it is only to be acknowledged
   */
  addTheirMessage(
    message: { chat: ContactName; id: string; text: string },
    now: number,
  ): Promise<TheirMessage | "noted">;

  /** The message was shown. Counts it as unread where `isUnread`, in the same step. */
  noteShown(chat: ContactName, id: string, isUnread: boolean): Promise<void>;

  // --- files (P10.9)

  /**
   * Stores an offer: one that we make, with its bytes, or one that came, without.
   * @returns undefined if there is one with this chat, direction and number already
   */
  addFile(
    file: Pick<StoredFile, "chat" | "direction" | "file" | "name" | "media" | "size" | "sha256">,
    now: number,
    blob?: Blob,
  ): Promise<StoredFile | undefined>;

  /** The file that was offered under this number; undefined if there is none. */
  findFile(chat: ContactName, direction: "in" | "out", file: number): Promise<StoredFile | undefined>;

  /**
   * Changes the state of a file that is `offered` or `passing`, or that of one from `dropped` to `offered` (the offerer's
   * user says so: it begins anew). With `refused`, `cancelled` or `dropped` what has come of it is removed; so are the bytes of
   * an own offer, but with `dropped`.
   * @param changes `done`: how many bytes of an own file are acknowledged now
   * @returns the file if it was changed; undefined if there is none, or it is over
   */
  setFile(
    order: number,
    changes: { state?: Exclude<FileState, "done">; done?: number },
  ): Promise<StoredFile | undefined>;

  /**
   * Adds bytes to what has come of a file that is `passing`. They begin where the part ends (`done`).
   * A power failure can take the last ones away again, but never one from the middle.
   * @returns the file with its new `done`; undefined if it is not `passing`, or the bytes begin elsewhere
   */
  addPart(order: number, offset: number, bytes: Bytes): Promise<StoredFile | undefined>;

  /** All that has come of a file so far, as one blob without a type. */
  partOf(order: number): Promise<Blob>;

  /**
   * The file is whole. In: `blob` takes the place of its parts. Out: the other page has it; the bytes stay, to be shown.
   * @returns the file; undefined if it is not open
   */
  finishFile(order: number, blob?: Blob): Promise<StoredFile | undefined>;

  /** The bytes of a whole file that came, or of one that we offer; undefined if there are none. */
  blobOf(order: number): Promise<Blob | undefined>;

  // --- groups (P10.11)

  /**
   * Takes a card of a group: the first one of all, or a greater version from the same maker. The same step says whether
   * we are still in it.
   * @returns the group; undefined if the card was not taken, also since our user has left the group
   */
  takeGroupCard(
    group: string,
    card: StoredGroupCard,
    maker: string,
    isRemoved: boolean,
  ): Promise<StoredGroup | undefined>;

  /** @returns the group as it is now; undefined if there is none */
  updateGroup(
    group: string,
    changes: Partial<Pick<StoredGroup, "dropped" | "unread">>,
  ): Promise<StoredGroup | undefined>;

  /**
   * Our user leaves a group: its cards, what was said in it and what was seen of its topics are removed. Its id is
   * remembered, with those of REMEMBERED_LEFT_GROUPS - 1 others. Nothing happens if there is no such group.
   */
  leaveGroup(group: string): Promise<void>;

  /**
   * Stores what our user says in a group, before it is sent, and draws its sequence number: `now`, or one more than the
   * last one sent there.
   */
  addOwnGroupMessage(
    message: { chat: string; topic: string; from: string; text: string },
    now: number,
  ): Promise<StoredGroupMessage>;

  /**
   * Stores what a member says, and what was now seen of them, before it is shown.
   * @param seqs the sequence numbers to keep of this sender in this topic (`SeenSequences.of`), this one among them
   * @returns undefined if this (topic, from, seq) was stored before, or our user has left the group: then nothing was changed
   */
  addGroupMessage(
    message: { chat: string; topic: string; from: string; seq: number; text: string },
    seqs: readonly number[],
    now: number,
    isUnread: boolean,
  ): Promise<StoredGroupMessage | undefined>;

  /** Ends it. Every later call rejects with StoreError. */
  close(): Promise<void>;
}
