// The history on the disk (P9.11). The one module that knows our tables: what is written here has survived a crash.
// It is not encrypted: whoever can read the folder can read the history.

import { DatabaseFile, FolderLock, type Row, type Schema } from "./database.ts";
import type { Letter } from "./letters.ts";
import type { SignedRoom } from "./rooms.ts";
import type { TrustedKey } from "./trust.ts";

/** queued: waits for the peer; sent: given to a session, and not acknowledged; failed: given up. */
export type MessageState = "queued" | "sent" | "delivered" | "failed";

/** To whom a message went: to one peer, to all that were active, or to a room, by its id. */
export type Target = "you" | "all" | (string & {});

/** One of our own messages, as one of its recipients has it. */
export interface OwnMessage {
  /** Counts our own messages from 1, on over restarts. */
  number: number;
  id: string;
  target: Target;
  text: string;
  /** When it was written, in milliseconds. */
  written: number;
}

/** One of our messages and one of its recipients. */
export interface Delivery {
  number: number;
  fingerprint: string;
}

/** A message that has come, as it is shown. */
export interface TheirMessage {
  sender: string;
  id: string;
  /** How it came: as a message, or as a letter. */
  target: Target | "letter";
  text: string;
  /** When it came, in milliseconds. */
  received: number;
}

/** A line of /history. */
export interface HistoryLine {
  isOwn: boolean;
  time: number;
  text: string;
  state: MessageState;
}

/** offered: nobody has answered yet; taken: the receiver wants it; the rest is the end. */
export type FileState = "offered" | "taken" | "done" | "failed";

/** A file that is offered, on its way, or over (P9.9). */
export interface FileRecord {
  /** Counts the files of both directions from 1. */
  number: number;
  direction: "in" | "out";
  fingerprint: string;
  /** The id that the offer has on the wire. */
  file: string;
  name: string;
  size: number;
  /** 64 hexadecimal digits. */
  sha256: string;
  /** Where it is read from, or where it was put in the end; while it comes, where it is about to be put. */
  path: string;
  state: FileState;
}

/** What a carrier accepts (P9.8): letters and bytes of one writer, and of all. */
const LETTERS_OF_ONE = 100;
const BYTES_OF_ONE = 1024 * 1024;
const LETTERS_OF_ALL = 1000;
const BYTES_OF_ALL = 16 * 1024 * 1024;

/** How many rooms of one maker are kept, and how many of all others, so that no peers can fill the disk with them. */
const ROOMS_OF_ONE = 64;
const ROOMS_OF_OTHERS = 512;

/** The text of a message, as bytes: libsql ends a string that it reads at the first NUL, which a text may hold. */
const TEXT = "CAST(text AS BLOB) AS text";

