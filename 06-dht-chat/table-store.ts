// The store's steps, over tables (P10.2, P10.3, P10.6, P10.8, P10.9, P10.11).

import { type Bytes, isEqual, toHex } from "./bytes.ts";
import { nextSequence } from "./seen-sequences.ts";
import {
  type CardOutcome,
  type ContactChanges,
  type DeliveryState,
  type FileState,
  KEPT_GROUP_CARDS,
  type Loaded,
  type OwnMessage,
  REMEMBERED_LEFT_GROUPS,
  type SeenSequence,
  type ShownCard,
  type Store,
  type StoredContact,
  type StoredEntry,
  type StoredFile,
  type StoredGroup,
  type StoredGroupCard,
  type StoredGroupMessage,
  type TheirMessage,
} from "./store.ts";
import { type EntryRow, TABLE_NAMES, type Table, type Tables, type TablesOf } from "./tables.ts";

/** Names of settings. */
const SEED = "seed";
const RECORD_SEQUENCE = "recordSequence";
const IS_DIRECT_ON = "isDirectOn";
const LAST_ORDER = "lastOrder";
const LEFT_GROUPS = "leftGroups";

/** Greater than every number that a key can hold. */
const END = Number.POSITIVE_INFINITY;

const WITH_FILES = ["entries", "parts", "blobs"] as const;
const WITH_GROUPS = ["settings", "groups", "seen", "entries"] as const;

type Settings = TablesOf<"settings">;
type Entries = TablesOf<"entries">;
type WithFiles = TablesOf<(typeof WITH_FILES)[number]>;
type WithGroups = TablesOf<(typeof WITH_GROUPS)[number]>;

