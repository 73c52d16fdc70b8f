// The tables in which a store keeps its rows, and what a transaction can do with them: as IndexedDB has it, and no more.
// table-store.ts says what is done with them; page/database.ts and testing/memory-tables.ts are two ways to have them.

import type { Bytes } from "./bytes.ts";
import type {
  ContactName,
  SeenSequence,
  ShownCard,
  StoredContact,
  StoredEntry,
  StoredGroup,
} from "./store.ts";

/** What a row is found by. As in IndexedDB, every number stands before every string, and that before every list. */
export type Key = number | string | readonly (number | string)[];

/** An entry, and what it is found by. */
export interface EntryRow {
  order: number;
  chat: string;
  /** What the entry is called on the wire: kind, sender or contact, and number. */
  name: string;
  /** 1 while something is still to be done with it, else missing: then the index `open` does not have it. */
  open?: 1;
  entry: StoredEntry;
}

export interface RowTypes {
  settings: { name: string; value: unknown };
  cards: ShownCard;
  contacts: StoredContact;
  entries: EntryRow;
  /** Messages of contacts that our user has removed: their ids are kept for good (P10.8). */
  forgotten: { chat: ContactName; id: string };
  /** What has come of files that are not whole. */
  parts: { order: number; offset: number; bytes: Bytes };
  /** The bytes of files that are whole. */
  blobs: { order: number; blob: Blob };
  groups: StoredGroup;
  seen: SeenSequence;
}

export type TableName = keyof RowTypes;

/** Where in a row the key stands; and the indexes, which are not unique, with the same of each. */
export interface TableShape {
  key: string | string[];
  indexes?: Readonly<Record<string, string | string[]>>;
}

export const TABLES: Readonly<Record<TableName, TableShape>> = {
  settings: { key: "name" },
  cards: { key: "hint" },
  contacts: { key: "contact" },
  entries: { key: "order", indexes: { chat: ["chat", "order"], name: "name", open: "open" } },
  forgotten: { key: ["chat", "id"] },
  parts: { key: ["order", "offset"] },
  blobs: { key: "order" },
  groups: { key: "group" },
  seen: { key: ["topic", "from"] },
};

export const TABLE_NAMES = Object.keys(TABLES) as TableName[];

export interface RangeOptions {
  /** By this index; by the key if it is missing. */
  index?: string;
  /** From the end of the range to its beginning. */
  isBackwards?: boolean;
  limit?: number;
}

export interface Table<Row> {
  get(key: Key): Promise<Row | undefined>;
  all(): Promise<Row[]>;
  /** The rows from one key to another, both included, in the order of the keys; of equal ones, of the rows' own keys. */
  between(from: Key, to: Key, options?: RangeOptions): Promise<Row[]>;
  /** Adds a row, or replaces the one with its key. */
  put(row: Row): Promise<void>;
  /** Nothing happens if there is none. */
  delete(key: Key): Promise<void>;
  deleteBetween(from: Key, to: Key): Promise<void>;
}

/** The tables of a transaction. */
export type TablesOf<Names extends TableName> = { [Name in Names]: Table<RowTypes[Name]> };

export interface Tables {
  /**
   * Does a step that only awaits what the tables return. It has happened wholly when the promise resolves; if the step
   * throws, or anything fails, nothing of it has. Steps with a table in common run one after the other.
   * @param mode `read`; `write`: it is on the disk then; `soon`: it may still be in the system's memory, so a power
   * failure can undo it, together with all that came later, though not a crash of the page
   */
  step<Names extends TableName, Result>(
    mode: "read" | "write" | "soon",
    names: readonly Names[],
    work: (tables: TablesOf<Names>) => Promise<Result>,
  ): Promise<Result>;
  close(): Promise<void>;
}
