import { StoreError } from "./store.ts";
import { MemoryTables } from "./testing/memory-tables.ts";
import { STORE_TESTS, type TablesKit } from "./testing/store-suite.ts";

const inMemory: TablesKit = {
  open: async () => new MemoryTables(),
  async reopen(tables) {
    if (!(tables instanceof MemoryTables)) throw new StoreError("these are no tables in memory");
    return tables.reopened();
  },
};

describe("06 store, in memory", () => {
  for (const { title, run } of STORE_TESTS) it(title, () => run(inMemory));
});
