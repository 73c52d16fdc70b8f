// Files that are offered, taken, sent and received, with all peers (P9.9).

import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { type Surroundings, sessionWith } from "./conversation-settings.ts";
import type { FileRecord } from "./history.ts";
import { IncomingFile } from "./incoming-file.ts";
import type { JsonObject } from "./messages.ts";
import { hashFile, OutgoingFile } from "./outgoing-file.ts";
import { reasonOf } from "./own-messages.ts";
import { isPlaced, prepareFileFolders, removePart } from "./part-file.ts";
import { printable } from "./printable.ts";
import { UserError } from "./program.ts";
import type { Session } from "./sessions.ts";
import { isCount, isId, makeId } from "./texts.ts";
import {
  MAX_FILE_BYTES,
  MAX_MOVING,
  MAX_OFFERS,
  type Offer,
  parseOffer,
  parsePiece,
  partName,
  safeFileName,
} from "./transfers.ts";

/** How far a file has come, for a progress bar. */
export interface TransferProgress {
  number: number;
  direction: "in" | "out";
  fingerprint: string;
  name: string;
  size: number;
  /** Bytes that are known to be on the receiver's disk. */
  done: number;
  /** offered: the receiver has not answered; waiting: for the peer, or for other files; moving: pieces go. */
  state: "offered" | "waiting" | "moving";
}

/** A file that is not over. */
interface Transfer {
  record: FileRecord;
  /** The session in which it was offered last. */
  session: Session | undefined;
  /** What moves in that session. */
  incoming?: IncomingFile | undefined;
  outgoing?: OutgoingFile | undefined;
  /** Where the receiver wants it to go on, while others move. */
  acceptedAt?: number | undefined;
}

