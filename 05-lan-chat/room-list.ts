// The rooms that we are in: made, changed, sent to their members, and taken from their makers (P9.10).

import { randomBytes } from "node:crypto";
import { type Surroundings, sessionWith } from "./conversation-settings.ts";
import { compareNames, isUsername, nameKey } from "./messages.ts";
import { reasonOf } from "./own-messages.ts";
import { UserError } from "./program.ts";
import {
  MAX_MEMBERS,
  MIN_MEMBERS,
  makeRoom,
  makerOf,
  parseRoom,
  type Room,
  type SignedRoom,
  shownRooms,
} from "./rooms.ts";
import type { Session } from "./sessions.ts";

/** A room, as the user sees it. */
export interface ShownRoom {
  id: string;
  /** Its name, told apart from others of the same name as P8.10 does. */
  shown: string;
  /** The fingerprints of its members, our own among them. */
  members: string[];
}

export class RoomList {
  readonly #around: Surroundings;
  /** By fingerprint: the rooms of ours of which this peer has not been told the latest version. */
  readonly #untold = new Map<string, Set<string>>();

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** Finds out who was not told of a room of ours before the program ended. */
  start(): void {
    for (const room of this.#ownRooms()) this.#noteUntold(room, new Set(this.#toldOf(room.id)));
  }

  /** Whether a session with this peer would tell them of a room. */
  isWaiting(fingerprint: string): boolean {
    return this.#untold.has(fingerprint);
  }

  #noteUntold(room: SignedRoom, told: ReadonlySet<string>): void {
    for (const member of this.#audience(room)) {
      if (told.has(member)) continue;
      const rooms = this.#untold.get(member) ?? new Set();
      this.#untold.set(member, rooms.add(room.id));
    }
  }

  /** Who was told the latest version of a room of ours. */
  #toldOf(id: string): string[] {
    const told: unknown = JSON.parse(this.#around.history.setting(settingOf(id)) ?? "[]");
    return Array.isArray(told) ? told.filter((one): one is string => typeof one === "string") : [];
  }

