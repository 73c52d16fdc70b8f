// The SQLite file under the history: opened only if it is ours and whole, and by one program at a time (P9.11).
// libsql is SQLite with prebuilt binaries; what it calls a database is a connection to one.

import { chmodSync, closeSync, existsSync, openSync, readSync } from "node:fs";
import { join, resolve } from "node:path";
import Database from "libsql";
import { UserError } from "./program.ts";

/** What SQLite can hold and we use. */
export type Value = string | number | Buffer | null;

/** A row. libsql adds a member `_metadata` to some rows: pick columns by their names. */
export type Row = Record<string, unknown>;

/** How a database is made, and told from every other SQLite file. */
export interface Schema {
  /** Stands in the file's header; no other program uses this number. */
  applicationId: number;
  /** Counts up when the tables change. Stands in the header, too. */
  version: number;
  /** Makes the tables. */
  sql: string;
}

// The header of a SQLite file (https://www.sqlite.org/fileformat.html, section 1.3): where our two numbers stand.
const HEADER_BYTES = 100;
const MAGIC = "SQLite format 3\0";
const VERSION_AT = 60;
const APPLICATION_ID_AT = 68;

/** SQLite's number for "unable to open database file". libsql gives no code with it, only a text that ends in it. */
const CANNOT_OPEN = /: 14"?\)?$/;

/** Keeps every other program out of a folder, for as long as it is held. */
export class FolderLock {
  readonly #connection: Database.Database;

  /**
   * The lock is that of an SQLite file of its own: the system lets go of it when the program ends, however it ends.
   * A file whose mere presence is the lock would stay after a crash.
   * @throws UserError if another program holds it, or the folder cannot be written
   */
  constructor(dir: string) {
    try {
      this.#connection = new Database(resolve(dir, "lock"));
      this.#connection.exec("BEGIN EXCLUSIVE");
    } catch (error) {
      const code = codeOf(error);
      if (code === "SQLITE_NOTADB") throw new UserError(`${join(dir, "lock")} is damaged: remove it`);
      if (code !== "SQLITE_BUSY") throw storageError(error, dir);
      throw new UserError(
        `${dir} is in use by another program: end that one, or choose a folder with --data`,
      );
    }
  }

  release(): void {
    this.#connection.exec("ROLLBACK");
    this.#connection.close();
  }
}

/** One connection to one file. Statements are prepared once and kept. */
export class DatabaseFile {
  readonly #dir: string;
  readonly #connection: Database.Database;
  readonly #statements = new Map<string, Database.Statement<unknown[]>>();
  #isClosed = false;

  /**
   * Opens DIR/history.db, or makes it. A file that is damaged, or made by something else, is left as it is.
   * @throws UserError
   */
  constructor(dir: string, schema: Schema) {
    this.#dir = dir;
    // An absolute path: to SQLite, a path that begins with file: is an address, in which `?` and `%` have meanings.
    const path = resolve(dir, "history.db");
    checkHeader(path, schema);
    try {
      this.#connection = new Database(path);
      this.#prepareFile(path, schema);
    } catch (error) {
      throw storageError(error, dir);
    }
  }

  #prepareFile(path: string, schema: Schema): void {
    if (this.#number("PRAGMA user_version") === 0) this.#makeTables(path, schema);
    const { quick_check: verdict } = this.get("PRAGMA quick_check(1)") ?? {};
    if (verdict !== "ok") throw damaged(path);
    // Write-ahead log: a commit is one write and one fsync, and others may read meanwhile.
    this.#connection.exec("PRAGMA journal_mode = WAL");
    // A commit returns when it is on the disk, not when it is on its way there: we acknowledge after it.
    this.#connection.exec("PRAGMA synchronous = FULL");
  }

  #makeTables(path: string, { applicationId, version, sql }: Schema): void {
    if (this.#number("SELECT count(*) FROM sqlite_master") > 0) throw foreign(path);
    // In one transaction: after a crash there is a whole file, or none.
    this.transaction(() => {
      this.#connection.exec(sql);
      this.#connection.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${version}`);
    });
    chmodSync(path, 0o600);
  }

