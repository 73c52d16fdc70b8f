// What a page without anything in it needs to test the store in IndexedDB: bundled by database.browser.test.ts.

import { openStore, openTables } from "../page/database.ts";
import { StorageFull, type Store, StoreError } from "../store.ts";
import { STORE_TESTS, type TablesKit } from "./store-suite.ts";

let count = 0;
/** The databases that tables of a test are in. */
const names = new WeakMap<object, string>();

async function openNamed(name: string): ReturnType<typeof openTables> {
  const tables = await openTables(name);
  names.set(tables, name);
  return tables;
}

const inDatabase: TablesKit = {
  open: () => openNamed(`suite ${crypto.randomUUID()} ${++count}`),
  async reopen(tables) {
    const name = names.get(tables);
    if (name === undefined) throw new Error("these are not the tables of a test");
    return openNamed(name);
  },
};

/** What became of a promise, as text: errors do not pass to the test as they are. */
async function outcome(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return "done";
  } catch (error) {
    const kind =
      error instanceof StorageFull ? "StorageFull" : error instanceof StoreError ? "StoreError" : "other";
    return `${kind}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

const storeKit = {
  openStore,
  openTables,
  outcome,
  /** The store that a test works with. */
  store: undefined as Store | undefined,
  async run(title: string): Promise<string> {
    const test = STORE_TESTS.find((one) => one.title === title);
    return test === undefined ? "no such test" : outcome(test.run(inDatabase));
  },
};

declare global {
  interface Window {
    storeKit: typeof storeKit;
  }
}

window.storeKit = storeKit;
