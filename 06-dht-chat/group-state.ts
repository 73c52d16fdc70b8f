// One group as it is now: its card, its topic, what was said in it, and what the page sees of it (P10.11).

import { type Bytes, toHex } from "./bytes.ts";
import type { Clock } from "./clock.ts";
import { randomBytes } from "./cryptography.ts";
import { EntryList, groupEntry, SHOWN_ENTRIES, shownName } from "./entries.ts";
import { type GroupCard, type GroupMember, groupCardObject, parseGroupCard } from "./group.ts";
import type { GroupView } from "./messenger-view.ts";
import type { Store, StoredGroup, StoredGroupMessage } from "./store.ts";

/** Length of a group's key, in bytes. */
const KEY_BYTES = 32;

export class GroupState {
  stored: StoredGroup;
  readonly card: GroupCard;
  readonly topic: string;
  readonly #entries: EntryList;
  #view: GroupView | undefined;
  #cancelTimer: (() => void) | undefined;

  /** @param before the same group before this card: what was said stays */
  constructor(stored: StoredGroup, card: GroupCard, topic: string, before?: GroupState) {
    this.stored = stored;
    this.card = card;
    this.topic = topic;
    this.#entries = before ? before.#entries : new EntryList();
    before?.cancelTimer();
  }

  /** Reads what was said. @throws StoreError */
  async load(store: Store): Promise<void> {
    for (const entry of await store.entriesOf(this.stored.group, SHOWN_ENTRIES))
      if (entry.kind === "group") this.show(entry, "sent");
  }

  show(message: StoredGroupMessage, state: "sending" | "sent" | "dropped"): void {
    this.#entries.put(message.order, groupEntry(message, state));
    this.changed();
  }

  /** The view is to be made anew. */
  changed(): void {
    this.#view = undefined;
  }

  /** The same object until something changes. */
  view(ownKey: string, nameOf: (key: Bytes) => string | undefined): GroupView {
    const maker = this.card.members.find(({ key }) => toHex(key) === this.stored.maker);
    this.#view ??= Object.freeze({
      group: this.stored.group,
      name: shownName(this.card.name),
      version: this.card.version,
      maker: maker?.id ?? "",
      isMine: this.stored.maker === ownKey,
      members: this.card.members.map(({ id, key }) => ({ id, name: nameOf(key) ?? id })),
      unread: this.stored.unread,
      dropped: this.stored.dropped,
      isRemoved: this.stored.isRemoved,
      entries: this.#entries.list,
    });
    return this.#view;
  }

  /** Who was a member by one of the cards that are kept, and is none now. */
  async former(): Promise<GroupMember[]> {
    const former = new Map<string, GroupMember>();
    for (const { card } of this.stored.cards)
      for (const member of (await parseGroupCard(JSON.parse(card)))?.members ?? [])
        former.set(toHex(member.key), member);
    for (const { key } of this.card.members) former.delete(toHex(key));
    return [...former.values()];
  }

  /** The card in force for who is no member: they see that, and get a key that nobody uses. */
  farewell(): GroupCard {
    return { ...this.card, key: randomBytes(KEY_BYTES) };
  }

  /** Runs the action after so many milliseconds, unless it waits already. */
  storeLater(clock: Clock, milliseconds: number, action: () => void): void {
    this.#cancelTimer ??= clock.after(milliseconds, () => {
      this.#cancelTimer = undefined;
      action();
    });
  }

  cancelTimer(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }
}

/** The card as it is stored. */
export function cardText(card: GroupCard): string {
  return JSON.stringify(groupCardObject(card));
}