export class TableStore implements Store {
  readonly #tables: Tables;

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  load(): Promise<Loaded> {
    return this.#tables.step("read", TABLE_NAMES, async (tables) => {
      const open = await openEntries(tables);
      return {
        seed: (await setting(tables, SEED)) as Bytes | undefined,
        recordSequence: await numberSetting(tables, RECORD_SEQUENCE),
        isDirectOn: (await setting(tables, IS_DIRECT_ON)) !== false,
        cards: await tables.cards.all(),
        contacts: await tables.contacts.all(),
        groups: await tables.groups.all(),
        seen: await tables.seen.all(),
        sending: open.filter((entry) => entry.kind === "own"),
        notNoted: open.filter((entry) => entry.kind === "their"),
        openFiles: open.filter((entry) => entry.kind === "file"),
      };
    });
  }

  keepSeed(seed: Bytes): Promise<Bytes> {
    return this.#tables.step("write", ["settings"], async (tables) => {
      const kept = (await setting(tables, SEED)) as Bytes | undefined;
      if (kept === undefined) await tables.settings.put({ name: SEED, value: seed });
      return kept ?? seed;
    });
  }

  takeRecordSequence(now: number): Promise<number> {
    return this.#tables.step("write", ["settings"], async (tables) => {
      const value = Math.max(now, (await numberSetting(tables, RECORD_SEQUENCE)) + 1);
      await tables.settings.put({ name: RECORD_SEQUENCE, value });
      return value;
    });
  }

  noteRecordSequence(seq: number): Promise<void> {
    return this.#tables.step("write", ["settings"], async (tables) => {
      if (seq > (await numberSetting(tables, RECORD_SEQUENCE)))
        await tables.settings.put({ name: RECORD_SEQUENCE, value: seq });
    });
  }

  setDirect(isOn: boolean): Promise<void> {
    return this.#tables.step("write", ["settings"], (tables) =>
      tables.settings.put({ name: IS_DIRECT_ON, value: isOn }),
    );
  }

  addShownCard(card: ShownCard): Promise<void> {
    return this.#tables.step("write", ["cards"], ({ cards }) => cards.put(card));
  }

  dropShownCard(hint: string): Promise<void> {
    return this.#tables.step("write", ["cards"], ({ cards }) => cards.delete(hint));
  }

  dropExpiredCards(now: number): Promise<void> {
    return this.#tables.step("write", ["cards"], async ({ cards }) => {
      for (const card of await cards.all()) if (card.expires <= now) await cards.delete(card.hint);
    });
  }

  addEnteredCard(
    { id, hint, secret }: { id: string; hint: string; secret: Bytes },
    now: number,
  ): Promise<StoredContact> {
    return this.#tables.step("write", ["contacts"], async ({ contacts }) => {
      const holder = await holderOf(contacts, hint);
      if (holder !== undefined) return holder;
      const fresh = newContact(hint, { id, key: undefined }, { hint, secret }, now);
      const refused = (await contacts.all()).find((one) => one.id === id && one.isRefused);
      const contact =
        refused === undefined ? fresh : { ...fresh, contact: refused.contact, name: refused.name };
      await contacts.put(contact);
      return contact;
    });
  }

  completeCard(hint: string, peer: { id: string; key: Bytes }, now: number): Promise<CardOutcome> {
    return this.#tables.step("write", ["cards", "contacts", "entries"], async (tables) => {
      const holder = await holderOf(tables.contacts, hint);
      if (holder?.key !== undefined) return isEqual(holder.key, peer.key) ? "stored" : "card-used";
      if (holder !== undefined && holder.id !== peer.id) return "unknown-card";
      const shown = holder === undefined ? await tables.cards.get(hint) : undefined;
      const secret = holder?.secrets[0]?.secret ?? shown?.secret;
      if (secret === undefined || (shown !== undefined && shown.expires <= now)) return "unknown-card";
      await pin(tables, holder, peer, { hint, secret }, now);
      await tables.cards.delete(hint);
      return "stored";
    });
  }

  updateContact(
    contact: string,
    { name, isCompared, isRefused, unread }: ContactChanges,
  ): Promise<StoredContact | undefined> {
    return this.#tables.step("write", ["contacts"], async ({ contacts }) => {
      const before = await contacts.get(contact);
      if (before === undefined) return undefined;
      const after = {
        ...before,
        name: name ?? before.name,
        isCompared: isCompared ?? before.isCompared,
        isRefused: isRefused ?? before.isRefused,
        unread: unread ?? before.unread,
      };
      await contacts.put(after);
      return after;
    });
  }

  forget(contact: string): Promise<void> {
    const names = ["contacts", "forgotten", "settings", "groups", "seen", ...WITH_FILES] as const;
    return this.#tables.step("write", names, async (tables) => {
      for (const { group, maker } of await tables.groups.all())
        if (maker === contact) await leave(tables, group);
      await tables.contacts.delete(contact);
      for (const { entry } of await entriesOfChat(tables, contact)) {
        if (entry.kind === "their") await tables.forgotten.put({ chat: contact, id: entry.id });
        await deleteEntry(tables, entry);
      }
    });
  }

  entriesOf(chat: string, limit: number, before: number = END): Promise<StoredEntry[]> {
    return this.#tables.step("read", ["entries"], async ({ entries }) => {
      // Orders are integers from 1, and a range holds its own end.
      const end = before === END ? END : before - 1;
      const options = { index: "chat", isBackwards: true, limit };
      const rows = await entries.between([chat, 0], [chat, end], options);
      return rows.reverse().map(({ entry }) => entry);
    });
  }

  addOwnMessage(
    { chat, id, text }: { chat: string; id: string; text: string },
    now: number,
  ): Promise<OwnMessage> {
    return this.#tables.step("write", ["settings", "entries"], (tables) =>
      addEntry<OwnMessage>(tables, { kind: "own", chat, at: now, id, text, state: "sending", since: now }),
    );
  }

  setDelivery(chat: string, id: string, state: DeliveryState, now: number): Promise<OwnMessage | undefined> {
    return this.#tables.step("write", ["entries"], async (tables) => {
      const entry = await entryNamed(tables, ownName(id));
      if (entry?.kind !== "own" || entry.chat !== chat || !mayBecome(entry.state, state)) return undefined;
      const after = { ...entry, state, since: state === "sending" ? now : entry.since };
      await putEntry(tables, after);
      return after;
    });
  }

  addTheirMessage(
    { chat, id, text }: { chat: string; id: string; text: string },
    now: number,
  ): Promise<TheirMessage | "noted"> {
    return this.#tables.step("write", ["settings", "entries", "forgotten"], async (tables) => {
      const entry = await entryNamed(tables, theirName(chat, id));
      if (entry?.kind === "their") return entry.isNoted ? "noted" : entry;
      if ((await tables.forgotten.get([chat, id])) !== undefined) return "noted";
      return addEntry<TheirMessage>(tables, { kind: "their", chat, at: now, id, text, isNoted: false });
    });
  }

  noteShown(chat: string, id: string, isUnread: boolean): Promise<void> {
    // Undone by a power failure, it is only shown at the next start: it need not be waited for.
    return this.#tables.step("soon", ["entries", "contacts"], async (tables) => {
      const entry = await entryNamed(tables, theirName(chat, id));
      if (entry?.kind !== "their" || entry.isNoted) return;
      await putEntry(tables, { ...entry, isNoted: true });
      const contact = await tables.contacts.get(chat);
      if (isUnread && contact !== undefined)
        await tables.contacts.put({ ...contact, unread: contact.unread + 1 });
    });
  }

  addFile(
    offer: Pick<StoredFile, "chat" | "direction" | "file" | "name" | "media" | "size" | "sha256">,
    now: number,
    blob?: Blob,
  ): Promise<StoredFile | undefined> {
    return this.#tables.step("write", ["settings", "entries", "blobs"], async (tables) => {
      const { chat, direction, file, name, media, size, sha256 } = offer;
      if ((await entryNamed(tables, fileName(chat, direction, file))) !== undefined) return undefined;
      const stored = await addEntry<StoredFile>(tables, {
        kind: "file",
        ...{ chat, at: now, direction, file, name, media, size, sha256 },
        state: "offered",
        done: 0,
      });
      if (blob !== undefined) await tables.blobs.put({ order: stored.order, blob });
      return stored;
    });
  }

  findFile(chat: string, direction: "in" | "out", file: number): Promise<StoredFile | undefined> {
    return this.#tables.step("read", ["entries"], async (tables) => {
      const entry = await entryNamed(tables, fileName(chat, direction, file));
      return entry?.kind === "file" ? entry : undefined;
    });
  }

  setFile(
    order: number,
    { state, done }: { state?: Exclude<FileState, "done">; done?: number },
  ): Promise<StoredFile | undefined> {
    // How far it is may be undone by a power failure: the other page says at the next offer where to go on.
    return this.#tables.step(state === undefined ? "soon" : "write", WITH_FILES, async (tables) => {
      const file = await fileAt(tables, order);
      if (file === undefined) return undefined;
      const isOfferedAgain = file.state === "dropped" && state === "offered";
      if (!isOpenFile(file) && !isOfferedAgain) return undefined;
      // What had come of it was removed when it was dropped.
      const before = isOfferedAgain ? 0 : file.done;
      const after = { ...file, state: state ?? file.state, done: done ?? before };
      if (!isOpenFile(after)) {
        await deleteParts(tables, order);
        if (after.state !== "dropped") await tables.blobs.delete(order);
      }
      await putEntry(tables, after);
      return after;
    });
  }

  addPart(order: number, offset: number, bytes: Bytes): Promise<StoredFile | undefined> {
    return this.#tables.step("soon", ["entries", "parts"], async (tables) => {
      const file = await fileAt(tables, order);
      if (file?.state !== "passing" || file.direction !== "in" || file.done !== offset) return undefined;
      const after = { ...file, done: offset + bytes.length };
      if (after.done > file.size) return undefined;
      await tables.parts.put({ order, offset, bytes });
      await putEntry(tables, after);
      return after;
    });
  }

  async partOf(order: number): Promise<Blob> {
    const parts = await this.#tables.step("read", ["parts"], ({ parts }) =>
      parts.between([order, 0], [order, END]),
    );
    return new Blob(parts.map(({ bytes }) => bytes));
  }

  finishFile(order: number, blob?: Blob): Promise<StoredFile | undefined> {
    return this.#tables.step("write", WITH_FILES, async (tables) => {
      const file = await fileAt(tables, order);
      if (file === undefined || !isOpenFile(file)) return undefined;
      const after: StoredFile = { ...file, state: "done", done: file.size };
      await deleteParts(tables, order);
      if (blob !== undefined) await tables.blobs.put({ order, blob });
      await putEntry(tables, after);
      return after;
    });
  }

  async blobOf(order: number): Promise<Blob | undefined> {
    const row = await this.#tables.step("read", ["blobs"], ({ blobs }) => blobs.get(order));
    return row?.blob;
  }

  takeGroupCard(
    group: string,
    card: StoredGroupCard,
    maker: string,
    isRemoved: boolean,
  ): Promise<StoredGroup | undefined> {
    return this.#tables.step("write", ["groups", "settings"], async (tables) => {
      const { groups } = tables;
      if ((await leftGroups(tables)).includes(group)) return undefined;
      const before = await groups.get(group);
      const version = before?.cards.at(-1)?.version ?? 0;
      if (card.version <= version || (before !== undefined && before.maker !== maker)) return undefined;
      const after: StoredGroup = {
        ...(before ?? { group, maker, dropped: 0, unread: 0 }),
        cards: [...(before?.cards ?? []), card].slice(-KEPT_GROUP_CARDS),
        isRemoved,
      };
      await groups.put(after);
      return after;
    });
  }

  updateGroup(
    group: string,
    { dropped, unread }: Partial<Pick<StoredGroup, "dropped" | "unread">>,
  ): Promise<StoredGroup | undefined> {
    return this.#tables.step("write", ["groups"], async ({ groups }) => {
      const before = await groups.get(group);
      if (before === undefined) return undefined;
      const after = { ...before, dropped: dropped ?? before.dropped, unread: unread ?? before.unread };
      await groups.put(after);
      return after;
    });
  }

  leaveGroup(group: string): Promise<void> {
    return this.#tables.step("write", WITH_GROUPS, async (tables) => {
      if ((await tables.groups.get(group)) !== undefined) await leave(tables, group);
    });
  }

  addOwnGroupMessage(
    { chat, topic, from, text }: { chat: string; topic: string; from: string; text: string },
    now: number,
  ): Promise<StoredGroupMessage> {
    return this.#tables.step("write", ["settings", "entries", "seen"], async (tables) => {
      const seqs = (await tables.seen.get([topic, from]))?.seqs ?? [];
      const seq = nextSequence(now, Math.max(0, ...seqs));
      await tables.seen.put({ topic, from, seqs: [seq] });
      const message = { chat, at: now, topic, from, seq, text, isOwn: true };
      return addEntry<StoredGroupMessage>(tables, { kind: "group", ...message });
    });
  }

  addGroupMessage(
    {
      chat,
      topic,
      from,
      seq,
      text,
    }: { chat: string; topic: string; from: string; seq: number; text: string },
    seqs: SeenSequence["seqs"],
    now: number,
    isUnread: boolean,
  ): Promise<StoredGroupMessage | undefined> {
    return this.#tables.step("write", ["settings", "entries", "seen", "groups"], async (tables) => {
      const group = await tables.groups.get(chat);
      const before = (await tables.seen.get([topic, from]))?.seqs ?? [];
      if (group === undefined || before.includes(seq)) return undefined;
      await tables.seen.put({ topic, from, seqs: [...seqs] });
      if (isUnread) await tables.groups.put({ ...group, unread: group.unread + 1 });
      const message = { chat, at: now, topic, from, seq, text, isOwn: false };
      return addEntry<StoredGroupMessage>(tables, { kind: "group", ...message });
    });
  }

  close(): Promise<void> {
    return this.#tables.close();
  }
}

