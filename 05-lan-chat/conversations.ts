// What is said with all peers, over whatever session there is: messages, letters, rooms and files (P9.7 to P9.10).
// This file takes what comes in and gives it to the part that it belongs to; messages of others are its own part.

import { type ConversationsSettings, type Surroundings, sessionWith } from "./conversation-settings.ts";
import { FileTransfers, type TransferProgress } from "./file-transfers.ts";
import { GatheredWrites } from "./gathered-writes.ts";
import type { TheirMessage } from "./history.ts";
import { LetterPost } from "./letter-post.ts";
import type { JsonObject } from "./messages.ts";
import { OwnMessages, reasonOf } from "./own-messages.ts";
import { printable } from "./printable.ts";
import { UserError } from "./program.ts";
import { RoomList, type ShownRoom } from "./room-list.ts";
import { isRoomId } from "./rooms.ts";
import type { Session } from "./sessions.ts";
import { isId, isText } from "./texts.ts";

export type { ConversationsSettings } from "./conversation-settings.ts";
export type { TransferProgress } from "./file-transfers.ts";
export type { ShownRoom } from "./room-list.ts";

/** How long we wait before we call a peer again for whom something waits, in milliseconds: at first, and at most. */
const FIRST_PAUSE = 5000;
const LONGEST_PAUSE = 300_000;

/**
 * All that is said with all peers. Its owner gives it what happens (opened, closed, received, found, tick), and asks it
 * for what the user wants. Methods for the user throw a UserError with one line if it cannot be done.
 */
export class Conversations {
  readonly #around: Surroundings;
  readonly #messages: OwnMessages;
  readonly #letters: LetterPost;
  readonly #rooms: RoomList;
  readonly #files: FileTransfers;
  /** Peers for whom something waits: when to call them, and how long to wait after that. By fingerprint. */
  readonly #calls = new Map<string, { next: number; pause: number }>();

  constructor(settings: ConversationsSettings) {
    const { history, later, now, elapsed = now } = settings;
    this.#around = { ...settings, elapsed, writes: new GatheredWrites(history, later) };
    this.#letters = new LetterPost(this.#around);
    this.#messages = new OwnMessages(this.#around, (id) => this.#letters.delivered(id));
    this.#rooms = new RoomList(this.#around);
    this.#files = new FileTransfers(this.#around);
  }

  /** Shows what a crash has kept from being shown. Call it once, before anything is received. */
  async start(): Promise<void> {
    const { history, writes } = this.#around;
    for (const message of history.messagesNotShown()) {
      writes.add({
        show: () => this.#showMessage(message),
        note: () => history.noteShown(message.sender, message.id),
      });
    }
    this.#messages.start();
    this.#rooms.start();
    await this.#files.start();
    writes.flush();
  }

  // What happens.

  /** A session has begun. */
  opened(session: Session): void {
    this.#calls.delete(session.fingerprint);
    // What is said to a room is refused by who does not know it: so rooms come first.
    this.#rooms.opened(session);
    this.#messages.opened(session);
    this.#letters.opened(session);
    this.#files.opened(session);
  }

  /** A session is over. @param successor the session that stands instead of it (P9.6): the user need not hear of it */
  closed(session: Session, successor?: Session): void {
    this.#messages.closed(session, successor !== undefined);
    this.#letters.closed(session);
    this.#files.closed(session);
  }

  /** Something has come in a session. @returns false if it is wrong: the session has to end with `bad-record` */
  received(session: Session, object: JsonObject): boolean {
    switch (object.type) {
      case "message":
        return this.#receiveMessage(session, object);
      case "ack":
        return this.#receiveAnswer(session, object, "delivered");
      case "refused":
        return this.#receiveAnswer(session, object, "failed");
      case "letter":
        // After our goodbye nothing is shown any more, and so nothing is acknowledged (P3.8).
        return !session.isOpen || this.#letters.received(session, object.body, object.signature);
      case "letter-ack":
        return this.#letters.answered(session, object.from, object.id);
      case "room":
        return this.#rooms.received(object.body, object.signature);
      default:
        return this.#files.received(session, object);
    }
  }

