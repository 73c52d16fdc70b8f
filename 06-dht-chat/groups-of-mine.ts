// The groups that we made or were put into: cards, what is said, and who hears it (P10.11).

import type { Bytes } from "./bytes.ts";
import { isEqual, toHex } from "./bytes.ts";
import type { Clock } from "./clock.ts";
import type { Content } from "./contents.ts";
import {
  type GroupCard,
  groupCardObject,
  MAX_MEMBERS,
  makeGroupCard,
  openGroupMessage,
  parseGroupCard,
  removeMember,
  sealGroupMessage,
  topicOf,
} from "./group.ts";
import { cardText, GroupState } from "./group-state.ts";
import type { Identity } from "./identity.ts";
import type { GroupView, Outcome } from "./messenger-view.ts";
import type { Network } from "./network.ts";
import { sentenceOf } from "./problems.ts";
import { SeenSequences } from "./seen-sequences.ts";
import type { Loaded, Store, StoredContact, StoredGroup } from "./store.ts";
import { isText, textProblem } from "./texts.ts";

/** So many groups of one contact are taken. */
const MOST_GROUPS_OF_ONE = 64;

/** So many messages may wait to be opened and stored; further ones are dropped. Nothing slows down who sends them. */
const MOST_WAITING_MESSAGES = 256;

/** So often the count of dropped messages is stored, in milliseconds: who sends nonsense does not make us write. */
const STORE_DROPPED_AFTER = 1000;

export interface GroupsOptions {
  identity: Identity;
  store: Store;
  clock: Clock;
  network: Network;
  isContact(contact: string): boolean;
  /** What our user calls somebody; undefined if they are no contact. */
  nameOf(key: Bytes): string | undefined;
  /** Sends a content to a contact, if there is a way. */
  tell(contact: string, content: Content): void;
  /** A view is a new one. */
  changed(): void;
  /** Whom we should be connected with may have changed. */
  membersChanged(): void;
  count(what: string): void;
  warn(sentence: string): void;
}

export class GroupsOfMine {
  readonly #options: GroupsOptions;
  readonly #groups = new Map<string, GroupState>();
  readonly #byTopic = new Map<string, GroupState>();
  readonly #seen: SeenSequences;
  readonly #ownKey: string;
  #messagesWaiting = 0;
  /** Cards and messages are taken one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(options: GroupsOptions, loaded: Pick<Loaded, "seen">) {
    this.#options = options;
    this.#ownKey = toHex(options.identity.publicKey);
    this.#seen = new SeenSequences(loaded.seen);
  }

  /** The groups as they were stored. @throws StoreError */
  static async open(options: GroupsOptions, loaded: Pick<Loaded, "groups" | "seen">): Promise<GroupsOfMine> {
    const groups = new GroupsOfMine(options, loaded);
    for (const stored of loaded.groups) await groups.#restore(stored);
    return groups;
  }

  get views(): GroupView[] {
    return [...this.#groups.values()].map((group) => group.view(this.#ownKey, this.#options.nameOf));
  }

  /** Members of all groups but ourselves, each once. */
  get members(): { id: string; key: Bytes }[] {
    const members = new Map<string, { id: string; key: Bytes }>();
    for (const { card, stored } of this.#groups.values())
      if (!stored.isRemoved) for (const member of card.members) members.set(toHex(member.key), member);
    members.delete(this.#ownKey);
    return [...members.values()];
  }

  has(group: string): boolean {
    return this.#groups.has(group);
  }

  /** Names of members may be other ones now. */
  namesChanged(): void {
    for (const group of this.#groups.values()) group.changed();
  }

  /** A new group. Its card goes to all who are there, and to the others as soon as they are. Never rejects. */
  make(name: string, contacts: readonly StoredContact[]): Promise<Outcome> {
    return this.#next(async () => {
      const members = contacts.flatMap(({ id, key }) => (key === undefined ? [] : [{ id, key }]));
      const { id, publicKey } = this.#options.identity;
      if (members.length === 0)
        return { problem: "A group needs at least one contact who was here once. Choose one." };
      if (members.length >= MAX_MEMBERS)
        return { problem: `A group has ${MAX_MEMBERS} members at most, you among them. Choose fewer.` };
      try {
        return await this.#takeOwn(makeGroupCard(name.trim(), [{ id, key: publicKey }, ...members]));
      } catch (error) {
        if (error instanceof RangeError) return { problem: "Give the group a name of 1 to 256 bytes." };
        throw error;
      }
    });
  }

  /** Removes a member of an own group: key, version and topic are new. Never rejects. */
  remove(group: string, id: string): Promise<Outcome> {
    return this.#next(async () => {
      const known = this.#groups.get(group);
      if (known?.stored.maker !== this.#ownKey)
        return { problem: "Only who made a group can remove somebody from it." };
      if (id === this.#options.identity.id) return { problem: "You made this group, and stay in it." };
      const card = removeMember(known.card, id);
      return card === known.card ? undefined : this.#takeOwn(card);
    });
  }

  /**
   * Our user leaves a group: all of it is forgotten, and no card brings it back. Nobody is told: the protocol has no
   * message for it. Never rejects.
   */
  leave(group: string): Promise<Outcome> {
    return this.#next(async () => {
      const known = this.#groups.get(group);
      if (!known) return undefined;
      await this.#options.store.leaveGroup(group);
      this.#drop(known);
      return undefined;
    });
  }

