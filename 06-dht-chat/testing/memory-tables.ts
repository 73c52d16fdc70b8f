// Tables in memory, for tests: rows are copied as IndexedDB copies them, and what fails leaves nothing behind.

import { StoreError } from "../store.ts";
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

type AnyRow = RowTypes[TableName];
type Rows = Map<string, AnyRow>;

export class MemoryTables implements Tables {
  #tables = new Map<TableName, Rows>(TABLE_NAMES.map((name) => [name, new Map()]));
  #last: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  step<Names extends TableName, Result>(
    mode: "read" | "write" | "soon",
    names: readonly Names[],
    work: (tables: TablesOf<Names>) => Promise<Result>,
  ): Promise<Result> {
    const result = this.#last.then(() => this.#transact(mode, names, work));
    this.#last = result.catch(() => undefined);
    return result;
  }

  async close(): Promise<void> {
    await this.#last;
    this.#isClosed = true;
  }

  /** The same rows, for a page that starts again: what was not finished when the other one ended is not in them. */
  reopened(): MemoryTables {
    const again = new MemoryTables();
    again.#tables = copyOf(this.#tables);
    return again;
  }

  async #transact<Names extends TableName, Result>(
    mode: "read" | "write" | "soon",
    names: readonly Names[],
    work: (tables: TablesOf<Names>) => Promise<Result>,
  ): Promise<Result> {
    if (this.#isClosed) throw new StoreError("The store was closed. Load the page again.");
    const changed = new Map(this.#tables);
    for (const name of names) changed.set(name, new Map(this.#tables.get(name)));
    const tables = Object.fromEntries(
      names.map((name) => [name, tableOf(name, changed.get(name) ?? new Map(), mode)]),
    );
    const result = await work(tables as TablesOf<Names>);
    this.#tables = changed;
    return structuredClone(result);
  }
}

function copyOf(tables: ReadonlyMap<TableName, Rows>): Map<TableName, Rows> {
  return new Map([...tables].map(([name, rows]) => [name, new Map(rows)]));
}

function tableOf(name: TableName, rows: Rows, mode: "read" | "write" | "soon"): Table<AnyRow> {
  const { key, indexes = {} } = TABLES[name];
  const mayWrite = (): void => {
    if (mode === "read") throw new StoreError(`${name}: a step that only reads may not write`);
  };
  const keyOf = (row: AnyRow): Key => valueAt(row, key) ?? failKey(name);
  return {
    async get(wanted) {
      return structuredClone(rows.get(JSON.stringify(wanted)));
    },
    async all() {
      return structuredClone([...rows.values()].sort((one, other) => compare(keyOf(one), keyOf(other))));
    },
    async between(from, to, { index, isBackwards = false, limit }: RangeOptions = {}) {
      const path = index === undefined ? key : (indexes[index] ?? failKey(`${name}.${index}`));
      const found = [...rows.values()].flatMap((row) => {
        const at = valueAt(row, path);
        return at === undefined || compare(at, from) < 0 || compare(at, to) > 0 ? [] : [{ at, row }];
      });
      found.sort((one, other) => compare(one.at, other.at) || compare(keyOf(one.row), keyOf(other.row)));
      if (isBackwards) found.reverse();
      return structuredClone(found.slice(0, limit).map(({ row }) => row));
    },
    async put(row) {
      mayWrite();
      rows.set(JSON.stringify(keyOf(row)), structuredClone(row));
    },
    async delete(wanted) {
      mayWrite();
      rows.delete(JSON.stringify(wanted));
    },
    async deleteBetween(from, to) {
      mayWrite();
      for (const row of [...rows.values()])
        if (compare(keyOf(row), from) >= 0 && compare(keyOf(row), to) <= 0)
          rows.delete(JSON.stringify(keyOf(row)));
    },
  };
}

function failKey(name: string): never {
  throw new StoreError(`${name}: a row without its key, or an index that is not there`);
}

/** The key that a row has under one name or under several; undefined if one is missing. */
function valueAt(row: AnyRow, path: string | string[]): Key | undefined {
  const members = row as unknown as Readonly<Record<string, number | string | undefined>>;
  if (typeof path === "string") return members[path];
  const values = path.map((name) => members[name]);
  return values.every((value) => value !== undefined) ? values : undefined;
}

/** The order of IndexedDB (section 2.4): numbers, then strings by code units, then lists. */
function compare(one: Key, other: Key): number {
  if (typeof one === "object" && typeof other === "object") return compareLists(one, other);
  const ranks = [one, other].map((key) => ["number", "string", "object"].indexOf(typeof key));
  const [first = 0, second = 0] = ranks;
  if (first !== second) return first - second;
  return one === other ? 0 : one < other ? -1 : 1;
}

function compareLists(one: readonly (number | string)[], other: readonly (number | string)[]): number {
  for (const [index, value] of one.entries()) {
    const against = other[index];
    if (against === undefined) return 1;
    const difference = compare(value, against);
    if (difference !== 0) return difference;
  }
  return one.length - other.length;
}