async function setting({ settings }: Settings, name: string): Promise<unknown> {
  return (await settings.get(name))?.value;
}

async function numberSetting(tables: Settings, name: string): Promise<number> {
  const value = await setting(tables, name);
  return typeof value === "number" ? value : 0;
}

// --- contacts

/** The contact that has a card's secret. There are some hundreds of contacts at most: they are looked through. */
async function holderOf(contacts: Table<StoredContact>, hint: string): Promise<StoredContact | undefined> {
  const all = await contacts.all();
  return all.find(({ secrets }) => secrets.some((secret) => secret.hint === hint));
}

function newContact(
  contact: string,
  { id, key }: { id: string; key: Bytes | undefined },
  secret: { hint: string; secret: Bytes },
  since: number,
): StoredContact {
  return {
    contact,
    id,
    key,
    secrets: [secret],
    name: "",
    isCompared: false,
    isRefused: false,
    unread: 0,
    since,
  };
}

/** Makes the card's secret one of the contact with this key. @param holder the contact without a key that had it */
async function pin(
  tables: TablesOf<"contacts" | "entries">,
  holder: StoredContact | undefined,
  { id, key }: { id: string; key: Bytes },
  secret: { hint: string; secret: Bytes },
  now: number,
): Promise<void> {
  const contact = toHex(key);
  const known = await tables.contacts.get(contact);
  const pinned =
    known === undefined
      ? { ...(holder ?? newContact(contact, { id, key }, secret, now)), contact, key }
      : { ...known, secrets: [...known.secrets, secret], name: known.name || (holder?.name ?? "") };
  await tables.contacts.put(pinned);
  if (holder === undefined) return;
  await tables.contacts.delete(holder.contact);
  for (const { entry } of await entriesOfChat(tables, holder.contact))
    await putEntry(tables, { ...entry, chat: contact });
}