const SCHEMA: Schema = {
  applicationId: 0x50325035, // "P2P5"
  version: 1,
  sql: `
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

CREATE TABLE peers (
  position INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL UNIQUE, name TEXT NOT NULL, der BLOB NOT NULL,
  verified INTEGER NOT NULL, pinned INTEGER NOT NULL, standing TEXT NOT NULL
) STRICT;

CREATE TABLE own_messages (
  number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, target TEXT NOT NULL, text TEXT NOT NULL,
  written INTEGER NOT NULL
) STRICT;
CREATE TABLE deliveries (
  number INTEGER NOT NULL REFERENCES own_messages, fingerprint TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'delivered', 'failed')),
  PRIMARY KEY (fingerprint, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX open_deliveries ON deliveries (fingerprint, number) WHERE state IN ('queued', 'sent');

CREATE TABLE their_messages (
  position INTEGER PRIMARY KEY AUTOINCREMENT, sender TEXT NOT NULL, id TEXT NOT NULL, target TEXT NOT NULL,
  text TEXT NOT NULL, received INTEGER NOT NULL, shown INTEGER NOT NULL DEFAULT 0, UNIQUE (sender, id)
) STRICT;
CREATE INDEX messages_not_shown ON their_messages (position) WHERE shown = 0;

-- Letters of others that we carry.
CREATE TABLE carried_letters (
  writer TEXT NOT NULL, id TEXT NOT NULL, reader TEXT NOT NULL, body TEXT NOT NULL, signature TEXT NOT NULL,
  sent INTEGER NOT NULL, size INTEGER NOT NULL, PRIMARY KEY (writer, id)
) STRICT;
CREATE INDEX carried_to ON carried_letters (reader);
-- Our own letters, until enough others carry them.
CREATE TABLE own_letters (
  position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, reader TEXT NOT NULL, body TEXT NOT NULL,
  signature TEXT NOT NULL, sent INTEGER NOT NULL, acknowledges INTEGER NOT NULL
) STRICT;
CREATE TABLE carriers (id TEXT NOT NULL, carrier TEXT NOT NULL, PRIMARY KEY (id, carrier)) STRICT, WITHOUT ROWID;

-- A room that we have left stays as a row, so that no old version brings it back.
CREATE TABLE rooms (
  position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, maker TEXT NOT NULL, name TEXT NOT NULL,
  members TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL, signature TEXT NOT NULL, dropped INTEGER NOT NULL
) STRICT;
CREATE TABLE former_members (room TEXT NOT NULL, fingerprint TEXT NOT NULL, PRIMARY KEY (room, fingerprint))
  STRICT, WITHOUT ROWID;

CREATE TABLE files (
  number INTEGER PRIMARY KEY AUTOINCREMENT, direction TEXT NOT NULL, fingerprint TEXT NOT NULL, file TEXT NOT NULL,
  name TEXT NOT NULL, size INTEGER NOT NULL, sha256 TEXT NOT NULL, path TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('offered', 'taken', 'done', 'failed')),
  -- What the user has seen of it: 0 nothing, 1 the offer, 2 the end.
  seen INTEGER NOT NULL
) STRICT;
CREATE INDEX open_files ON files (fingerprint) WHERE state IN ('offered', 'taken');
CREATE INDEX files_not_seen ON files (number) WHERE seen < 2;
`,
};

/**
 * Opens the history of a data folder, and keeps every other program out of the folder until close().
 * @throws UserError one line: another program, a full disk, no right to write, a damaged file, another version
 */
