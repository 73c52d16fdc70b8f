// The store's tables in IndexedDB. The one file of the page that knows it.
// https://www.w3.org/TR/IndexedDB/: a transaction lives as long as its step only awaits its own requests.

import { StorageFull, StoreError } from "../store.ts";
import { TableStore } from "../table-store.ts";
import {
  type Key,
  type RangeOptions,
  type RowTypes,
  TABLE_NAMES,
  TABLES,
  type Table,
  type TableName,
  type Tables,
  type TablesOf,
} from "../tables.ts";

/** The version of TABLES. Whoever changes them counts on, and says in `upgrade` what becomes of the rows there are. */
const VERSION = 1;

const CLOSED = "The page's storage was closed. Load the page again.";

/**
 * Opens the storage of a profile of this page.
 * @param name the database's name, one for each profile
 * @throws StoreError if the browser keeps nothing for this page, or another tab or version is in the way
 */
export async function openStore(name: string): Promise<TableStore> {
  return new TableStore(await openTables(name));
}

/** As `openStore`, without the store's steps. @param version of TABLES: tests give another one */
export async function openTables(name: string, version = VERSION): Promise<Tables> {
  return new DatabaseTables(await openDatabase(name, version));
}

/** Asks the browser not to remove what is stored when its disk gets full. @returns whether it promised that */
export async function askToKeep(): Promise<boolean> {
  try {
    return await navigator.storage.persist();
  } catch {
    return false;
  }
}

function openDatabase(name: string, version: number): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    let isGivenUp = false;
    const giveUp = (error: Error): void => {
      isGivenUp = true;
      reject(error);
    };
    let request: IDBOpenDBRequest;
    try {
      request = indexedDB.open(name, version);
    } catch (error) {
      return reject(openingError(error));
    }
    request.onupgradeneeded = ({ oldVersion }) => upgrade(request.result, oldVersion);
    request.onblocked = () =>
      giveUp(
        new StoreError(
          "Another tab has an older version of this page open. Close it, then load this page again.",
        ),
      );
    request.onerror = () => giveUp(openingError(request.error));
    request.onsuccess = () => {
      // The other tab has gone after we gave up: nobody waits for this any more.
      if (isGivenUp) request.result.close();
      else resolve(request.result);
    };
  });
}

/** Makes the tables that a version before this one did not have. */
function upgrade(database: IDBDatabase, oldVersion: number): void {
  if (oldVersion >= 1) return;
  for (const name of TABLE_NAMES) {
    const { key, indexes = {} } = TABLES[name];
    const table = database.createObjectStore(name, { keyPath: key });
    for (const [index, path] of Object.entries(indexes)) table.createIndex(index, path);
  }
}

function openingError(error: unknown): Error {
  if (isNamed(error, "VersionError"))
    return new StoreError(
      "A newer version of this page has used this profile. Load the newer page, or use another profile.",
    );
  if (isNamed(error, "QuotaExceededError")) return new StorageFull();
  return new StoreError(
    `The browser keeps nothing for this page (${describe(error)}). Allow it to store data, and leave private mode.`,
  );
}

class DatabaseTables implements Tables {
  readonly #database: IDBDatabase;
  /** Why nothing can be done any more; undefined while all is well. */
  #closed: string | undefined;

  constructor(database: IDBDatabase) {
    this.#database = database;
    // Another tab wants to upgrade: it cannot before we let go.
    database.onversionchange = () =>
      this.#end("A newer version of this page was opened in another tab. Load this page again.");
    // The browser took the storage away, such as when its user clears it.
    database.onclose = () => this.#end(CLOSED);
  }

  async step<Names extends TableName, Result>(
    mode: "read" | "write" | "soon",
    names: readonly Names[],
    work: (tables: TablesOf<Names>) => Promise<Result>,
  ): Promise<Result> {
    const transaction = this.#begin(mode, names);
    const ended = endOf(transaction);
    try {
      const tables = Object.fromEntries(names.map((name) => [name, tableOf(transaction.objectStore(name))]));
      const result = await work(tables as unknown as TablesOf<Names>);
      await ended;
      return result;
    } catch (error) {
      abort(transaction);
      await ended.catch(() => undefined);
      throw stepError(transaction.error ?? error);
    }
  }

  async close(): Promise<void> {
    this.#end(CLOSED);
  }

  #begin(mode: "read" | "write" | "soon", names: readonly TableName[]): IDBTransaction {
    if (this.#closed !== undefined) throw new StoreError(this.#closed);
    try {
      if (mode === "read") return this.#database.transaction(names, "readonly");
      const durability = mode === "write" ? "strict" : "relaxed";
      return this.#database.transaction(names, "readwrite", { durability });
    } catch (error) {
      throw stepError(error);
    }
  }

  /** Transactions that have begun still come to their end. */
  #end(reason: string): void {
    this.#closed ??= reason;
    this.#database.close();
  }
}

function tableOf<Row extends RowTypes[TableName]>(objects: IDBObjectStore): Table<Row> {
  return {
    get: (key) => answer(objects.get(asKey(key))),
    all: () => answer(objects.getAll()),
    between(from, to, { index, isBackwards = false, limit }: RangeOptions = {}) {
      const source = index === undefined ? objects : objects.index(index);
      const range = rangeOf(from, to);
      if (isBackwards) return readBackwards(source, range, limit);
      return answer(source.getAll(range, limit));
    },
    put: async (row) => {
      await answer(objects.put(row));
    },
    delete: (key) => answer(objects.delete(asKey(key))),
    deleteBetween: (from, to) => answer(objects.delete(rangeOf(from, to))),
  };
}

/** IndexedDB's types do not know lists that nobody may change. */
function asKey(key: Key): IDBValidKey {
  return key as IDBValidKey;
}

function rangeOf(from: Key, to: Key): IDBKeyRange {
  return IDBKeyRange.bound(asKey(from), asKey(to));
}

function answer<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function readBackwards<Row>(
  source: IDBObjectStore | IDBIndex,
  range: IDBKeyRange,
  limit = Number.POSITIVE_INFINITY,
): Promise<Row[]> {
  const rows: Row[] = [];
  const request = source.openCursor(range, "prev");
  return new Promise((resolve, reject) => {
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const cursor = request.result;
      if (cursor === null || rows.length >= limit) return resolve(rows);
      rows.push(cursor.value);
      cursor.continue();
    };
  });
}

/** Resolves when the transaction has happened; rejects when it was undone. */
function endOf(transaction: IDBTransaction): Promise<void> {
  const ended = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new StoreError(CLOSED));
  });
  // Who does the step awaits it, later.
  ended.catch(() => undefined);
  return ended;
}

function abort(transaction: IDBTransaction): void {
  try {
    transaction.abort();
  } catch {
    // It was undone already.
  }
}

/** What went wrong, as the store says it. What the step itself threw stays what it is. */
function stepError(error: unknown): unknown {
  if (isNamed(error, "QuotaExceededError")) return new StorageFull();
  if (error instanceof DOMException) {
    const advice = "Load the page again; if it stays so, free space on the disk, or leave private mode.";
    return new StoreError(`The browser could not store or read (${describe(error)}). ${advice}`);
  }
  return error;
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof DOMException && error.name === name;
}

function describe(error: unknown): string {
  return error instanceof Error ? error.name : "no reason given";
}