// --- entries

function ownName(id: string): string {
  return `own ${id}`;
}

function theirName(chat: string, id: string): string {
  return `their ${chat} ${id}`;
}

function fileName(chat: string, direction: "in" | "out", file: number): string {
  return `${direction} ${chat} ${file}`;
}

function nameOf(entry: StoredEntry): string {
  switch (entry.kind) {
    case "own":
      return ownName(entry.id);
    case "their":
      return theirName(entry.chat, entry.id);
    case "file":
      return fileName(entry.chat, entry.direction, entry.file);
    case "group":
      return `group ${entry.topic} ${entry.from} ${entry.seq}`;
  }
}

function isOpen(entry: StoredEntry): boolean {
  switch (entry.kind) {
    case "own":
      return entry.state === "sending";
    case "their":
      return !entry.isNoted;
    case "file":
      return isOpenFile(entry);
    case "group":
      return false;
  }
}

function isOpenFile({ state }: StoredFile): boolean {
  return state === "offered" || state === "passing";
}

/** P10.8: which state may follow which. */
function mayBecome(before: DeliveryState, after: DeliveryState): boolean {
  if (after === "delivered") return before !== "delivered";
  return after === "dropped" ? before === "sending" : before === "dropped";
}

/** A new entry, with the next order. */
async function addEntry<Entry extends StoredEntry>(
  tables: Settings & Entries,
  entry: Omit<Entry, "order">,
): Promise<Entry> {
  const order = (await numberSetting(tables, LAST_ORDER)) + 1;
  await tables.settings.put({ name: LAST_ORDER, value: order });
  const stored = { ...entry, order } as Entry;
  await putEntry(tables, stored);
  return stored;
}