export class FileTransfers {
  readonly #around: Surroundings;
  readonly #transfers = new Set<Transfer>();
  /** By the name of a part: what has to end before anybody else may use it. */
  readonly #parts = new Map<string, Promise<void>>();

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** Goes on where the program was when it ended, however it ended. */
  async start(): Promise<void> {
    const { history, dir } = this.#around;
    prepareFileFolders(dir);
    for (const record of history.filesNotSeen()) this.#showAgain(record);
    for (const record of history.openFiles()) this.#transfers.add({ record, session: undefined });
    for (const transfer of [...this.#transfers]) await this.#finishPlacing(transfer);
  }

  /** A crash has kept it from being shown, or from being noted as shown. */
  #showAgain(record: FileRecord): void {
    const { history, writes, show } = this.#around;
    const isOpen = record.state === "offered" || record.state === "taken";
    writes.add({
      show: () => show(isOpen ? this.#offerLine(record) : this.#endLine(record, "it was given up")),
      note: () => (isOpen ? history.noteOfferSeen(record.number) : history.noteEndSeen(record.number)),
    });
  }

  /** We may have crashed just when a file was about to get its name, or had got it. */
  async #finishPlacing(transfer: Transfer): Promise<void> {
    const { record } = transfer;
    if (record.direction === "out" || record.path === "") return;
    if (!isPlaced(this.#around.dir, partName(record.fingerprint, record), record.path, record.size)) {
      const incoming = this.#incoming(transfer, undefined);
      // If all of it is there, it is placed now; if not, it goes on when it is offered again.
      incoming.begin(Promise.resolve(), () => {});
      await incoming.settled();
      return await incoming.stop();
    }
    if ((await hashFile(record.path)).sha256 === record.sha256) this.#end(transfer, "done");
  }

  // What the user does.

  /** Offers a file to a peer. @returns its number @throws UserError */
  async offer(fingerprint: string, path: string): Promise<number> {
    const { history, writes } = this.#around;
    if (this.#of(fingerprint, "out").length >= MAX_OFFERS) {
      throw new UserError(`${MAX_OFFERS} files wait for ${this.#around.shown(fingerprint)} already`);
    }
    const { sha256, size } = await measure(path);
    const record: FileRecord = {
      number: 0,
      direction: "out",
      fingerprint,
      file: makeId(),
      name: basename(path).toWellFormed(),
      size,
      sha256,
      path: resolve(path),
      state: "offered",
    };
    return await new Promise((kept, failed) => {
      writes.add({
        store: () => {
          record.number = history.keepFile(record);
        },
        answer: () => {
          const transfer = { record, session: undefined };
          this.#transfers.add(transfer);
          void this.#offerNow(transfer);
          kept(record.number);
        },
        failed,
      });
    });
  }

  async #offerNow(transfer: Transfer): Promise<void> {
    const session = await sessionWith(this.#around, transfer.record.fingerprint);
    if (session === undefined || !this.#transfers.has(transfer)) return;
    // opened() has offered it, if the session is new.
    if (transfer.session !== session) sendOffer(transfer, session);
  }

  /** Takes a file that a peer offers. @throws UserError if there is no such offer */
  take(number: number): void {
    const transfer = this.#numbered(number);
    if (transfer?.record.direction !== "in") throw new UserError(`nobody offers a file ${number}`);
    if (transfer.record.state === "taken") throw new UserError(`file ${number} is taken already`);
    transfer.record.state = "taken";
    const { history, writes } = this.#around;
    writes.add({
      store: () => history.updateFile(transfer.record),
      answer: () => this.#moveNext(transfer.record.fingerprint),
      failed: (error) => {
        transfer.record.state = "offered";
        this.#around.show(`error: file ${number} was not taken: ${reasonOf(error)}`);
      },
    });
  }

  /** Refuses an offer, or cancels what is on its way in either direction. @throws UserError if there is no such file */
  refuse(number: number): void {
    const transfer = this.#numbered(number);
    if (transfer === undefined) throw new UserError(`there is no offer and no transfer ${number}`);
    const { file, direction, state } = transfer.record;
    const isRefusal = direction === "in" && state === "offered";
    transfer.session?.send({ type: isRefusal ? "refuse" : "cancel", file });
    this.#fail(transfer, isRefusal ? "you have refused it" : "you have cancelled it");
  }

  list(): TransferProgress[] {
    return [...this.#transfers].map(({ record, incoming, outgoing }) => {
      const { number, direction, fingerprint, name, size, state } = record;
      const moving = incoming ?? outgoing;
      const shownState = state === "offered" ? "offered" : moving === undefined ? "waiting" : "moving";
      return { number, direction, fingerprint, name, size, done: moving?.done ?? 0, state: shownState };
    });
  }

  // What the peer does.

  /** A session has begun: what is not over is offered again. */
  opened(session: Session): void {
    for (const transfer of this.#of(session.fingerprint, "out")) sendOffer(transfer, session);
  }

  closed(session: Session): void {
    for (const transfer of this.#of(session.fingerprint)) {
      if (transfer.session === session) this.#halt(transfer);
    }
  }

  /** @returns false if it is wrong. What names a file that is not known, or is over, is passed over */
  received(session: Session, object: JsonObject): boolean {
    switch (object.type) {
      case "offer":
        return this.#receiveOffer(session, object);
      case "accept":
        return this.#receiveAccept(session, object);
      case "chunk":
        return this.#receivePiece(session, object);
      case "chunk-ack":
        return this.#receivePieceAck(session, object);
      case "refuse":
      case "cancel":
        return this.#receiveEnd(session, object);
      default:
        return false;
    }
  }

  #receiveOffer(session: Session, object: JsonObject): boolean {
    const offer = parseOffer(object);
    if (offer === undefined) return false;
    const transfer = this.#sameOffer(session, offer);
    if (transfer !== undefined) this.#receiveAgain(transfer, session, offer);
    else if (this.#mayOffer(session, offer)) this.#receiveNew(session, offer);
    else session.send({ type: "refuse", file: offer.file });
    return true;
  }

  /**
   * The offer that this one repeats: it has the same id; or it is of the same bytes, was made in a session before, and not
   * again in this one.
   */
  #sameOffer({ fingerprint }: Session, { file, sha256, size }: Offer): Transfer | undefined {
    const transfers = this.#of(fingerprint, "in");
    return (
      transfers.find(({ record }) => record.file === file) ??
      transfers.find(({ record, session }) => session === undefined && isSame(record, sha256, size))
    );
  }

  #mayOffer({ fingerprint }: Session, { size }: Offer): boolean {
    if (size > MAX_FILE_BYTES) return false;
    const transfers = this.#of(fingerprint, "in");
    if (transfers.length < MAX_OFFERS) return true;
    // What was offered in an earlier session, not taken, and not offered again, makes room.
    const stale = transfers.find(
      ({ record, session }) => record.state === "offered" && session === undefined,
    );
    if (stale === undefined) return false;
    this.#fail(stale, "it is not offered any more");
    return true;
  }

  #receiveAgain(transfer: Transfer, session: Session, { file, sha256, size }: Offer): void {
    const { record } = transfer;
    if (!isSame(record, sha256, size)) {
      // One id for two files.
      session.send({ type: "refuse", file });
      return;
    }
    this.#halt(transfer);
    transfer.session = session;
    if (record.file !== file) {
      record.file = file;
      this.#around.writes.add({ store: () => this.#around.history.updateFile(record) });
    }
    this.#moveNext(record.fingerprint);
  }

