// What every store must do, whatever keeps its tables: run in Node.js over memory, and in a browser over IndexedDB.

import { expect } from "chai";
import type { Bytes } from "../bytes.ts";
import {
  KEPT_GROUP_CARDS,
  REMEMBERED_LEFT_GROUPS,
  StorageFull,
  type Store,
  type StoredContact,
  type StoredEntry,
  StoreError,
} from "../store.ts";
import { TableStore } from "../table-store.ts";
import { TABLE_NAMES, type Tables } from "../tables.ts";
import { FaultyTables } from "./faulty-tables.ts";

/** How a test gets its tables. */
export interface TablesKit {
  /** New, empty tables. */
  open(): Promise<Tables>;
  /** The same tables, as a page finds them that starts again. */
  reopen(tables: Tables): Promise<Tables>;
}

export interface StoreTest {
  title: string;
  run(kit: TablesKit): Promise<void>;
}

const NOW = 1_764_360_000_000;
const ANN = { id: "141065404484172", key: bytes(1), name: "01".repeat(32) };
const BEN = { id: "596934386853336", key: bytes(2), name: "02".repeat(32) };
const HINT = "28c26ad0a1e2abda";
const OTHER_HINT = "0011223344556677";
const SECRET = bytes(9);
const ID = "0123456789abcdef0123456789abcdef";
const HASH = "a".repeat(64);
const GROUP = "ab".repeat(16);
const TOPIC = "cd".repeat(32);

function bytes(value: number, length = 32): Bytes {
  return new Uint8Array(length).fill(value);
}

/** The number in 32 hexadecimal digits. */
function idOf(number: number): string {
  return number.toString(16).padStart(32, "0");
}

/** A store, its tables, and the way to start again. */
class Scene {
  readonly #kit: TablesKit;
  readonly tables: FaultyTables;
  readonly store: Store;
  readonly #inner: Tables;

  private constructor(kit: TablesKit, tables: Tables) {
    this.#kit = kit;
    this.#inner = tables;
    this.tables = new FaultyTables(tables);
    this.store = new TableStore(this.tables);
  }

  static async begin(kit: TablesKit): Promise<Scene> {
    return new Scene(kit, await kit.open());
  }