  #number(sql: string): number {
    const [value] = Object.values(this.get(sql) ?? {});
    return Number(value);
  }

  /** Writes. @returns how many rows it changed @throws UserError if the disk does not take it */
  run(sql: string, ...values: Value[]): number {
    return this.#telling(() => this.#statement(sql).run(values).changes);
  }

  /** The first row; undefined if there is none. */
  get(sql: string, ...values: Value[]): Row | undefined {
    return this.#telling(() => this.#statement(sql).get(values) as Row | undefined);
  }

  all(sql: string, ...values: Value[]): Row[] {
    return this.#telling(() => this.#statement(sql).all(values) as Row[]);
  }

  #telling<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw storageError(error, this.#dir);
    }
  }

  /** @throws Error after close(): libsql would end the whole program */
  #statement(sql: string): Database.Statement<unknown[]> {
    if (this.#isClosed) throw new Error("the history is closed");
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#connection.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /**
   * All that work writes becomes valid together when this returns, and is on the disk then; if it throws, nothing does.
   * Within another transaction it is a part of that one.
   */
  transaction<T>(work: () => T): T {
    if (this.#isClosed) throw new Error("the history is closed");
    if (this.#connection.inTransaction) return work();
    this.#connection.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.#connection.exec("COMMIT");
      return result;
    } catch (error) {
      // After some errors, a full disk among them, SQLite has rolled back already.
      if (this.#connection.inTransaction) this.#connection.exec("ROLLBACK");
      throw storageError(error, this.#dir);
    }
  }

  /** Puts the log into the file, and closes it. */
  close(): void {
    try {
      this.#connection.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch {
      // On a full disk the log stays beside the file. Nothing is lost: the next start reads both.
    }
    this.#isClosed = true;
    this.#statements.clear();
    this.#connection.close();
  }
}

/**
 * Looks at a file's header before SQLite does, because opening a file with SQLite can already change it.
 * @throws UserError if it is not ours, or of another version
 */
function checkHeader(path: string, { applicationId, version }: Schema): void {
  const header = readHeader(path);
  // No file, or what a crash has left of the very first start.
  if (header === undefined || header.length === 0) return;
  if (header.length < HEADER_BYTES || header.toString("latin1", 0, MAGIC.length) !== MAGIC)
    throw damaged(path);
  const found = header.readUInt32BE(VERSION_AT);
  if (header.readUInt32BE(APPLICATION_ID_AT) !== applicationId) throw foreign(path);
  if (found !== version) {
    const other = found > version ? "a newer" : "an older";
    throw new UserError(
      `${path} was made by ${other} version of this program (${found}, not ${version}): use that one, or another folder with --data`,
    );
  }
}

function readHeader(path: string): Buffer | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const file = openSync(path, "r");
    try {
      const header = Buffer.alloc(HEADER_BYTES);
      return header.subarray(0, readSync(file, header, 0, HEADER_BYTES, 0));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new UserError(
      `cannot read ${path} (${codeOf(error)}): give yourself the right to, or choose a folder with --data`,
    );
  }
}

function damaged(path: string): UserError {
  return new UserError(`${path} is damaged, and was left as it is: move it away to start a new history`);
}

function foreign(path: string): UserError {
  return new UserError(`${path} was not made by this program: move it away, or choose a folder with --data`);
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (typeof code === "string" && code !== "") return code;
  return CANNOT_OPEN.test(error instanceof Error ? error.message : String(error))
    ? "SQLITE_CANTOPEN"
    : "no code";
}

/** What went wrong with the disk, in words that say what to do. Anything that is no trouble of the disk comes back as it is. */
function storageError(error: unknown, dir: string): unknown {
  if (error instanceof UserError) return error;
  const code = codeOf(error);
  const kind = code.split("_", 2)[1];
  switch (kind) {
    case "FULL":
      return new UserError(`the disk with ${dir} is full: make room, and start again`);
    case "CANTOPEN":
    case "READONLY":
    case "PERM":
    case "AUTH":
      return new UserError(
        `cannot write in ${dir}: give yourself the right to, or choose a folder with --data`,
      );
    case "CORRUPT":
    case "NOTADB":
      return damaged(join(dir, "history.db"));
    case "BUSY":
    case "LOCKED":
      return new UserError(`${join(dir, "history.db")} is in use by another program: end that one first`);
    case "IOERR":
      return new UserError(`the disk with ${dir} cannot be read or written (${code}): is it full, or gone?`);
    default:
      return error;
  }
}