  /** Sends a room of ours to one whom it concerns. */
  #tell(session: Session, room: SignedRoom): void {
    const { fingerprint } = session;
    const rooms = this.#untold.get(fingerprint);
    if (!session.send({ type: "room", body: room.body, signature: room.signature })) return;
    if (rooms === undefined || !rooms.delete(room.id)) return;
    if (rooms.size === 0) this.#untold.delete(fingerprint);
    const { history, writes } = this.#around;
    writes.add({
      store: () => {
        // A later version has gone to nobody yet.
        if (history.versionOf(room.id) !== room.version) return;
        history.saveSetting(settingOf(room.id), JSON.stringify([...this.#toldOf(room.id), fingerprint]));
      },
    });
  }

  all(): ShownRoom[] {
    const rooms = this.#around.history.rooms();
    const names = shownRooms(rooms);
    return rooms.map(({ id, name, members }) => ({ id, shown: names.get(id) ?? name, members }));
  }

  /** The rooms that a user can mean by `team` or `team#F3kQ`: after `#`, case counts, and some characters are enough. */
  find(text: string): ShownRoom[] {
    const [name = "", suffix] = text.split("#", 2);
    const sameName = this.all().filter(
      ({ shown }) => nameKey(shown.split("#", 1)[0] ?? "") === nameKey(name),
    );
    if (suffix === undefined) return sameName.filter(({ shown }) => !shown.includes("#"));
    return sameName.filter(({ id }) => suffix.length >= 4 && id.startsWith(suffix));
  }

  /** The name that a room is shown under. */
  shown(id: string): string {
    return this.all().find((room) => room.id === id)?.shown ?? id;
  }

  /** Says whether we know the room and this key is a member of it: only then a message to it is taken. */
  isMember(id: string, fingerprint: string): boolean {
    return this.#around.history.room(id)?.members.includes(fingerprint) === true;
  }

  /** Makes a room, or a new version of our own one of this name. @throws UserError */
  make(name: string, fingerprints: readonly string[]): void {
    const { identity, history, writes, show } = this.#around;
    const members = [...new Set([identity.fingerprint, ...fingerprints])];
    if (!isUsername(name)) throw new UserError("a room's name is 1 to 32 of A-Z a-z 0-9 _ -, and not `you`");
    if (members.length < MIN_MEMBERS || members.length > MAX_MEMBERS) {
      throw new UserError(`a room has ${MIN_MEMBERS} to ${MAX_MEMBERS} members, yourself among them`);
    }
    const room = makeRoom(identity, { ...this.#next(name), name, members });
    let isKept = false;
    writes.add({
      store: () => {
        // Rooms of others keep nobody from making their own.
        isKept = history.keepRoom(room, false, Number.POSITIVE_INFINITY);
        if (isKept) history.saveSetting(settingOf(room.id), "[]");
      },
      show: () => {
        if (isKept) this.#announce(room);
        else show("error: you have made as many rooms as are kept");
      },
      answer: () => {
        if (isKept) this.#sendToAll(room);
      },
      failed: (error) => show(`error: the room was not made: ${reasonOf(error)}`),
    });
  }

  /** The id and version that a room of ours with this name has next. */
  #next(name: string): Pick<Room, "id" | "version"> {
    const own = this.#ownRooms().find((room) => nameKey(room.name) === nameKey(name));
    if (own !== undefined) return { id: own.id, version: own.version + 1 };
    return { id: `${this.#around.identity.fingerprint}.${randomBytes(8).toString("hex")}`, version: 1 };
  }

  #ownRooms(): SignedRoom[] {
    const { history, identity } = this.#around;
    return history.rooms().filter(({ id }) => makerOf(id) === identity.fingerprint);
  }

  /** Those who are put out hear of it, too: they drop the room. */
  #audience(room: SignedRoom): Set<string> {
    const audience = new Set([...room.members, ...this.#around.history.formerMembers(room.id)]);
    audience.delete(this.#around.identity.fingerprint);
    return audience;
  }

  #sendToAll(room: SignedRoom): void {
    this.#noteUntold(room, new Set());
    for (const fingerprint of this.#audience(room)) {
      const session = this.#around.sessionOf(fingerprint);
      if (session !== undefined) this.#tell(session, room);
      // Who is away gets it in opened(), when they are back: isWaiting() has them called then.
      else void sessionWith(this.#around, fingerprint);
    }
  }

  /** A session has begun. No answer says which version a peer has, so they get ours again; a known one changes nothing. */
  opened(session: Session): void {
    for (const room of this.#ownRooms()) {
      if (this.#audience(room).has(session.fingerprint)) this.#tell(session, room);
    }
  }

  /** A version of a room has come, from whomever: what counts is its maker's signature. @returns false if it has not the form of one */
  received(body: unknown, signature: unknown): boolean {
    if (typeof body !== "string" || typeof signature !== "string") return false;
    const room = parseRoom(body, signature);
    const { history, writes, identity } = this.#around;
    // Nobody but ourselves can sign a room of ours, and we know all that we have signed.
    if (room === undefined || makerOf(room.id) === identity.fingerprint) return true;
    const isIn = room.members.includes(identity.fingerprint);
    let before = "";
    let isKept = false;
    writes.add({
      store: () => {
        const wasIn = history.room(room.id) !== undefined;
        if (room.version <= history.versionOf(room.id) || (!isIn && !wasIn)) return;
        before = this.shown(room.id);
        isKept = history.keepRoom(room, !isIn);
      },
      show: () => {
        if (!isKept) return;
        if (isIn) this.#announce(room);
        else this.#around.note(`you are no longer in the room ${before}`);
      },
    });
    return true;
  }

  #announce({ id, members }: Room): void {
    const { identity, name, shown, show } = this.#around;
    const names = members.map((member) => (member === identity.fingerprint ? name : shown(member)));
    show(`room ${this.shown(id)}: ${names.sort(compareNames).join(", ")}`);
  }
}

/** The setting that says who was told the latest version of a room of ours. */
function settingOf(id: string): string {
  return `told ${id}`;
}
