// Tables of which a test can make any operation fail, as a full disk or a crash does. They may be tables of any kind.

import type { RowTypes, Table, TableName, Tables, TablesOf } from "../tables.ts";

/** An operation that is about to happen. */
export interface Operation {
  /** Counts the steps from 1. */
  step: number;
  mode: "read" | "write" | "soon";
  /** Such as `entries.put`; `commit` stands for the end of a step. */
  name: string;
}

/** Called before each operation. @throws whatever is to fail there */
export type Fault = (operation: Operation) => void;

export class FaultyTables implements Tables {
  readonly #tables: Tables;
  #steps = 0;
  /** May be changed at any time. */
  fault: Fault = () => {};

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  step<Names extends TableName, Result>(
    mode: "read" | "write" | "soon",
    names: readonly Names[],
    work: (tables: TablesOf<Names>) => Promise<Result>,
  ): Promise<Result> {
    const step = ++this.#steps;
    const before = (name: string): void => this.fault({ step, mode, name });
    return this.#tables.step(mode, names, async (tables) => {
      const faulty = Object.fromEntries(names.map((name) => [name, faultyTable(name, tables[name], before)]));
      const result = await work(faulty as TablesOf<Names>);
      before("commit");
      return result;
    });
  }

  close(): Promise<void> {
    return this.#tables.close();
  }
}

function faultyTable<Name extends TableName>(
  name: Name,
  table: Table<RowTypes[Name]>,
  before: (name: string) => void,
): Table<RowTypes[Name]> {
  return {
    async get(key) {
      before(`${name}.get`);
      return table.get(key);
    },
    async all() {
      before(`${name}.all`);
      return table.all();
    },
    async between(from, to, options) {
      before(`${name}.between`);
      return table.between(from, to, options);
    },
    async put(row) {
      before(`${name}.put`);
      return table.put(row);
    },
    async delete(key) {
      before(`${name}.delete`);
      return table.delete(key);
    },
    async deleteBetween(from, to) {
      before(`${name}.deleteBetween`);
      return table.deleteBetween(from, to);
    },
  };
}