  #receiveNew(session: Session, { file, name, size, sha256 }: Offer): void {
    const { fingerprint } = session;
    const { history, writes, show, note } = this.#around;
    // We have all of it, and our last acknowledgement was lost.
    if (history.hasReceivedFile(fingerprint, file, sha256)) {
      session.send({ type: "accept", file, offset: size });
      return;
    }
    const record: FileRecord = {
      number: 0,
      direction: "in",
      fingerprint,
      file,
      name: safeFileName(name),
      size,
      sha256,
      path: "",
      state: "offered",
    };
    const transfer: Transfer = { record, session };
    this.#transfers.add(transfer);
    writes.add({
      store: () => {
        record.number = history.keepFile(record);
      },
      show: () => {
        show(this.#offerLine(record));
        note(`/take ${record.number} accepts it, /refuse ${record.number} does not`);
      },
      note: () => history.noteOfferSeen(record.number),
      failed: (error) => {
        this.#transfers.delete(transfer);
        session.send({ type: "refuse", file });
        show(`error: an offer was not kept, and refused: ${reasonOf(error)}`);
      },
    });
  }

  #offerLine({ number, fingerprint, name, size }: FileRecord): string {
    return `${this.#around.shown(fingerprint)} offers file ${number}: ${printable(name)}, ${size} bytes`;
  }

  #receiveAccept(session: Session, { file, offset }: JsonObject): boolean {
    if (!isId(file) || !isCount(offset)) return false;
    const transfer = this.#find(session, "out", file);
    if (transfer === undefined || transfer.outgoing !== undefined) return true;
    if (offset > transfer.record.size) return false;
    transfer.acceptedAt = offset;
    transfer.record.state = "taken";
    this.#around.writes.add({ store: () => this.#around.history.updateFile(transfer.record) });
    this.#moveNext(session.fingerprint);
    return true;
  }

  #receivePiece(session: Session, object: JsonObject): boolean {
    const piece = parsePiece(object);
    if (piece === undefined) return false;
    const transfer = this.#find(session, "in", piece.file);
    // After a cancel of ours, some pieces are still on their way.
    if (transfer === undefined) return true;
    return transfer.incoming?.receive(piece) === true;
  }

  #receivePieceAck(session: Session, { file, offset }: JsonObject): boolean {
    if (!isId(file) || !isCount(offset)) return false;
    this.#find(session, "out", file)?.outgoing?.acknowledge(offset);
    return true;
  }

  #receiveEnd(session: Session, { type, file }: JsonObject): boolean {
    if (!isId(file)) return false;
    const transfer = this.#transfersOf(session).find(({ record }) => record.file === file);
    if (transfer === undefined) return true;
    const name = this.#around.shown(session.fingerprint);
    this.#fail(transfer, type === "refuse" ? `${name} has refused it` : `${name} has cancelled it`);
    return true;
  }

  // What moves.

  /** Lets more files of a peer move, in the order of their numbers, as far as the limit allows. */
  #moveNext(fingerprint: string): void {
    for (const direction of ["in", "out"] as const) {
      const transfers = this.#of(fingerprint, direction);
      let moving = transfers.filter(({ incoming, outgoing }) => (incoming ?? outgoing) !== undefined).length;
      for (const transfer of transfers) {
        if (moving >= MAX_MOVING) break;
        if (direction === "in" ? this.#moveIn(transfer) : this.#moveOut(transfer)) moving += 1;
      }
    }
  }

  /** @returns true if the file moves now, and has not before */
  #moveIn(transfer: Transfer): boolean {
    const { record, session } = transfer;
    if (record.state !== "taken" || transfer.incoming !== undefined || session?.isOpen !== true) return false;
    // The same bytes, offered twice, have one part: they come one after the other.
    if (this.#ofSamePart(record).some(({ incoming }) => incoming !== undefined)) return false;
    transfer.incoming = this.#incoming(transfer, session);
    const before = this.#parts.get(partName(record.fingerprint, record)) ?? Promise.resolve();
    transfer.incoming.begin(before, (offset) => session.send({ type: "accept", file: record.file, offset }));
    return true;
  }

  #incoming(transfer: Transfer, session: Session | undefined): IncomingFile {
    const { record } = transfer;
    const { file } = record;
    return new IncomingFile(this.#around.dir, record, {
      kept: (offset) => session?.send({ type: "chunk-ack", file, offset }),
      choose: (path) => {
        record.path = path;
        this.#around.history.updateFile(record);
      },
      complete: (path, lastOffset) => {
        record.path = path;
        // It may have been offered again meanwhile, in a session that knows nothing of its pieces.
        const last = transfer.session;
        const isSame = last === session && lastOffset !== undefined;
        this.#end(transfer, "done", "", () => {
          if (isSame) last?.send({ type: "chunk-ack", file, offset: lastOffset });
          // To accept a file at its end says that all of it is here, and in its place.
          else last?.send({ type: "accept", file: record.file, offset: record.size });
        });
      },
      failed: (reason) => {
        transfer.session?.send({ type: "cancel", file: record.file });
        this.#fail(transfer, reason);
      },
    });
  }

  #moveOut(transfer: Transfer): boolean {
    const { record, session, acceptedAt } = transfer;
    if (acceptedAt === undefined || transfer.outgoing !== undefined || session?.isOpen !== true) return false;
    const outgoing = new OutgoingFile(session, record, acceptedAt);
    transfer.outgoing = outgoing;
    void outgoing.send(record.path).then(
      (isSent) => {
        if (isSent && transfer.outgoing === outgoing) this.#end(transfer, "done");
      },
      (error: unknown) => {
        if (transfer.outgoing !== outgoing) return;
        session.send({ type: "cancel", file: record.file });
        this.#fail(transfer, reasonOf(error));
      },
    );
    return true;
  }

  /** The session is over, or another one carries on: nothing moves, and what has come stays. */
  #halt(transfer: Transfer): void {
    const { incoming, record } = transfer;
    transfer.outgoing?.stop();
    if (incoming !== undefined) this.#usePart(record, () => incoming.stop());
    transfer.outgoing = undefined;
    transfer.incoming = undefined;
    transfer.acceptedAt = undefined;
    transfer.session = undefined;
  }

  /** Does something with a part when everybody else is done with it. If that fails, the part stays: nothing depends on it. */
  #usePart(record: FileRecord, use: () => Promise<void>): void {
    const name = partName(record.fingerprint, record);
    const tell = (error: unknown): void =>
      this.#around.note(`what has come of file ${record.number} was left in files/.part: ${reasonOf(error)}`);
    const before = this.#parts.get(name) ?? Promise.resolve();
    const done = before
      .then(use)
      .catch(tell)
      .finally(() => {
        if (this.#parts.get(name) === done) this.#parts.delete(name);
      });
    this.#parts.set(name, done);
  }

  #fail(transfer: Transfer, reason: string): void {
    if (!this.#transfers.has(transfer)) return;
    this.#end(transfer, "failed", reason);
    const { record } = transfer;
    const { dir } = this.#around;
    // What has come of the same bytes, offered twice, is still of use to the other offer.
    if (record.direction === "in" && this.#ofSamePart(record).length === 0) {
      this.#usePart(record, () => removePart(dir, partName(record.fingerprint, record)));
    }
  }

  /** All incoming files that are kept under the same part: the same bytes from the same peer. */
  #ofSamePart({ fingerprint, sha256, size }: FileRecord): Transfer[] {
    return this.#of(fingerprint, "in").filter(({ record }) => isSame(record, sha256, size));
  }

  #end(transfer: Transfer, state: "done" | "failed", reason = "", answer: () => void = () => {}): void {
    const { history, writes, show } = this.#around;
    const { record } = transfer;
    this.#transfers.delete(transfer);
    this.#halt(transfer);
    record.state = state;
    writes.add({
      store: () => history.updateFile(record),
      show: () => show(this.#endLine(record, reason)),
      note: () => history.noteEndSeen(record.number),
      answer,
      failed: (error) => show(`error: the end of file ${record.number} was not kept: ${reasonOf(error)}`),
    });
    this.#moveNext(record.fingerprint);
  }

  #endLine({ number, direction, fingerprint, state, path }: FileRecord, reason: string): string {
    if (state === "failed") return `file ${number} failed: ${printable(reason)}`;
    if (direction === "in") return `file ${number} received: ${path}`;
    return `file ${number} sent to ${this.#around.shown(fingerprint)}`;
  }

  #numbered(number: number): Transfer | undefined {
    return [...this.#transfers].find(({ record }) => record.number === number);
  }

  #of(fingerprint: string, direction?: "in" | "out"): Transfer[] {
    return [...this.#transfers].filter(
      ({ record }) =>
        record.fingerprint === fingerprint && (direction ?? record.direction) === record.direction,
    );
  }

  #transfersOf(session: Session): Transfer[] {
    return this.#of(session.fingerprint).filter((transfer) => transfer.session === session);
  }

  #find(session: Session, direction: "in" | "out", file: string): Transfer | undefined {
    return this.#transfersOf(session).find(
      ({ record }) => record.direction === direction && record.file === file,
    );
  }

  /** Whether a session with this peer would bring a file further. */
  isWaiting(fingerprint: string): boolean {
    return this.#of(fingerprint, "out").length > 0;
  }

  /** Ends all that moves; it goes on after the next start. */
  async close(): Promise<void> {
    for (const transfer of this.#transfers) this.#halt(transfer);
    await Promise.all(this.#parts.values());
  }
}

function sendOffer(transfer: Transfer, session: Session): void {
  const { file, name, size, sha256 } = transfer.record;
  transfer.outgoing?.stop();
  transfer.outgoing = undefined;
  transfer.acceptedAt = undefined;
  transfer.session = session;
  session.send({ type: "offer", file, name, size, sha256 });
}

function isSame(record: FileRecord, sha256: string, size: number): boolean {
  return record.sha256 === sha256 && record.size === size;
}

/** @throws UserError if it is no file that can be sent */
async function measure(path: string): Promise<{ sha256: string; size: number }> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new UserError(`${path} is no file that can be sent`);
    if (found.size > MAX_FILE_BYTES) throw new UserError(`${path} is larger than 1 GiB`);
    return await hashFile(path);
  } catch (error) {
    throw error instanceof UserError ? error : new UserError(`cannot read ${path}: ${reasonOf(error)}`);
  }
}