export function openHistory(dir: string): History {
  const lock = new FolderLock(dir);
  try {
    return new History(new DatabaseFile(dir, SCHEMA), lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** What is kept in DIR/history.db. What a method has written is on the disk when it returns, or when its transaction does. */
export class History {
  readonly #file: DatabaseFile;
  readonly #lock: FolderLock;

  constructor(file: DatabaseFile, lock: FolderLock) {
    this.#file = file;
    this.#lock = lock;
  }

  /** All that work writes becomes valid together. @throws UserError if the disk does not take it: then nothing does */
  transaction<T>(work: () => T): T {
    return this.#file.transaction(work);
  }

  close(): void {
    this.#file.close();
    this.#lock.release();
  }

  // Settings.

  /** A setting that stays, such as the number of the last session; undefined if it was never set. */
  setting(name: string): string | undefined {
    const row = this.#file.get("SELECT value FROM settings WHERE name = ?", name);
    return row === undefined ? undefined : String(row.value);
  }

  saveSetting(name: string, value: string): void {
    this.#file.run("INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)", name, value);
  }

  /** P8.6: a session number greater than any that this folder has used: the time in milliseconds, unless that is not. */
  takeSession(now: number): number {
    const session = Math.max(now, Number(this.setting("session") ?? 0) + 1);
    this.saveSetting("session", String(session));
    return session;
  }

  // Keys that are pinned, or blocked or allowed (P9.5).

  /** All of them, in the order in which they were first kept. */
  trustedKeys(): TrustedKey[] {
    return this.#file.all("SELECT * FROM peers ORDER BY position").map((row) => ({
      name: String(row.name),
      fingerprint: String(row.fingerprint),
      der: bytesOf(row.der),
      isVerified: row.verified === 1,
      isPinned: row.pinned === 1,
      standing: String(row.standing) as TrustedKey["standing"],
    }));
  }

  saveTrustedKey({ fingerprint, name, der, isVerified, isPinned, standing }: TrustedKey): void {
    this.#file.run(
      `INSERT INTO peers (fingerprint, name, der, verified, pinned, standing) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (fingerprint) DO UPDATE SET name = excluded.name, der = excluded.der,
       verified = excluded.verified, pinned = excluded.pinned, standing = excluded.standing`,
      fingerprint,
      name,
      der,
      Number(isVerified),
      Number(isPinned),
      standing,
    );
  }

  removeTrustedKey(fingerprint: string): void {
    this.#file.run("DELETE FROM peers WHERE fingerprint = ?", fingerprint);
  }

  // Our own messages (P9.7, P9.8).

  /** Keeps a new message, queued for each recipient. @returns its number */
  writeMessage(message: Omit<OwnMessage, "number">, recipients: readonly string[]): number {
    const { id, target, text, written } = message;
    return this.transaction(() => {
      const row = this.#file.get(
        "INSERT INTO own_messages (id, target, text, written) VALUES (?, ?, ?, ?) RETURNING number",
        id,
        target,
        text,
        written,
      );
      const number = Number(row?.number);
      for (const fingerprint of recipients) {
        this.#file.run(
          "INSERT INTO deliveries (number, fingerprint, state) VALUES (?, ?, 'queued')",
          number,
          fingerprint,
        );
      }
      return number;
    });
  }

  /** What waits for a peer, in the order of its writing: at most `limit` messages, all with a greater number than `after`. */
  openMessages(fingerprint: string, after: number, limit: number): OwnMessage[] {
    return this.#file
      .all(
        `SELECT number, id, target, ${TEXT}, written FROM deliveries JOIN own_messages USING (number)
         WHERE fingerprint = ? AND state IN ('queued', 'sent') AND number > ? ORDER BY number LIMIT ?`,
        fingerprint,
        after,
        limit,
      )
      .map(ownMessageOf);
  }

  /** Whether any message waits for a peer. */
  hasOpenMessages(fingerprint: string): boolean {
    return this.openMessages(fingerprint, 0, 1).length > 0;
  }

  /** A message was given to the peer's session. */
  markSent(number: number, fingerprint: string): void {
    this.#file.run(
      "UPDATE deliveries SET state = 'sent' WHERE fingerprint = ? AND number = ? AND state = 'queued'",
      fingerprint,
      number,
    );
  }

  /** The peer has acknowledged a message, or refused it. @returns its number; undefined if it was not open */
  settle(id: string, fingerprint: string, state: "delivered" | "failed"): number | undefined {
    const row = this.#file.get(
      `UPDATE deliveries SET state = ? WHERE fingerprint = ? AND state IN ('queued', 'sent')
       AND number = (SELECT number FROM own_messages WHERE id = ?) RETURNING number`,
      state,
      fingerprint,
      id,
    );
    return row === undefined ? undefined : Number(row.number);
  }

  /** A session has ended: what it has not delivered is queued again, except what went to all. @returns these, in order */
  requeue(fingerprint: string): number[] {
    return this.#file
      .all(
        `UPDATE deliveries SET state = 'queued' WHERE fingerprint = ? AND state = 'sent'
         AND number IN (SELECT number FROM own_messages WHERE target <> 'all') RETURNING number`,
        fingerprint,
      )
      .map(({ number }) => Number(number))
      .sort((left, right) => left - right);
  }

  /** A new start: no session has anything. */
  requeueAll(): void {
    this.#file.run("UPDATE deliveries SET state = 'queued' WHERE state = 'sent'");
  }

  /** Gives up what went to all, up to this number, and is not acknowledged. @returns what it gave up, in order */
  giveUpBroadcasts(last: number): Delivery[] {
    return this.#file
      .all(
        `UPDATE deliveries SET state = 'failed' WHERE state IN ('queued', 'sent') AND number IN
         (SELECT number FROM own_messages WHERE target = 'all' AND number <= ?) RETURNING number, fingerprint`,
        last,
      )
      .map((row) => ({ number: Number(row.number), fingerprint: String(row.fingerprint) }))
      .sort((left, right) => left.number - right.number);
  }

  // The messages of others (P9.7, P9.8).

  /** Keeps a message that has come. @returns false if that sender's id was known already, in whatever form it came */
  keepMessage({ sender, id, target, text, received }: TheirMessage): boolean {
    const changes = this.#file.run(
      "INSERT OR IGNORE INTO their_messages (sender, id, target, text, received) VALUES (?, ?, ?, ?, ?)",
      sender,
      id,
      target,
      text,
      received,
    );
    return changes === 1;
  }

  hasMessage(sender: string, id: string): boolean {
    return (
      this.#file.get("SELECT 1 FROM their_messages WHERE sender = ? AND id = ?", sender, id) !== undefined
    );
  }

  noteShown(sender: string, id: string): void {
    this.#file.run("UPDATE their_messages SET shown = 1 WHERE sender = ? AND id = ?", sender, id);
  }

  /** What a crash has kept from being shown, or from being noted as shown, in the order in which it came. */
  messagesNotShown(): TheirMessage[] {
    return this.#file
      .all(
        `SELECT sender, id, target, ${TEXT}, received FROM their_messages WHERE shown = 0 ORDER BY position`,
      )
      .map((row) => ({
        sender: String(row.sender),
        id: String(row.id),
        target: String(row.target),
        text: textOf(row.text),
        received: Number(row.received),
      }));
  }

  /** The last messages of both directions with a peer, oldest first. */
  lines(fingerprint: string, limit: number): HistoryLine[] {
    return this.#file
      .all(
        `SELECT * FROM (
           SELECT 1 AS own, written AS time, number AS place, ${TEXT}, state
           FROM deliveries JOIN own_messages USING (number) WHERE fingerprint = ?1
           UNION ALL
           SELECT 0, received, position, ${TEXT}, 'delivered' FROM their_messages WHERE sender = ?1
         ) ORDER BY time DESC, own, place DESC LIMIT ?2`,
        fingerprint,
        limit,
      )
      .reverse()
      .map((row) => ({
        isOwn: row.own === 1,
        time: Number(row.time),
        text: textOf(row.text),
        state: String(row.state) as MessageState,
      }));
  }

  // Letters of others that we carry (P9.8).

  /** Keeps a letter for its reader, within the limits for carriers. @returns false if it is refused or known */
  carry(letter: Letter, size: number): boolean {
    const ofOne = this.#carried("WHERE writer = ?", letter.from);
    const ofAll = this.#carried("");
    if (ofOne.letters >= LETTERS_OF_ONE || ofOne.bytes + size > BYTES_OF_ONE) return false;
    if (ofAll.letters >= LETTERS_OF_ALL || ofAll.bytes + size > BYTES_OF_ALL) return false;
    const changes = this.#file.run(
      `INSERT OR IGNORE INTO carried_letters (writer, id, reader, body, signature, sent, size)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      letter.from,
      letter.id,
      letter.to,
      letter.body,
      letter.signature,
      letter.sent,
      size,
    );
    return changes === 1;
  }

  #carried(where: string, ...values: string[]): { letters: number; bytes: number } {
    const row = this.#file.get(
      `SELECT count(*) AS letters, coalesce(sum(size), 0) AS bytes FROM carried_letters ${where}`,
      ...values,
    );
    return { letters: Number(row?.letters), bytes: Number(row?.bytes) };
  }

  /** Which letters wait for a reader, oldest first. Their texts stay on the disk. */
  carriedTo(reader: string): { writer: string; id: string }[] {
    return this.#file
      .all("SELECT writer, id FROM carried_letters WHERE reader = ? ORDER BY sent", reader)
      .map((row) => ({ writer: String(row.writer), id: String(row.id) }));
  }

  carriedLetter(writer: string, id: string): Letter | undefined {
    const row = this.#file.get("SELECT * FROM carried_letters WHERE writer = ? AND id = ?", writer, id);
    return row === undefined ? undefined : letterOf(row, writer);
  }

  /** The reader has answered: the carrier forgets the letter. */
  dropCarried(writer: string, id: string, reader: string): void {
    this.#file.run(
      "DELETE FROM carried_letters WHERE writer = ? AND id = ? AND reader = ?",
      writer,
      id,
      reader,
    );
  }

  /** Forgets all letters that were sent before this time, in milliseconds. */
  dropLettersBefore(sent: number): void {
    this.transaction(() => {
      this.#file.run("DELETE FROM carried_letters WHERE sent < ?", sent);
      this.#file.run("DELETE FROM own_letters WHERE sent < ?", sent);
      this.#file.run("DELETE FROM carriers WHERE id NOT IN (SELECT id FROM own_letters)");
    });
  }

  hasLettersBefore(sent: number): boolean {
    const row = this.#file.get(
      `SELECT EXISTS (SELECT 1 FROM carried_letters WHERE sent < ?1) OR EXISTS (SELECT 1 FROM own_letters WHERE sent < ?1)
       AS found`,
      sent,
    );
    return row?.found === 1;
  }

  // Our own letters, until enough others carry them.

  keepOwnLetter(letter: Letter, content: "message" | "ack"): void {
    this.#file.run(
      `INSERT OR IGNORE INTO own_letters (id, reader, body, signature, sent, acknowledges) VALUES (?, ?, ?, ?, ?, ?)`,
      letter.id,
      letter.to,
      letter.body,
      letter.signature,
      letter.sent,
      Number(content === "ack"),
    );
  }

  /**
   * The ids of our letters that acknowledge one writer's letters, beyond as many as others would carry of us, oldest first.
   * Else a writer could fill the disk by never answering them. Without one of them, the writer's message arrives again.
   */
  tooManyAcks(reader: string): string[] {
    return this.#file
      .all(
        "SELECT id FROM own_letters WHERE reader = ? AND acknowledges = 1 ORDER BY position DESC LIMIT -1 OFFSET ?",
        reader,
        LETTERS_OF_ONE,
      )
      .map(({ id }) => String(id))
      .reverse();
  }

  /** Our letters that still need carriers, oldest first. */
  ownLetters(): { id: string; reader: string; content: "message" | "ack" }[] {
    return this.#file
      .all("SELECT id, reader, acknowledges FROM own_letters ORDER BY position")
      .map((row) => ({
        id: String(row.id),
        reader: String(row.reader),
        content: row.acknowledges === 1 ? "ack" : "message",
      }));
  }

  /** @param writer our own fingerprint */
  ownLetter(writer: string, id: string): Letter | undefined {
    const row = this.#file.get("SELECT * FROM own_letters WHERE id = ?", id);
    return row === undefined ? undefined : letterOf(row, writer);
  }

  /** Who carries a letter of ours. */
  carriersOf(id: string): string[] {
    return this.#file
      .all("SELECT carrier FROM carriers WHERE id = ?", id)
      .map(({ carrier }) => String(carrier));
  }

  noteCarrier(id: string, carrier: string): void {
    this.#file.run("INSERT OR IGNORE INTO carriers (id, carrier) VALUES (?, ?)", id, carrier);
  }

  dropOwnLetter(id: string): void {
    this.transaction(() => {
      this.#file.run("DELETE FROM own_letters WHERE id = ?", id);
      this.#file.run("DELETE FROM carriers WHERE id = ?", id);
    });
  }

  // Rooms (P9.10).

  /** The rooms that we are in, in the order in which they were made known to us. */
  rooms(): SignedRoom[] {
    return this.#file.all("SELECT * FROM rooms WHERE dropped = 0 ORDER BY position").map(roomOf);
  }

  /** A room that we are in. */
  room(id: string): SignedRoom | undefined {
    const row = this.#file.get("SELECT * FROM rooms WHERE id = ? AND dropped = 0", id);
    return row === undefined ? undefined : roomOf(row);
  }

  /** The newest version that we know of a room, also of one that we were put out of; 0 for an unknown one. */
  versionOf(id: string): number {
    return Number(this.#file.get("SELECT version FROM rooms WHERE id = ?", id)?.version ?? 0);
  }

  /**
   * Keeps a newer version of a room.
   * @param isDropped we are not among its members any more
   * @param mostInAll how many rooms there may be before a new one is refused
   * @returns false if its maker, or all together, have too many rooms
   */
  keepRoom(room: SignedRoom, isDropped: boolean, mostInAll = ROOMS_OF_OTHERS): boolean {
    const maker = room.id.slice(0, room.id.indexOf("."));
    return this.transaction(() => {
      const isNew = this.versionOf(room.id) === 0;
      if (isNew && (this.#countRooms(maker) >= ROOMS_OF_ONE || this.#countRooms() >= mostInAll)) return false;
      this.#noteFormerMembers(room);
      this.#file.run(
        `INSERT INTO rooms (id, maker, name, members, version, body, signature, dropped) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, members = excluded.members, version = excluded.version,
         body = excluded.body, signature = excluded.signature, dropped = excluded.dropped`,
        room.id,
        maker,
        room.name,
        JSON.stringify(room.members),
        room.version,
        room.body,
        room.signature,
        Number(isDropped),
      );
      return true;
    });
  }

  /** @param maker undefined: of all makers */
  #countRooms(maker?: string): number {
    const row = this.#file.get(
      "SELECT count(*) AS count FROM rooms WHERE maker = ?1 OR ?1 IS NULL",
      maker ?? null,
    );
    return Number(row?.count);
  }

  #noteFormerMembers({ id, members }: SignedRoom): void {
    for (const former of this.room(id)?.members ?? []) {
      this.#file.run("INSERT OR IGNORE INTO former_members (room, fingerprint) VALUES (?, ?)", id, former);
    }
    for (const member of members) {
      this.#file.run("DELETE FROM former_members WHERE room = ? AND fingerprint = ?", id, member);
    }
  }

  /** Who was a member of a room once, and is not any more. */
  formerMembers(id: string): string[] {
    return this.#file
      .all("SELECT fingerprint FROM former_members WHERE room = ?", id)
      .map(({ fingerprint }) => String(fingerprint));
  }

  // Files (P9.9).

  /** Keeps a new offer, of either direction. @returns its number */
  keepFile(file: Omit<FileRecord, "number">): number {
    const row = this.#file.get(
      `INSERT INTO files (direction, fingerprint, file, name, size, sha256, path, state, seen)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING number`,
      file.direction,
      file.fingerprint,
      file.file,
      file.name,
      file.size,
      file.sha256,
      file.path,
      file.state,
      file.direction === "out" ? 1 : 0,
    );
    return Number(row?.number);
  }

  /** How far a file is: its state, its id on the wire, and where it is, or is about to be. */
  updateFile({ number, state, path, file }: FileRecord): void {
    this.#file.run(
      "UPDATE files SET state = ?, path = ?, file = ? WHERE number = ?",
      state,
      path,
      file,
      number,
    );
  }

  /** All offers and transfers that are not over, in the order of their numbers. */
  openFiles(): FileRecord[] {
    return this.#file
      .all("SELECT * FROM files WHERE state IN ('offered', 'taken') ORDER BY number")
      .map(fileOf);
  }

  /** Whether all of a file that was offered under this id has come. */
  hasReceivedFile(fingerprint: string, file: string, sha256: string): boolean {
    const row = this.#file.get(
      "SELECT 1 FROM files WHERE direction = 'in' AND state = 'done' AND fingerprint = ? AND file = ? AND sha256 = ?",
      fingerprint,
      file,
      sha256,
    );
    return row !== undefined;
  }

  /** The user has seen the offer. */
  noteOfferSeen(number: number): void {
    this.#file.run("UPDATE files SET seen = max(seen, 1) WHERE number = ?", number);
  }

  /** The user has seen how it ended. What failed to come is forgotten: else a peer could fill the disk with offers. */
  noteEndSeen(number: number): void {
    this.transaction(() => {
      this.#file.run("UPDATE files SET seen = 2 WHERE number = ?", number);
      this.#file.run("DELETE FROM files WHERE number = ? AND direction = 'in' AND state = 'failed'", number);
    });
  }

  /** Offers that the user has not seen, and ends that they have not. */
  filesNotSeen(): FileRecord[] {
    return this.#file
      .all(`SELECT * FROM files WHERE seen < 2 AND (state IN ('done', 'failed') OR seen = 0) ORDER BY number`)
      .map(fileOf);
  }
}

function ownMessageOf(row: Row): OwnMessage {
  return {
    number: Number(row.number),
    id: String(row.id),
    target: String(row.target),
    text: textOf(row.text),
    written: Number(row.written),
  };
}

function letterOf(row: Row, writer: string): Letter {
  return {
    body: String(row.body),
    signature: String(row.signature),
    to: String(row.reader),
    from: writer,
    id: String(row.id),
    sent: Number(row.sent),
  };
}

function roomOf(row: Row): SignedRoom {
  return {
    id: String(row.id),
    name: String(row.name),
    members: JSON.parse(String(row.members)),
    version: Number(row.version),
    body: String(row.body),
    signature: String(row.signature),
  };
}

function fileOf(row: Row): FileRecord {
  return {
    number: Number(row.number),
    direction: row.direction === "in" ? "in" : "out",
    fingerprint: String(row.fingerprint),
    file: String(row.file),
    name: String(row.name),
    size: Number(row.size),
    sha256: String(row.sha256),
    path: String(row.path),
    state: String(row.state) as FileState,
  };
}

/** libsql gives the bytes of a BLOB as a Buffer in a single row, and as an ArrayBuffer in one of many. */
function bytesOf(value: unknown): Buffer {
  if (value instanceof ArrayBuffer) return Buffer.from(value);
  return value instanceof Uint8Array ? Buffer.from(value) : Buffer.alloc(0);
}

function textOf(value: unknown): string {
  return bytesOf(value).toString("utf8");
}
