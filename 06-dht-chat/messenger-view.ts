// What the page sees of the messenger, and what it can ask of it. Types alone: the page is built on these, and a view is a
// frozen snapshot that nobody changes afterwards.

import type { RelayView } from "./network.ts";

export type { RelayView } from "./network.ts";

/** Everything that the page shows, at one moment. Names and texts of others are text, never markup (P10.13). */
export interface MessengerView {
  own: {
    /** 15 digits (P10.1). */
    id: string;
    /** True while at least one node of the table keeps our record. */
    isPublished: boolean;
    /** A relay has a place for us: there we can be called. */
    hasRelay: boolean;
    /** What is wrong, and what to do: one plain sentence. */
    problem?: string;
  };
  /** The card that is shown now (P10.2). */
  card?: {
    text: string;
    /** The same in groups of four, to be read aloud. */
    grouped: string;
    /** In milliseconds since 1970. */
    expires: number;
  };
  contacts: ContactView[];
  groups: GroupView[];
  /** The switch of P10.10: a direct path shows the contact one's network addresses. */
  isDirectOn: boolean;
  underneath: Underneath;
}

/** Somebody whose card we have, or who has ours. */
export interface ContactView {
  /** What they are called in all actions: their key in hex, or the hint of their card before a key is pinned. */
  contact: string;
  /** 15 digits (P10.1). */
  id: string;
  /** The name that our user gave them; their id until then. */
  name: string;
  state: "offline" | "searching" | "relayed" | "direct";
  /** Their key is pinned. Before that we have a card's secret at most, and nothing can go to them (P10.6). */
  isMet: boolean;
  /** They are met, and the ids are still to be compared on the spot (P10.2). */
  isNew: boolean;
  /** What is wrong, and what to do: one plain sentence. */
  problem?: string;
  unread: number;
  /** In the order in which they were sent or received. */
  entries: Entry[];
}

/** One text or file in a chat. */
export interface Entry {
  /** What it is called in actions. */
  entry: string;
  /** When it was sent or received, in milliseconds since 1970, by our clock. */
  at: number;
  /** In a group, the member's id (15 digits) instead of "them". */
  from: "me" | "them" | string;
  text?: string;
  file?: FileView;
  /**
   * P10.8. What others have sent is "received". What we said in a group is "sent" at best: it went out to at least one
   * member, and nobody acknowledges it (P10.11).
   */
  state: "sending" | "delivered" | "dropped" | "received" | "sent";
  /** What is wrong, and what to do: one plain sentence. */
  problem?: string;
}

/** A file in a chat (P10.9). */
export interface FileView {
  /** A clean file name (P9.9). */
  name: string;
  /** In bytes. */
  size: number;
  /** In bytes: so many are acknowledged. */
  done: number;
  state: "offered" | "passing" | "done" | "refused" | "cancelled" | "dropped";
  /** How it may be shown in place, by its first bytes. Without this it is a download and nothing else. */
  shown?: "image" | "video";
  /** The file itself, as soon as it is whole. Its type is what its first bytes say, or application/octet-stream. */
  blob?: Blob;
}

/** A group that we made, or were put into (P10.11). */
export interface GroupView {
  /** What it is called in actions: 32 hexadecimal digits. */
  group: string;
  name: string;
  version: number;
  /** The id of who made it (15 digits), also when they are no member any more. */
  maker: string;
  /** What our user calls them; their id if they are no contact. */
  makerName: string;
  /** We made it: we alone can remove members. */
  isMine: boolean;
  members: { id: string; name: string }[];
  unread: number;
  /** So many messages were dropped: of no member, wrongly signed, or seen before. */
  dropped: number;
  /** We are no longer a member. What was said before stays readable. */
  isRemoved: boolean;
  entries: Entry[];
}

/** What goes on underneath, for who wants to look. */
export interface Underneath {
  relays: RelayView[];
  /** Our record in the table (P10.3). */
  record?: {
    /** "/u/ID" */
    key: string;
    /** The JSON text that is signed. */
    body: string;
    seq: number;
    /** In milliseconds since 1970. */
    expires: number;
    /** So many nodes took it. */
    storedBy: number;
  };
  /** The last message: what was typed, beside the sealed frame in hex that a relay sees of it. */
  last?: { typed: string; relaySaw: string; path: "relayed" | "direct" };
  /** What was counted since the start, such as "calls", "records refused". */
  counts: Record<string, number>;
}

/** Undefined when it is under way; else one plain sentence that says why not, and what to do. Nothing has changed then. */
export type Outcome = { problem: string } | undefined;

/**
 * What the page can ask of the messenger. It is an EventTarget: its event "change" says that `view` is a new one.
 * No promise of these is ever rejected; a name that is unknown (of a contact, an entry, a group) is passed over.
 */
export interface MessengerActions extends EventTarget {
  /** A new snapshot whenever something has changed. */
  readonly view: MessengerView;
  /** Shows a new card, instead of the one that is shown now. It can be used for 15 minutes, also when it is hidden. */
  showCard(): Promise<void>;
  hideCard(): void;
  /** Takes a card that was typed, pasted or scanned, and calls who has shown it. */
  enterCard(text: string): Promise<{ problem: string } | { contact: string }>;
  /** The user has compared the ids on the spot. */
  compared(contact: string): Promise<void>;
  /** @param name at most 64 characters are kept; empty: the id stands for it again */
  rename(contact: string, name: string): Promise<void>;
  /** Forgets a contact with all secrets, texts and files, and leaves the groups that they made. */
  forget(contact: string): Promise<void>;
  /** @param text 1 to 8,192 bytes of UTF-8 (P3.4) */
  say(contact: string, text: string): Promise<Outcome>;
  /** Sends a dropped text or file again (P10.8). */
  again(contact: string, entry: string): Promise<Outcome>;
  /** @param file 1 to 26,214,400 bytes; a larger one is refused before it is read (P10.9) */
  offer(contact: string, file: Blob, name: string): Promise<Outcome>;
  accept(contact: string, entry: string): Promise<Outcome>;
  refuse(contact: string, entry: string): Promise<void>;
  /** Cancels a file that is offered or passing, in either direction. */
  cancel(contact: string, entry: string): Promise<void>;
  /** @param contacts 1 to 15 contacts whose keys are pinned */
  makeGroup(name: string, contacts: string[]): Promise<Outcome>;
  /** Removes a member of a group that we made. @param id the member's 15 digits */
  removeMember(group: string, id: string): Promise<Outcome>;
  /** Leaves a group for good, and forgets it with all that was said in it. The others are not told (P10.11). */
  leaveGroup(group: string): Promise<Outcome>;
  sayInGroup(group: string, text: string): Promise<Outcome>;
  /** The switch of P10.10. Off: all goes by relays again, at once. */
  setDirect(isOn: boolean): Promise<void>;
  /** The user sees this chat: nothing in it is unread any more. @param chat a contact or a group */
  seen(chat: string): void;
  /** Says bye to all, and closes what is open. */
  stop(): Promise<void>;
}
