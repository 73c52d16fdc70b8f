// A store in memory, for tests: the page's own steps over tables in memory, any of which can be made to fail.

import { TableStore } from "../table-store.ts";
import { type Fault, FaultyTables } from "./faulty-tables.ts";
import { MemoryTables } from "./memory-tables.ts";

export class MemoryStore extends TableStore {
  readonly #memory: MemoryTables;
  readonly #faulty: FaultyTables;

  constructor(memory: MemoryTables = new MemoryTables()) {
    const faulty = new FaultyTables(memory);
    super(faulty);
    this.#memory = memory;
    this.#faulty = faulty;
  }

  /** Decides before each operation on a table, and before each commit, whether it fails (by throwing). */
  set fault(fault: Fault) {
    this.#faulty.fault = fault;
  }

  /** What a page finds that starts again, also after a crash of the one before: every step that has happened. */
  reopened(): MemoryStore {
    return new MemoryStore(this.#memory.reopened());
  }
}