async function putEntry({ entries }: Entries, entry: StoredEntry): Promise<void> {
  const row: EntryRow = { order: entry.order, chat: entry.chat, name: nameOf(entry), entry };
  await entries.put(isOpen(entry) ? { ...row, open: 1 } : row);
}

async function entryNamed({ entries }: Entries, name: string): Promise<StoredEntry | undefined> {
  const [row] = await entries.between(name, name, { index: "name", limit: 1 });
  return row?.entry;
}

function entriesOfChat({ entries }: Entries, chat: string): Promise<EntryRow[]> {
  return entries.between([chat, 0], [chat, END], { index: "chat" });
}

async function openEntries({ entries }: Entries): Promise<StoredEntry[]> {
  const rows = await entries.between(1, 1, { index: "open" });
  return rows.map(({ entry }) => entry);
}

// --- groups

async function leftGroups(tables: Settings): Promise<string[]> {
  const value = await setting(tables, LEFT_GROUPS);
  return Array.isArray(value) ? value : [];
}

/** What was seen has no group: the topics are those of what was said. */
async function leave(tables: WithGroups, group: string): Promise<void> {
  await tables.groups.delete(group);
  const left = [...(await leftGroups(tables)), group].slice(-REMEMBERED_LEFT_GROUPS);
  await tables.settings.put({ name: LEFT_GROUPS, value: left });
  const topics = new Set<string>();
  for (const { entry } of await entriesOfChat(tables, group)) {
    if (entry.kind === "group") topics.add(entry.topic);
    await tables.entries.delete(entry.order);
  }
  for (const { topic, from } of await tables.seen.all())
    if (topics.has(topic)) await tables.seen.delete([topic, from]);
}

// --- files

async function fileAt({ entries }: Entries, order: number): Promise<StoredFile | undefined> {
  const entry = (await entries.get(order))?.entry;
  return entry?.kind === "file" ? entry : undefined;
}

async function deleteEntry(tables: WithFiles, entry: StoredEntry): Promise<void> {
  await tables.entries.delete(entry.order);
  if (entry.kind !== "file") return;
  await deleteParts(tables, entry.order);
  await tables.blobs.delete(entry.order);
}

function deleteParts({ parts }: TablesOf<"parts">, order: number): Promise<void> {
  return parts.deleteBetween([order, 0], [order, END]);
}