  async again(): Promise<Scene> {
    return new Scene(this.#kit, await this.#kit.reopen(this.#inner));
  }

  /** Every row of every table; blobs as their sizes and types. */
  async dump(): Promise<unknown> {
    const rows = await this.tables.step("read", TABLE_NAMES, async (tables) => {
      const all: [string, unknown[]][] = [];
      for (const name of TABLE_NAMES) all.push([name, await tables[name].all()]);
      return all;
    });
    return rows.map(([name, all]) => [name, all.map(describeBlob)]);
  }

  async contacts(): Promise<StoredContact[]> {
    return (await this.store.load()).contacts;
  }

  /** A contact whose card was shown here, and completed. */
  async contact(peer = ANN, hint = HINT): Promise<void> {
    await this.store.addShownCard({ hint, secret: SECRET, expires: NOW + 1 });
    expect(await this.store.completeCard(hint, peer, NOW)).to.equal("stored");
  }
}

function describeBlob(row: unknown): unknown {
  if (typeof row !== "object" || row === null || !("blob" in row) || !(row.blob instanceof Blob)) return row;
  return { ...row, blob: [row.blob.size, row.blob.type] };
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

function offer(file: number, direction: "in" | "out", size = 10, chat = ANN.name) {
  return { chat, direction, file, name: "../a.png", media: "image/png", size, sha256: HASH };
}

async function bytesOf(blob: Blob | undefined): Promise<number[] | undefined> {
  return blob === undefined ? undefined : [...new Uint8Array(await blob.arrayBuffer())];
}

function texts(entries: readonly StoredEntry[]): string[] {
  return entries.map((entry) => ("text" in entry ? entry.text : `file ${entry.file}`));
}

const TESTS: Record<string, (scene: Scene) => Promise<void>> = {
  "P10.1 the first seed is kept, and no other one takes its place": async (scene) => {
    expect((await scene.store.load()).seed).to.equal(undefined);
    expect(await scene.store.keepSeed(bytes(1))).to.deep.equal(bytes(1));
    expect(await scene.store.keepSeed(bytes(2))).to.deep.equal(bytes(1));
    expect((await (await scene.again()).store.load()).seed).to.deep.equal(bytes(1));
  },

  "P10.3 a record's sequence number is the time, and greater than the last one published or seen": async (
    scene,
  ) => {
    const { store } = scene;
    expect((await store.load()).recordSequence).to.equal(0);
    expect(await store.takeRecordSequence(NOW)).to.equal(NOW);
    expect(await store.takeRecordSequence(NOW)).to.equal(NOW + 1);
    expect(await store.takeRecordSequence(NOW - 60_000), "the clock was put back").to.equal(NOW + 2);
    await store.noteRecordSequence(NOW + 100);
    await store.noteRecordSequence(NOW);
    expect((await (await scene.again()).store.load()).recordSequence).to.equal(NOW + 100);
    expect(await store.takeRecordSequence(NOW + 50)).to.equal(NOW + 101);
    expect(await store.takeRecordSequence(NOW + 500)).to.equal(NOW + 500);
  },

  "P10.10 the switch for direct paths is on until it is turned off, and stays so": async (scene) => {
    expect((await scene.store.load()).isDirectOn).to.equal(true);
    await scene.store.setDirect(false);
    expect((await (await scene.again()).store.load()).isDirectOn).to.equal(false);
    await scene.store.setDirect(true);
    expect((await scene.store.load()).isDirectOn).to.equal(true);
  },

  "P10.2 a card that is shown is there until it is hidden or expired": async ({ store }) => {
    const card = (hint: string, expires: number) => ({ hint, secret: SECRET, expires });
    for (const [hint, expires] of [
      ["a", NOW],
      ["b", NOW + 1],
      ["c", NOW + 2],
    ] as const)
      await store.addShownCard(card(hint, expires));
    await store.dropShownCard("c");
    expect((await store.load()).cards).to.deep.equal([card("a", NOW), card("b", NOW + 1)]);
    await store.dropExpiredCards(NOW);
    expect((await store.load()).cards).to.deep.equal([card("b", NOW + 1)]);
  },

  "P10.6 a shown card is used and the key pinned in one step": async (scene) => {
    await scene.contact();
    const { cards, contacts } = await (await scene.again()).store.load();
    expect(cards).to.deep.equal([]);
    expect(contacts).to.deep.equal([
      {
        contact: ANN.name,
        id: ANN.id,
        key: ANN.key,
        secrets: [{ hint: HINT, secret: SECRET }],
        name: "",
        isCompared: false,
        isRefused: false,
        unread: 0,
        since: NOW,
      },
    ]);
  },

  "P10.2 the first key that completes a card has it: another one gets card-used, the same one may come again":
    async (scene) => {
      const { store } = scene;
      await scene.contact();
      const before = await scene.dump();
      expect(await store.completeCard(HINT, BEN, NOW)).to.equal("card-used");
      expect(await store.completeCard(HINT, { ...ANN, key: BEN.key }, NOW)).to.equal("card-used");
      expect(await store.completeCard(HINT, ANN, NOW + 86_400_000)).to.equal("stored");
      expect(await scene.dump()).to.deep.equal(before);
    },

  "P10.6 of two that complete one card at once, one has it": async ({ store }) => {
    await store.addShownCard({ hint: HINT, secret: SECRET, expires: NOW + 1 });
    const results = await Promise.all([ANN, BEN].map((peer) => store.completeCard(HINT, peer, NOW)));
    expect(results).to.deep.equal(["stored", "card-used"]);
    expect((await store.load()).contacts.map(({ contact }) => contact)).to.deep.equal([ANN.name]);
  },

  "P10.2 a card that is unknown, hidden or expired completes nothing": async (scene) => {
    const { store } = scene;
    expect(await store.completeCard(HINT, ANN, NOW)).to.equal("unknown-card");
    await store.addShownCard({ hint: HINT, secret: SECRET, expires: NOW });
    expect(await store.completeCard(HINT, ANN, NOW)).to.equal("unknown-card");
    expect(await store.completeCard(HINT, ANN, NOW + 1)).to.equal("unknown-card");
    expect(await scene.contacts()).to.deep.equal([]);
    expect(await store.completeCard(HINT, ANN, NOW - 1)).to.equal("stored");
    await store.addShownCard({ hint: OTHER_HINT, secret: SECRET, expires: NOW + 1 });
    await store.dropShownCard(OTHER_HINT);
    expect(await store.completeCard(OTHER_HINT, BEN, NOW)).to.equal("unknown-card");
  },

  "P10.6 an entered card is a contact without a key, until its key is pinned; what was written before stays":
    async (scene) => {
      const { store } = scene;
      const entered = await store.addEnteredCard({ id: ANN.id, hint: HINT, secret: SECRET }, NOW);
      expect(entered).to.include({ contact: HINT, id: ANN.id, key: undefined });
      expect(await store.addEnteredCard({ id: ANN.id, hint: HINT, secret: SECRET }, NOW + 9)).to.deep.equal(
        entered,
      );
      await store.updateContact(HINT, { name: "Ann" });
      await store.addOwnMessage({ chat: HINT, id: ID, text: "early" }, NOW);
      await store.addFile(offer(1, "out", 3, HINT), NOW, new Blob(["abc"]));
      expect(await store.completeCard(HINT, BEN, NOW), "somebody with another id").to.equal("unknown-card");
      expect(await store.completeCard(HINT, ANN, NOW)).to.equal("stored");
      const contact = { ...entered, contact: ANN.name, key: ANN.key, name: "Ann" };
      expect(await (await scene.again()).contacts()).to.deep.equal([contact]);
      expect(texts(await store.entriesOf(ANN.name, 10))).to.deep.equal(["early", "file 1"]);
      expect(await store.entriesOf(HINT, 10)).to.deep.equal([]);
      expect(await store.setDelivery(ANN.name, ID, "delivered", NOW)).to.include({ chat: ANN.name });
      expect(await store.findFile(ANN.name, "out", 1)).to.include({ chat: ANN.name });
      const again = await store.addEnteredCard({ id: ANN.id, hint: HINT, secret: SECRET }, NOW);
      expect(again, "entered again").to.deep.equal(contact);
      expect(await store.completeCard(HINT, { ...ANN, key: BEN.key }, NOW)).to.equal("card-used");
    },

  "P10.6 a contact met over two cards keeps both secrets": async (scene) => {
    const { store } = scene;
    await scene.contact();
    await store.updateContact(ANN.name, { isCompared: true, unread: 3 });
    await store.addOwnMessage({ chat: ANN.name, id: idOf(1), text: "one" }, NOW);
    await store.addEnteredCard({ id: ANN.id, hint: OTHER_HINT, secret: bytes(8) }, NOW);
    await store.updateContact(OTHER_HINT, { name: "Ann" });
    await store.addOwnMessage({ chat: OTHER_HINT, id: idOf(2), text: "two" }, NOW);
    expect(await store.completeCard(OTHER_HINT, ANN, NOW)).to.equal("stored");
    const [contact, ...others] = await scene.contacts();
    expect(others).to.deep.equal([]);
    expect(contact).to.deep.include({ contact: ANN.name, name: "Ann", isCompared: true, unread: 3 });
    expect(contact?.secrets.map(({ hint }) => hint)).to.deep.equal([HINT, OTHER_HINT]);
    expect(texts(await store.entriesOf(ANN.name, 10))).to.deep.equal(["one", "two"]);
    for (const hint of [HINT, OTHER_HINT]) {
      expect(await store.completeCard(hint, ANN, NOW)).to.equal("stored");
      expect(await store.completeCard(hint, BEN, NOW)).to.equal("card-used");
    }
    await store.addShownCard({ hint: "f".repeat(16), secret: SECRET, expires: NOW + 1 });
    await store.updateContact(ANN.name, { name: "Anna" });
    expect(await store.completeCard("f".repeat(16), ANN, NOW)).to.equal("stored");
    expect((await scene.contacts())[0]).to.include({ name: "Anna" });
    expect((await scene.contacts())[0]?.secrets).to.have.lengthOf(3);
  },

  "P10.6 a number whose card was another's takes a new card, and keeps its name and texts": async (scene) => {
    const { store } = scene;
    await store.addEnteredCard({ id: ANN.id, hint: HINT, secret: SECRET }, NOW);
    await store.addEnteredCard({ id: BEN.id, hint: "e".repeat(16), secret: SECRET }, NOW);
    await store.updateContact(HINT, { name: "Ann" });
    await store.addOwnMessage({ chat: HINT, id: ID, text: "early" }, NOW);
    expect(await store.updateContact(HINT, { isRefused: true })).to.include({ isRefused: true, name: "Ann" });
    const revived = await store.addEnteredCard({ id: ANN.id, hint: OTHER_HINT, secret: bytes(8) }, NOW + 1);
    expect(revived).to.include({ contact: HINT, name: "Ann", isRefused: false, since: NOW + 1 });
    expect(revived.secrets).to.deep.equal([{ hint: OTHER_HINT, secret: bytes(8) }]);
    expect(await (await scene.again()).contacts()).to.have.lengthOf(2);
    expect(await store.completeCard(OTHER_HINT, ANN, NOW)).to.equal("stored");
    expect(texts(await store.entriesOf(ANN.name, 10))).to.deep.equal(["early"]);
  },

  "P10.2 a contact is renamed, compared and counted, each without the others": async ({ store }) => {
    await store.addEnteredCard({ id: ANN.id, hint: HINT, secret: SECRET }, NOW);
    expect(await store.updateContact(HINT, { name: "Ann" })).to.include({ name: "Ann", isCompared: false });
    expect(await store.updateContact(HINT, { isCompared: true })).to.include({
      name: "Ann",
      isCompared: true,
    });
    expect(await store.updateContact(HINT, { unread: 2 })).to.include({ unread: 2, isCompared: true });
    expect(await store.updateContact(HINT, { name: "", isCompared: false, unread: 0 })).to.include({
      name: "",
      isCompared: false,
      unread: 0,
    });
    expect(await store.updateContact(OTHER_HINT, { name: "x" })).to.equal(undefined);
    expect((await store.load()).contacts).to.have.lengthOf(1);
  },

  "P10.8 an own message is stored as sending, with its order and time, and is there at the next start":
    async (scene) => {
      const { store } = scene;
      const one = await store.addOwnMessage({ chat: ANN.name, id: idOf(9), text: "a\0b\u202e☕" }, NOW);
      const two = await store.addOwnMessage({ chat: BEN.name, id: idOf(1), text: "two" }, NOW - 5);
      expect(one).to.deep.equal({
        kind: "own",
        chat: ANN.name,
        at: NOW,
        id: idOf(9),
        text: "a\0b\u202e☕",
        state: "sending",
        since: NOW,
        order: one.order,
      });
      expect(two.order).to.be.greaterThan(one.order);
      expect((await (await scene.again()).store.load()).sending).to.deep.equal([one, two]);
    },

  "P10.8 sending becomes delivered or dropped, dropped becomes delivered or sending again, and delivered stays":
    async ({ store }) => {
      const allowed: Record<string, string[]> = {
        sending: ["delivered", "dropped"],
        delivered: [],
        dropped: ["delivered", "sending"],
      };
      const states = ["sending", "delivered", "dropped"] as const;
      let number = 0;
      for (const before of states)
        for (const after of states) {
          const id = idOf(++number);
          const message = await store.addOwnMessage({ chat: ANN.name, id, text: "x" }, NOW);
          if (before !== "sending") await store.setDelivery(ANN.name, id, before, NOW);
          const changed = await store.setDelivery(ANN.name, id, after, NOW + 7);
          const isAllowed = allowed[before]?.includes(after);
          const since = after === "sending" ? NOW + 7 : NOW;
          expect(changed, `${before} to ${after}`).to.deep.equal(
            isAllowed ? { ...message, state: after, since } : undefined,
          );
          const stored = (await store.entriesOf(ANN.name, 1))[0];
          expect(stored).to.deep.include({ id, state: isAllowed ? after : before });
        }
      const { sending } = await store.load();
      expect(sending.map(({ id }) => id)).to.deep.equal([idOf(1), idOf(7)]);
    },

  "P10.8 an acknowledgement of another contact, or of an unknown id, changes nothing": async (scene) => {
    await scene.store.addOwnMessage({ chat: ANN.name, id: ID, text: "x" }, NOW);
    await scene.store.addTheirMessage({ chat: ANN.name, id: idOf(2), text: "y" }, NOW);
    const before = await scene.dump();
    expect(await scene.store.setDelivery(BEN.name, ID, "delivered", NOW)).to.equal(undefined);
    expect(await scene.store.setDelivery(ANN.name, idOf(1), "delivered", NOW)).to.equal(undefined);
    expect(await scene.store.setDelivery(ANN.name, idOf(2), "delivered", NOW)).to.equal(undefined);
    expect(await scene.dump()).to.deep.equal(before);
  },

  "P10.8 what is received is stored by key and id, once, and shown until that is noted": async (scene) => {
    const { store } = scene;
    await scene.contact();
    const message = { chat: ANN.name, id: ID, text: "hi" };
    const stored = await store.addTheirMessage(message, NOW);
    expect(stored).to.deep.include({ kind: "their", ...message, at: NOW, isNoted: false });
    expect(await store.addTheirMessage({ ...message, text: "other" }, NOW + 9)).to.deep.equal(stored);
    expect((await (await scene.again()).store.load()).notNoted).to.deep.equal([stored]);
    await store.noteShown(ANN.name, ID, true);
    await store.noteShown(ANN.name, ID, true);
    await store.noteShown(ANN.name, idOf(5), true);
    expect((await scene.contacts())[0]).to.include({ unread: 1 });
    const again = (await scene.again()).store;
    expect((await again.load()).notNoted).to.deep.equal([]);
    expect(await again.addTheirMessage(message, NOW)).to.equal("noted");
    const other = await again.addTheirMessage({ ...message, chat: BEN.name }, NOW);
    expect(other, "the same id of another key").to.include({ isNoted: false });
    await again.noteShown(BEN.name, ID, false);
    expect(texts(await again.entriesOf(ANN.name, 9))).to.deep.equal(["hi"]);
    expect((await again.load()).contacts[0]).to.include({ unread: 1 });
  },

  "P10.8 a contact that is forgotten is gone with all of it; what they sent is not shown when it comes again":
    async (scene) => {
      const { store } = scene;
      await scene.contact();
      await scene.contact(BEN, OTHER_HINT);
      for (const chat of [ANN.name, BEN.name]) {
        await store.addOwnMessage({ chat, id: chat.slice(0, 32), text: "mine" }, NOW);
        await store.addTheirMessage({ chat, id: ID, text: "theirs" }, NOW);
        await store.addFile(offer(1, "out", 3, chat), NOW, new Blob(["abc"]));
        const file = await store.addFile(offer(2, "in", 10, chat), NOW);
        await store.setFile(file?.order ?? 0, { state: "passing" });
        await store.addPart(file?.order ?? 0, 0, bytes(1, 5));
      }
      await store.forget(ANN.name);
      const later = await scene.again();
      expect((await later.contacts()).map(({ contact }) => contact)).to.deep.equal([BEN.name]);
      expect(await later.store.entriesOf(ANN.name, 10)).to.deep.equal([]);
      expect(await later.store.addTheirMessage({ chat: ANN.name, id: ID, text: "theirs" }, NOW)).to.equal(
        "noted",
      );
      expect(texts(await later.store.entriesOf(BEN.name, 10))).to.deep.equal([
        "mine",
        "theirs",
        "file 1",
        "file 2",
      ]);
      const dump = JSON.stringify(await later.dump());
      expect(dump.split(ANN.name), "only the id of what they sent is left").to.have.lengthOf(2);
      await later.store.forget(BEN.name);
      const { sending, notNoted, openFiles } = await later.store.load();
      expect([sending, notNoted, openFiles]).to.deep.equal([[], [], []]);
      const counts = (await later.dump()) as [string, unknown[]][];
      expect(
        counts.filter(([name]) => /entries|parts|blobs/.test(name)).map(([, rows]) => rows.length),
      ).to.deep.equal([0, 0, 0]);
    },

  "P10.8 a chat is read from its end, page by page, in its order": async ({ store }) => {
    const orders: number[] = [];
    for (let number = 1; number <= 7; number++) {
      const { order } = await store.addOwnMessage(
        { chat: ANN.name, id: idOf(number), text: `${number}` },
        NOW - number,
      );
      orders.push(order);
      await store.addOwnMessage({ chat: BEN.name, id: idOf(100 + number), text: "other" }, NOW);
    }
    expect(texts(await store.entriesOf(ANN.name, 3))).to.deep.equal(["5", "6", "7"]);
    expect(texts(await store.entriesOf(ANN.name, 3, orders[4]))).to.deep.equal(["2", "3", "4"]);
    expect(texts(await store.entriesOf(ANN.name, 3, orders[1]))).to.deep.equal(["1"]);
    expect(await store.entriesOf(ANN.name, 3, orders[0])).to.deep.equal([]);
    expect(texts(await store.entriesOf(ANN.name, 100))).to.deep.equal(["1", "2", "3", "4", "5", "6", "7"]);
    expect(await store.entriesOf(ANN.name, 0)).to.deep.equal([]);
    // A name that begins alike is another chat.
    expect(await store.entriesOf(ANN.name.slice(0, 16), 10)).to.deep.equal([]);
  },

  "P10.9 an offer is stored once, with its bytes if it is ours": async (scene) => {
    const { store } = scene;
    const own = await store.addFile(offer(7, "out", 3), NOW, new Blob(["abc"]));
    expect(own).to.deep.equal({
      kind: "file",
      at: NOW,
      ...offer(7, "out", 3),
      state: "offered",
      done: 0,
      order: own?.order,
    });
    expect(await store.addFile(offer(7, "out", 4), NOW)).to.equal(undefined);
    const theirs = await store.addFile(offer(7, "in"), NOW);
    expect(theirs).to.include({ direction: "in" });
    expect(await store.addFile(offer(7, "out", 3, BEN.name), NOW)).to.include({ chat: BEN.name });
    const later = (await scene.again()).store;
    expect(await later.findFile(ANN.name, "out", 7)).to.deep.equal(own);
    expect(await later.findFile(ANN.name, "in", 7)).to.deep.equal(theirs);
    expect(await later.findFile(ANN.name, "in", 8)).to.equal(undefined);
    expect(await bytesOf(await later.blobOf(own?.order ?? 0))).to.deep.equal([97, 98, 99]);
    expect(await later.blobOf(theirs?.order ?? 0)).to.equal(undefined);
    expect((await later.load()).openFiles.map(({ file, chat }) => [file, chat])).to.deep.equal([
      [7, ANN.name],
      [7, ANN.name],
      [7, BEN.name],
    ]);
  },

  "P10.9 parts follow one another, and are there after the page was loaded again": async (scene) => {
    const order = (await scene.store.addFile(offer(1, "in"), NOW))?.order ?? 0;
    expect(await scene.store.addPart(order, 0, bytes(1, 3)), "before it was accepted").to.equal(undefined);
    await scene.store.setFile(order, { state: "passing" });
    expect(await scene.store.addPart(order, 0, bytes(1, 3))).to.include({ done: 3 });
    const later = (await scene.again()).store;
    for (const [offset, length] of [
      [0, 3],
      [2, 3],
      [4, 3],
      [3, 8],
    ] as const)
      expect(await later.addPart(order, offset, bytes(9, length)), `${offset}, ${length}`).to.equal(
        undefined,
      );
    expect(await later.addPart(order, 3, bytes(2, 4))).to.include({ done: 7 });
    expect(await later.addPart(order, 7, bytes(3, 3))).to.include({ done: 10, state: "passing" });
    expect(await bytesOf(await later.partOf(order))).to.deep.equal([1, 1, 1, 2, 2, 2, 2, 3, 3, 3]);
    expect(await later.addPart(order + 1, 0, bytes(1, 1)), "another file").to.equal(undefined);
    const own = await later.addFile(offer(2, "out"), NOW, new Blob(["0123456789"]));
    await later.setFile(own?.order ?? 0, { state: "passing" });
    expect(await later.addPart(own?.order ?? 0, 0, bytes(1, 1)), "one of ours").to.equal(undefined);
  },

  "P10.9 a file that is whole takes the place of its parts": async (scene) => {
    const order = (await scene.store.addFile(offer(1, "in", 3), NOW))?.order ?? 0;
    await scene.store.setFile(order, { state: "passing" });
    await scene.store.addPart(order, 0, bytes(65, 3));
    const blob = new Blob(["AAA"], { type: "image/png" });
    expect(await scene.store.finishFile(order, blob)).to.include({ state: "done", done: 3 });
    const later = (await scene.again()).store;
    const kept = await later.blobOf(order);
    expect([kept?.type, await bytesOf(kept)]).to.deep.equal(["image/png", [65, 65, 65]]);
    expect((await later.partOf(order)).size).to.equal(0);
    expect((await later.load()).openFiles).to.deep.equal([]);
    expect(await later.finishFile(order, blob)).to.equal(undefined);
    expect(await later.setFile(order, { state: "cancelled" })).to.equal(undefined);
    expect(await later.addPart(order, 3, bytes(1, 1))).to.equal(undefined);
    expect(await later.blobOf(order), "nothing takes it away").to.not.equal(undefined);
    const own = (await later.addFile(offer(1, "out", 3), NOW, new Blob(["abc"])))?.order ?? 0;
    expect(await later.setFile(own, { state: "passing", done: 2 })).to.include({ done: 2 });
    expect(await later.setFile(own, { done: 3 })).to.include({ state: "passing", done: 3 });
    expect(await later.finishFile(own)).to.include({ state: "done", done: 3 });
    expect(await bytesOf(await later.blobOf(own)), "to be shown").to.deep.equal([97, 98, 99]);
  },

  "P10.9 what was refused, cancelled or dropped keeps nothing of what came; one that was dropped may be offered again":
    async (scene) => {
      const { store } = scene;
      let number = 0;
      for (const state of ["refused", "cancelled", "dropped"] as const) {
        const incoming = (await store.addFile(offer(++number, "in"), NOW))?.order ?? 0;
        await store.setFile(incoming, { state: "passing" });
        await store.addPart(incoming, 0, bytes(1, 5));
        expect(await store.setFile(incoming, { state })).to.include({ state });
        expect((await store.partOf(incoming)).size).to.equal(0);
        const own = (await store.addFile(offer(number, "out", 3), NOW, new Blob(["abc"])))?.order ?? 0;
        await store.setFile(own, { state });
        for (const order of [incoming, own]) {
          expect(await store.setFile(order, { state: "passing" })).to.equal(undefined);
          expect(await store.finishFile(order, new Blob(["x"]))).to.equal(undefined);
        }
        const isDropped = state === "dropped";
        expect(await bytesOf(await store.blobOf(own))).to.deep.equal(isDropped ? [97, 98, 99] : undefined);
        const again = [incoming, own].map((order) => store.setFile(order, { state: "offered" }));
        const states = (await Promise.all(again)).map((file) => file && [file.state, file.done]);
        expect(states).to.deep.equal(Array(2).fill(isDropped ? ["offered", 0] : undefined));
      }
      const { openFiles } = await store.load();
      expect(openFiles.map(({ file, direction }) => [file, direction])).to.deep.equal([
        [3, "in"],
        [3, "out"],
      ]);
      expect(await store.setFile(999, { state: "cancelled" })).to.equal(undefined);
    },

  "P10.9 26,214,400 bytes are kept, in parts and whole": async (scene) => {
    const size = 26_214_400;
    const order = (await scene.store.addFile(offer(1, "in", size), NOW))?.order ?? 0;
    await scene.store.setFile(order, { state: "passing" });
    const step = 1024 * 1024;
    for (let offset = 0; offset < size; offset += step)
      await scene.store.addPart(order, offset, bytes(offset / step, step));
    const later = (await scene.again()).store;
    const blob = await later.partOf(order);
    expect(blob.size).to.equal(size);
    expect(await later.finishFile(order, blob)).to.include({ state: "done" });
    const whole = new Uint8Array((await (await later.blobOf(order))?.arrayBuffer()) ?? new ArrayBuffer(0));
    for (let offset = 0; offset < size; offset += step / 2)
      expect(whole[offset]).to.equal(Math.floor(offset / step));
    expect(whole.length).to.equal(size);
  },

  "P10.11 a group's card is taken with a greater version, from who sent the first one": async (scene) => {
    const { store } = scene;
    const card = (version: number) => ({ version, card: `{"version":${version}}` });
    expect(await store.takeGroupCard(GROUP, card(3), ANN.name, false)).to.deep.equal({
      group: GROUP,
      maker: ANN.name,
      cards: [card(3)],
      isRemoved: false,
      dropped: 0,
      unread: 0,
    });
    const before = await scene.dump();
    for (const [version, maker] of [
      [3, ANN.name],
      [2, ANN.name],
      [4, BEN.name],
    ] as const)
      expect(await store.takeGroupCard(GROUP, card(version), maker, true)).to.equal(undefined);
    expect(await scene.dump()).to.deep.equal(before);
    for (const version of [5, 6, 7, 8])
      await store.takeGroupCard(GROUP, card(version), ANN.name, version === 8);
    const [group] = (await (await scene.again()).store.load()).groups;
    expect(group?.cards).to.deep.equal([5, 6, 7, 8].map(card).slice(-KEPT_GROUP_CARDS));
    expect(group?.isRemoved).to.equal(true);
    expect(await store.updateGroup(GROUP, { dropped: 2 })).to.include({ dropped: 2, unread: 0 });
    expect(await store.updateGroup(GROUP, { unread: 1 })).to.include({ dropped: 2, unread: 1 });
    expect(await store.updateGroup(TOPIC, { unread: 1 })).to.equal(undefined);
  },

  "P10.11 an own group message has the time as its number, and one greater than the last": async (scene) => {
    const message = { chat: GROUP, topic: TOPIC, from: ANN.id, text: "hi" };
    const first = await scene.store.addOwnGroupMessage(message, NOW);
    expect(first).to.deep.equal({
      kind: "group",
      at: NOW,
      ...message,
      seq: NOW,
      isOwn: true,
      order: first.order,
    });
    expect((await scene.store.addOwnGroupMessage(message, NOW)).seq).to.equal(NOW + 1);
    const later = await scene.again();
    expect((await later.store.addOwnGroupMessage(message, NOW - 9)).seq).to.equal(NOW + 2);
    expect((await later.store.addOwnGroupMessage(message, NOW + 9)).seq).to.equal(NOW + 9);
    expect(
      (await later.store.addOwnGroupMessage({ ...message, topic: HASH }, NOW)).seq,
      "another topic",
    ).to.equal(NOW);
    const both = await Promise.all([0, 1].map(() => later.store.addOwnGroupMessage(message, NOW + 20)));
    expect(both.map(({ seq }) => seq)).to.deep.equal([NOW + 20, NOW + 21]);
    expect(await later.store.entriesOf(GROUP, 100)).to.have.lengthOf(7);
  },

  "P10.11 what a member says is stored with what was seen of them, once": async (scene) => {
    const { store } = scene;
    await store.takeGroupCard(GROUP, { version: 1, card: "{}" }, ANN.name, false);
    const message = { chat: GROUP, topic: TOPIC, from: BEN.id, seq: NOW, text: "hi" };
    const stored = await store.addGroupMessage(message, [NOW - 1, NOW], NOW, true);
    expect(stored).to.deep.equal({ kind: "group", at: NOW, ...message, isOwn: false, order: stored?.order });
    const before = await scene.dump();
    expect(await store.addGroupMessage(message, [NOW], NOW, true)).to.equal(undefined);
    expect(await store.addGroupMessage({ ...message, seq: NOW - 1 }, [NOW], NOW, true)).to.equal(undefined);
    expect(await scene.dump()).to.deep.equal(before);
    expect(await store.addGroupMessage({ ...message, from: ANN.id }, [NOW], NOW, false)).to.include({
      from: ANN.id,
    });
    const { groups, seen } = await (await scene.again()).store.load();
    expect(groups[0]).to.include({ unread: 1 });
    expect(seen).to.deep.equal([
      { topic: TOPIC, from: ANN.id, seqs: [NOW] },
      { topic: TOPIC, from: BEN.id, seqs: [NOW - 1, NOW] },
    ]);
  },

  "P10.11 a group that was left is gone with its key and all that was said, and no card brings it back":
    async (scene) => {
      const { store } = scene;
      const OTHER = "cd".repeat(16);
      for (const group of [GROUP, OTHER]) {
        const topic = group.repeat(2);
        const message = { chat: group, topic, from: BEN.id, text: "hi" };
        await store.takeGroupCard(group, { version: 1, card: `"${group}"` }, ANN.name, false);
        await store.addGroupMessage({ ...message, seq: NOW }, [NOW], NOW, true);
        await store.addOwnGroupMessage(message, NOW);
      }
      const before = await scene.dump();
      await store.leaveGroup(TOPIC.slice(32).replaceAll("c", "0"));
      expect(await scene.dump(), "no such group").to.deep.equal(before);
      await store.leaveGroup(GROUP);
      const later = await scene.again();
      const text = JSON.stringify(await later.dump());
      expect(text.split(GROUP), "nothing but its id").to.have.lengthOf(2);
      const { groups, seen } = await later.store.load();
      expect(groups.map(({ group }) => group)).to.deep.equal([OTHER]);
      expect(seen.map(({ topic }) => topic)).to.deep.equal([OTHER.repeat(2)]);
      expect(await later.store.entriesOf(OTHER, 10)).to.have.lengthOf(2);
      const left = await later.dump();
      for (const maker of [ANN.name, BEN.name])
        expect(await later.store.takeGroupCard(GROUP, { version: 9, card: "{}" }, maker, false)).to.equal(
          undefined,
        );
      const late = { chat: GROUP, topic: TOPIC, from: BEN.id, seq: NOW + 1, text: "late" };
      expect(await later.store.addGroupMessage(late, [NOW + 1], NOW, true)).to.equal(undefined);
      expect(await later.store.updateGroup(GROUP, { unread: 1 })).to.equal(undefined);
      expect(await later.dump()).to.deep.equal(left);
    },

  "P10.11 who forgets a contact leaves the groups that they made, and no others": async (scene) => {
    const { store } = scene;
    await scene.contact();
    const groups = Array.from({ length: REMEMBERED_LEFT_GROUPS + 1 }, (_, index) => idOf(index));
    for (const group of groups) await store.takeGroupCard(group, { version: 1, card: "{}" }, ANN.name, false);
    await store.takeGroupCard(GROUP, { version: 1, card: "{}" }, BEN.name, false);
    const message = { chat: groups[3] ?? "", topic: TOPIC, from: BEN.id, seq: NOW, text: "hi" };
    await store.addGroupMessage(message, [NOW], NOW, true);
    await store.forget(ANN.name);
    const later = (await scene.again()).store;
    expect((await later.load()).groups.map(({ group }) => group)).to.deep.equal([GROUP]);
    expect((await later.load()).seen).to.deep.equal([]);
    expect(await later.entriesOf(message.chat, 10)).to.deep.equal([]);
    // The ids of the last ones are remembered, and of no more.
    const take = (group = "") => later.takeGroupCard(group, { version: 2, card: "{}" }, ANN.name, false);
    expect(await take(groups[0])).to.include({ group: groups[0] });
    for (const group of [groups[1], groups.at(-1)]) expect(await take(group)).to.equal(undefined);
  },

  "P10.8 what a store returns is a copy": async (scene) => {
    await scene.contact();
    const [contact] = await scene.contacts();
    contact?.secrets.pop();
    contact?.key?.fill(0);
    expect((await scene.contacts())[0]?.secrets).to.have.lengthOf(1);
    expect((await scene.contacts())[0]?.key).to.deep.equal(ANN.key);
  },

  "P10.8 a store that was closed says so, in every step": async ({ store }) => {
    await store.close();
    expect(await failure(store.load())).to.be.instanceOf(StoreError);
    expect(await failure(store.addOwnMessage({ chat: ANN.name, id: ID, text: "x" }, NOW))).to.be.instanceOf(
      StoreError,
    );
  },
};

/** Each step that writes, in a store where it has something to do. */
const STEPS: Record<string, (store: Store, order: number) => Promise<unknown>> = {
  keepSeed: (store) => store.keepSeed(bytes(1)),
  takeRecordSequence: (store) => store.takeRecordSequence(NOW),
  noteRecordSequence: (store) => store.noteRecordSequence(NOW),
  setDirect: (store) => store.setDirect(false),
  addShownCard: (store) => store.addShownCard({ hint: "a", secret: SECRET, expires: NOW }),
  dropShownCard: (store) => store.dropShownCard("shown"),
  dropExpiredCards: (store) => store.dropExpiredCards(NOW + 10),
  addEnteredCard: (store) => store.addEnteredCard({ id: BEN.id, hint: "b", secret: SECRET }, NOW),
  "completeCard of a shown one": (store) => store.completeCard("shown", BEN, NOW),
  "completeCard of an entered one": (store) => store.completeCard("entered", BEN, NOW),
  "completeCard with a known key": (store) => store.completeCard("shown", ANN, NOW),
  updateContact: (store) => store.updateContact(ANN.name, { name: "Ann" }),
  forget: (store) => store.forget(ANN.name),
  addOwnMessage: (store) => store.addOwnMessage({ chat: ANN.name, id: idOf(50), text: "x" }, NOW),
  setDelivery: (store) => store.setDelivery(ANN.name, idOf(1), "delivered", NOW),
  addTheirMessage: (store) => store.addTheirMessage({ chat: ANN.name, id: idOf(51), text: "x" }, NOW),
  noteShown: (store) => store.noteShown(ANN.name, idOf(2), true),
  addFile: (store) => store.addFile(offer(60, "out", 3), NOW, new Blob(["abc"])),
  setFile: (store, order) => store.setFile(order, { state: "cancelled" }),
  addPart: (store, order) => store.addPart(order, 5, bytes(6, 5)),
  finishFile: (store, order) => store.finishFile(order, new Blob(["0123456789"])),
  takeGroupCard: (store) => store.takeGroupCard(GROUP, { version: 2, card: "{}" }, ANN.name, true),
  updateGroup: (store) => store.updateGroup(GROUP, { unread: 9 }),
  leaveGroup: (store) => store.leaveGroup(GROUP),
  addOwnGroupMessage: (store) =>
    store.addOwnGroupMessage({ chat: GROUP, topic: TOPIC, from: ANN.id, text: "x" }, NOW),
  addGroupMessage: (store) =>
    store.addGroupMessage({ chat: GROUP, topic: TOPIC, from: BEN.id, seq: NOW, text: "x" }, [NOW], NOW, true),
};

/** Something of everything. @returns the order of a file of which five bytes have come */
async function fill(scene: Scene): Promise<number> {
  const { store } = scene;
  await scene.contact();
  await store.addShownCard({ hint: "shown", secret: SECRET, expires: NOW + 1 });
  await store.addEnteredCard({ id: BEN.id, hint: "entered", secret: SECRET }, NOW);
  await store.addOwnMessage({ chat: "entered", id: idOf(3), text: "x" }, NOW);
  await store.addOwnMessage({ chat: ANN.name, id: idOf(1), text: "x" }, NOW);
  await store.addTheirMessage({ chat: ANN.name, id: idOf(2), text: "x" }, NOW);
  const order = (await store.addFile(offer(1, "in"), NOW))?.order ?? 0;
  await store.setFile(order, { state: "passing" });
  await store.addPart(order, 0, bytes(5, 5));
  await store.takeGroupCard(GROUP, { version: 1, card: "{}" }, ANN.name, false);
  await store.addOwnGroupMessage({ chat: GROUP, topic: TOPIC, from: ANN.id, text: "x" }, NOW - 1);
  return order;
}

const ATOMIC = Object.entries(STEPS).map(([name, step]): StoreTest => {
  const clause = /Card/.test(name)
    ? "P10.6"
    : /File|Part/.test(name)
      ? "P10.9"
      : /Group/.test(name)
        ? "P10.11"
        : "P10.8";
  return {
    title: `${clause} ${name}: whichever operation of it fails, nothing of it has happened`,
    async run(kit) {
      const scene = await Scene.begin(kit);
      const order = await fill(scene);
      const before = await scene.dump();
      for (let operations = 0; ; operations++) {
        let left = operations;
        scene.tables.fault = () => {
          if (left-- === 0) throw new StorageFull();
        };
        const error = await failure(step(scene.store, order));
        scene.tables.fault = () => {};
        if (error === undefined) {
          // Everything but the commit must have been tried.
          expect(operations).to.be.at.least(2);
          break;
        }
        expect(error).to.be.instanceOf(StorageFull);
        expect(await scene.dump(), `operation ${operations}`).to.deep.equal(before);
      }
      expect(await scene.dump(), "it does something").to.not.deep.equal(before);
      expect(await (await scene.again()).dump()).to.deep.equal(await scene.dump());
    },
  };
});

export const STORE_TESTS: readonly StoreTest[] = [
  ...Object.entries(TESTS).map(
    ([title, test]): StoreTest => ({ title, run: async (kit) => test(await Scene.begin(kit)) }),
  ),
  ...ATOMIC,
];