  /**
   * Forgets a contact, and leaves the groups that they made. No card or message of these comes in between.
   * @param forget stores it, groups included
   * @throws what `forget` throws: then nothing has changed
   */
  forgetContact(contact: string, forget: () => Promise<void>): Promise<void> {
    return this.#inTurn(async () => {
      await forget();
      for (const group of [...this.#groups.values()]) if (group.stored.maker === contact) this.#drop(group);
      this.namesChanged();
    });
  }

  /** Stores a text, then says it to all members who are connected. Never rejects. */
  say(group: string, text: string): Promise<Outcome> {
    return this.#next(async () => {
      const known = this.#groups.get(group);
      if (!known) return undefined;
      if (!isText(text)) return { problem: textProblem(text) };
      if (known.stored.isRemoved) return { problem: "You are no longer a member of this group." };
      await this.#say(known, text);
      return undefined;
    });
  }

  /** A contact sent a card. It is taken only if it may be. Never rejects. */
  async receiveCard(contact: string, value: unknown): Promise<void> {
    await this.#next(async () => {
      const card = await parseGroupCard(value);
      if (!card || !(await this.#mayTake(contact, card))) this.#options.count("cards of groups refused");
      else if (!(await this.#take(card, contact))) this.#options.count("cards of groups that you left");
      return undefined;
    });
  }

  /** A message came under a topic. Never rejects. */
  async receive(topic: string, message: Bytes): Promise<void> {
    const heard = this.#byTopic.get(topic);
    if (!heard) return;
    if (this.#messagesWaiting >= MOST_WAITING_MESSAGES) {
      this.#countDropped(heard);
      return;
    }
    this.#messagesWaiting += 1;
    await this.#next(async () => {
      this.#messagesWaiting -= 1;
      const group = this.#byTopic.get(topic);
      if (group) await this.#receive(group, topic, message);
      return undefined;
    });
  }

  /** A contact is there: they get the cards of our groups that are theirs, or were. */
  met(contact: string): void {
    for (const group of this.#groups.values())
      if (group.stored.maker === this.#ownKey) this.#sendCard(group, contact);
  }

  /** Nothing in it is unread any more. Never rejects. */
  async seen(group: string): Promise<void> {
    const known = this.#groups.get(group);
    if (!known || known.stored.unread === 0) return;
    await this.#next(async () => {
      // The page says so at every change: it is stored once.
      if (known.stored.unread > 0) await this.#update(known, { unread: 0 });
      return undefined;
    });
  }

  stop(): void {
    for (const group of this.#groups.values()) group.cancelTimer();
  }

  async #restore(stored: StoredGroup): Promise<void> {
    const text = stored.cards.at(-1)?.card;
    const card = text === undefined ? undefined : await parseGroupCard(JSON.parse(text));
    if (!card) return;
    const group = await GroupState.of(stored, card);
    await group.load(this.#options.store);
    this.#put(group);
  }

  /** Its topic is listened to, unless we were removed. */
  #put(group: GroupState): void {
    const { network, changed, membersChanged } = this.#options;
    const before = this.#groups.get(group.stored.group);
    if (before && before.topic !== group.topic) {
      this.#byTopic.delete(before.topic);
      network.unsubscribe(before.topic);
    }
    this.#groups.set(group.stored.group, group);
    if (!group.stored.isRemoved) {
      this.#byTopic.set(group.topic, group);
      network.subscribe(group.topic);
    }
    membersChanged();
    changed();
  }

  /** Nothing is heard of it any more. */
  #drop(group: GroupState): void {
    const { network, changed, membersChanged } = this.#options;
    group.cancelTimer();
    this.#groups.delete(group.stored.group);
    this.#seen.forget(group.topic);
    if (this.#byTopic.delete(group.topic)) network.unsubscribe(group.topic);
    membersChanged();
    changed();
  }

  async #takeOwn(card: GroupCard): Promise<Outcome> {
    await this.#take(card, this.#ownKey);
    const group = this.#groups.get(card.group);
    if (!group) return undefined;
    for (const { key } of [...card.members, ...(await group.former())]) this.#sendCard(group, toHex(key));
    return undefined;
  }

  /**
   * The first card of a group counts if its sender and we are in it; a later one if the same contact sends it (P10.11).
   * One with the key of another group is refused: that group would not be heard any more.
   */
  async #mayTake(contact: string, card: GroupCard): Promise<boolean> {
    const sameTopic = this.#byTopic.get(await topicOf(card.key));
    if (sameTopic && sameTopic.stored.group !== card.group) return false;
    const isIn = (key: string): boolean => card.members.some((member) => toHex(member.key) === key);
    if (!this.#options.isContact(contact)) return false;
    const known = this.#groups.get(card.group);
    if (known) return known.stored.maker === contact && card.version > known.card.version;
    const ofThem = [...this.#groups.values()].filter(({ stored }) => stored.maker === contact);
    return isIn(contact) && isIn(this.#ownKey) && ofThem.length < MOST_GROUPS_OF_ONE;
  }

  /** @returns false if it was not taken: our user has left the group */
  async #take(card: GroupCard, maker: string): Promise<boolean> {
    const { store, identity } = this.#options;
    const isRemoved = !card.members.some(({ key }) => isEqual(key, identity.publicKey));
    const taken = { version: card.version, card: cardText(card) };
    const stored = await store.takeGroupCard(card.group, taken, maker, isRemoved);
    if (!stored) return false;
    const before = this.#groups.get(card.group);
    this.#put(await GroupState.of(stored, card, before));
    return true;
  }

  /** A member gets the card. Who was one gets one that says so, with a key that nobody uses. */
  #sendCard(group: GroupState, contact: string): void {
    const { tell } = this.#options;
    if (contact === this.#ownKey) return;
    if (group.card.members.some(({ key }) => toHex(key) === contact))
      tell(contact, { type: "group", card: groupCardObject(group.card) });
    else void this.#next(() => this.#sayFarewell(group, contact));
  }

  async #sayFarewell(group: GroupState, contact: string): Promise<Outcome> {
    if ((await group.former()).some(({ key }) => toHex(key) === contact))
      this.#options.tell(contact, { type: "group", card: groupCardObject(group.farewell()) });
    return undefined;
  }

  async #say(group: GroupState, text: string): Promise<void> {
    const { store, clock, identity, network, changed } = this.#options;
    const { topic, card } = group;
    const said = { chat: card.group, topic, from: identity.id, text };
    const stored = await store.addOwnGroupMessage(said, clock.now());
    this.#seen.note(topic, identity.id, stored.seq);
    group.show(stored, "sending");
    changed();
    try {
      await network.say(topic, await sealGroupMessage({ card, identity, seq: stored.seq, text }));
      group.show(stored, "sent");
    } catch {
      group.show(stored, "dropped");
    }
    changed();
  }

  async #receive(group: GroupState, topic: string, message: Bytes): Promise<void> {
    const { store, clock, changed } = this.#options;
    const said = await openGroupMessage({ card: group.card, topic, message, seen: this.#seen });
    if (!said) {
      this.#countDropped(group);
      return;
    }
    const { from, seq, text } = said;
    const seen = this.#seen.of(topic, from);
    const stored = await store.addGroupMessage(
      { chat: group.card.group, topic, from, seq, text },
      seen,
      clock.now(),
      true,
    );
    if (!stored) return;
    group.stored = { ...group.stored, unread: group.stored.unread + 1 };
    group.show(stored, "sent");
    changed();
  }

  #countDropped(group: GroupState): void {
    const { clock, changed } = this.#options;
    group.stored = { ...group.stored, dropped: group.stored.dropped + 1 };
    group.changed();
    changed();
    group.storeLater(clock, STORE_DROPPED_AFTER, () => {
      void this.#next(async () => {
        await this.#update(group, { dropped: group.stored.dropped });
        return undefined;
      });
    });
  }

  async #update(group: GroupState, changes: { dropped?: number; unread?: number }): Promise<void> {
    const stored = await this.#options.store.updateGroup(group.stored.group, changes);
    if (stored) group.stored = { ...stored, dropped: Math.max(stored.dropped, group.stored.dropped) };
    group.changed();
    this.#options.changed();
  }

  /** Runs a step after those before it. What fails becomes a sentence. */
  #next(step: () => Promise<Outcome>): Promise<Outcome> {
    return this.#inTurn(step).catch((error: unknown) => {
      const problem = sentenceOf(error);
      this.#options.warn(problem);
      return { problem };
    });
  }

  /** Runs a step after those before it. @throws what it throws */
  #inTurn<T>(step: () => Promise<T>): Promise<T> {
    const result = this.#last.then(step);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