  #receiveMessage(session: Session, { id, to, text }: JsonObject): boolean {
    if (!isId(id) || !isText(text)) return false;
    if (to !== "you" && to !== "all" && !isRoomId(to)) return false;
    if (!session.isOpen) return true;
    this.#keepMessage(session, {
      sender: session.fingerprint,
      id,
      target: to,
      text,
      received: this.#around.now(),
    });
    return true;
  }

  // BEGIN SOLUTION 05-once
  /** P9.7: stored, shown, noted as shown, acknowledged. Whatever crashes in between, it is shown once at least. */
  #keepMessage(session: Session, message: TheirMessage): void {
    const { history, writes, show } = this.#around;
    const { sender, id, target } = message;
    let isRefused = false;
    let isNew = false;
    writes.add({
      store: () => {
        // The room may have come just before, in the same piece: so this is looked at now.
        isRefused = isRoomId(target) && !this.#rooms.isMember(target, sender);
        isNew = !isRefused && history.keepMessage(message);
      },
      show: () => {
        if (isNew) this.#showMessage(message);
      },
      note: () => {
        if (isNew) history.noteShown(sender, id);
      },
      answer: () => session.send({ type: isRefused ? "refused" : "ack", id }),
      failed: (error) => {
        if (!session.isOpen) return; // It was said of the message before this one.
        // They send it again in the next session. What they said after it must not come before it.
        show(`error: a message of ${this.#around.shown(sender)} was not kept: ${reasonOf(error)}`);
        session.end();
      },
    });
  }
  // END SOLUTION 05-once

  #showMessage({ sender, target, text }: TheirMessage): void {
    const { show, shown } = this.#around;
    show(`${this.#heading(shown(sender), target)}> ${printable(text)}`);
  }

  /** What stands before a message that has come. */
  #heading(name: string, target: TheirMessage["target"]): string {
    if (target === "you") return name;
    if (target === "all") return `${name} to all`;
    if (target === "letter") return `letter from ${name}`;
    return `${name} in ${this.#rooms.shown(target)}`;
  }

  #receiveAnswer(session: Session, { id }: JsonObject, state: "delivered" | "failed"): boolean {
    if (!isId(id)) return false;
    this.#messages.settled(session, id, state);
    return true;
  }

  /** A peer was found, or is back: if something waits for them, they are called. */
  found(fingerprint: string): void {
    this.#calls.delete(fingerprint);
    if (this.isWaiting(fingerprint)) this.#call(fingerprint);
  }

  /** Call it once a second: what has taken too long is given up, and who is there and has something to get is called. */
  tick(): void {
    this.#messages.tick();
    this.#letters.tick();
    const { activePeers, sessionOf, elapsed } = this.#around;
    for (const peer of activePeers()) {
      const isDue = (this.#calls.get(peer)?.next ?? 0) <= elapsed();
      if (isDue && sessionOf(peer) === undefined && this.isWaiting(peer)) this.#call(peer);
    }
  }

  #call(fingerprint: string): void {
    const { pause } = this.#calls.get(fingerprint) ?? { pause: FIRST_PAUSE };
    this.#calls.set(fingerprint, {
      next: this.#around.elapsed() + pause,
      pause: Math.min(2 * pause, LONGEST_PAUSE),
    });
    void sessionWith(this.#around, fingerprint);
  }

  /** Whether something waits for a peer to come back. */
  isWaiting(fingerprint: string): boolean {
    return (
      this.#around.history.hasOpenMessages(fingerprint) ||
      this.#rooms.isWaiting(fingerprint) ||
      this.#files.isWaiting(fingerprint) ||
      this.#letters.isWaiting(fingerprint)
    );
  }

  // What the user does.

  /** Says something to one peer: at once if they can be reached, else when they are back. */
  say(fingerprint: string, text: string): void {
    this.#messages.write("you", `to ${this.#around.shown(fingerprint)}`, text, [fingerprint]);
  }

  /** Says something to everybody who is active now. */
  sayToAll(text: string): void {
    const peers = this.#around.activePeers();
    if (peers.length === 0) throw new UserError("nobody is there to hear it");
    this.#messages.write("all", "to all", text, peers);
  }

  /** Says something to every member of a room. @param room its id */
  sayInRoom(room: string, text: string): void {
    const found = this.#rooms.all().find(({ id }) => id === room);
    if (found === undefined) throw new UserError("there is no such room");
    const others = found.members.filter((member) => member !== this.#around.identity.fingerprint);
    this.#messages.write(room, `in ${found.shown}`, text, others);
  }

  /** Says something to one peer, and if they cannot be reached, gives others a letter for them. */
  writeLetter(fingerprint: string, text: string): void {
    const reader = this.#letters.reader(fingerprint);
    const label = `to ${this.#around.shown(fingerprint)}`;
    this.#messages.write("you", label, text, [fingerprint], (id) => this.#letters.write(reader, id, text));
  }

  /** Makes a room, or a new version of our own room of that name, with these members and ourselves. */
  makeRoom(name: string, fingerprints: readonly string[]): void {
    this.#rooms.make(name, fingerprints);
  }

  /** The rooms that we are in. */
  rooms(): ShownRoom[] {
    return this.#rooms.all();
  }

  /** The rooms that a user can mean by what they typed: `team` or `team#F3kQ`. */
  findRooms(text: string): ShownRoom[] {
    return this.#rooms.find(text);
  }

  /** Offers a file. @returns its number */
  async offer(fingerprint: string, path: string): Promise<number> {
    return await this.#files.offer(fingerprint, path);
  }

  /** Takes a file that a peer offers. */
  take(number: number): void {
    this.#files.take(number);
  }

  /** Refuses an offer, or cancels a transfer in either direction. */
  refuse(number: number): void {
    this.#files.refuse(number);
  }

  /** All files that are not over. */
  transfers(): TransferProgress[] {
    return this.#files.list();
  }

  /** The last messages of both directions with a peer, oldest first, a line each: `2026-01-31 12:00:05 > hi [delivered]`. */
  historyOf(fingerprint: string, n: number): string[] {
    // What was said just now has to stand in it, too.
    this.#around.writes.flush();
    return this.#around.history.lines(fingerprint, n).map(({ isOwn, time, text, state }) => {
      return `${localTime(time)} ${isOwn ? ">" : "<"} ${printable(text)} [${state}]`;
    });
  }

  /** Keeps and shows what is still on its way, and ends the transfers. The sessions are closed by their owner, before. */
  async close(): Promise<void> {
    await this.#files.close();
    this.#around.writes.flush();
  }
}

/** DATE TIME, as the clock on the wall shows it. */
function localTime(time: number): string {
  const date = new Date(time);
  const two = (number: number): string => String(number).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
