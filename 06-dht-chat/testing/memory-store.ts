// A store in memory, for tests: the page's own steps over tables in memory.

import { TableStore } from "../table-store.ts";
import { type Fault, MemoryTables } from "./memory-tables.ts";

export class MemoryStore extends TableStore {
  readonly #tables: MemoryTables;

  constructor(tables: MemoryTables = new MemoryTables()) {
    super(tables);
    this.#tables = tables;
  }

  /** Decides before each operation on a table, and before each commit, whether it fails (by throwing). */
  set fault(fault: Fault) {
    this.#tables.fault = fault;
  }

  /** What a page finds that starts again, also after a crash of the one before: every step that has happened. */
  reopened(): MemoryStore {
    return new MemoryStore(this.#tables.reopened());
  }
}
