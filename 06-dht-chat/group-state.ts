// One group as it is now: its card, its topic, what was said in it, and what the page sees of it (P10.11).

import { type Bytes, fromHex, toHex } from "./bytes.ts";
import type { Clock } from "./clock.ts";
import { KEY_BYTES, randomBytes } from "./cryptography.ts";
import { EntryList, groupEntry, SHOWN_ENTRIES } from "./entries.ts";
import { type GroupCard, type GroupMember, groupCardObject, parseGroupCard, topicOf } from "./group.ts";
import { idOf } from "./identity.ts";
import type { GroupView } from "./messenger-view.ts";
import { printable } from "./printable.ts";
import type { Store, StoredGroup, StoredGroupMessage } from "./store.ts";

export class GroupState {
  stored: StoredGroup;
  readonly card: GroupCard;
  readonly topic: string;
  /** Who made it: shown also when a later card leaves them out. */
  readonly #maker: GroupMember;
  readonly #entries: EntryList;
  #view: GroupView | undefined;
  #cancelTimer: (() => void) | undefined;

  private constructor(
    stored: StoredGroup,
    card: GroupCard,
    parts: { topic: string; maker: GroupMember },
    before?: GroupState,
  ) {
    this.stored = stored;
    this.card = card;
    this.topic = parts.topic;
    this.#maker = parts.maker;
    this.#entries = before ? before.#entries : new EntryList();
    before?.cancelTimer();
  }

  /** @param before the same group before this card: what was said stays */
  static async of(stored: StoredGroup, card: GroupCard, before?: GroupState): Promise<GroupState> {
    const key = fromHex(stored.maker) ?? new Uint8Array();
    const maker = { id: await idOf(key), key };
    return new GroupState(stored, card, { topic: await topicOf(card.key), maker }, before);
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
    this.#view ??= Object.freeze({
      group: this.stored.group,
      name: printable(this.card.name),
      version: this.card.version,
      maker: this.#maker.id,
      makerName: nameOf(this.#maker.key) ?? this.#maker.id,
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
