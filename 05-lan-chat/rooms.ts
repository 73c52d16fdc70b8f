// Rooms: a name and a list of members, signed by their maker (P9.10). Pure.
// A room has no server and no owner but its maker: each member keeps the list, and sends a message to each of the others.

import { decodeBase64, encodeBase64 } from "./base64.ts";
import { type Identity, isFingerprint, isSignedBy, parsePublicKey, sign } from "./identity.ts";
import { isUsername, nameKey } from "./messages.ts";
import { isCount, parseBody } from "./texts.ts";

/** Stands before the body in what is signed. */
const LABEL = "p2p-mesh 05 room";

/** How many members a room has, its maker among them. */
export const MIN_MEMBERS = 2;
export const MAX_MEMBERS = 16;

/** The most bytes of a room's body: 16 fingerprints, a name and a key take less than 2 KiB, however they are spaced. */
const MAX_BODY_BYTES = 8192;

/** The fewest characters of an id that tell two rooms of one name apart (P8.10). */
const SHORTEST_SUFFIX = 4;

export interface Room {
  /** The maker's fingerprint, a dot, and 16 hexadecimal digits. */
  id: string;
  name: string;
  /** The fingerprints of 2 to 16 members, the maker among them. */
  members: string[];
  /** Counts from 1. */
  version: number;
}

/** A room as it is sent. The body is signed and checked as the text that came. */
export interface SignedRoom extends Room {
  body: string;
  /** Base64. */
  signature: string;
}

/** P9.10: what `to` of a message to a room holds. */
export function isRoomId(value: unknown): value is string {
  return typeof value === "string" && /^[A-Za-z0-9_-]{43}\.[0-9a-f]{16}$/.test(value);
}

/** The fingerprint of a room's maker. */
export function makerOf(roomId: string): string {
  return roomId.slice(0, roomId.indexOf("."));
}

/** Signs a version of a room. Its id has to begin with the maker's fingerprint. */
export function makeRoom(maker: Identity, room: Room): SignedRoom {
  const { id, name, members, version } = room;
  const body = JSON.stringify({ room: id, name, members, version, key: encodeBase64(maker.der) });
  return { ...room, body, signature: encodeBase64(sign(maker, LABEL, Buffer.from(body))) };
}

/** Checks the form, the maker's key and the signature. @returns undefined if anything is wrong */
export function parseRoom(body: unknown, signature: unknown): SignedRoom | undefined {
  if (typeof body !== "string" || typeof signature !== "string") return undefined;
  if (!body.isWellFormed() || Buffer.byteLength(body) > MAX_BODY_BYTES) return undefined;
  const room = parseMembers(body);
  if (room === undefined) return undefined;
  const der = decodeBase64(room.key);
  const maker = der === undefined ? undefined : parsePublicKey(der);
  const bytes = decodeBase64(signature);
  if (maker === undefined || bytes === undefined || maker.fingerprint !== makerOf(room.id)) return undefined;
  if (!isSignedBy(maker, LABEL, Buffer.from(body), bytes)) return undefined;
  const { id, name, members, version } = room;
  return { id, name, members, version, body, signature };
}

function parseMembers(body: string): (Room & { key: unknown }) | undefined {
  const { room, name, members, version, key } = parseBody(body) ?? {};
  if (!isRoomId(room) || !isUsername(name) || !isCount(version) || version < 1) return undefined;
  if (!Array.isArray(members) || !members.every(isFingerprint)) return undefined;
  if (members.length < MIN_MEMBERS || members.length > MAX_MEMBERS) return undefined;
  if (new Set(members).size !== members.length || !members.includes(makerOf(room))) return undefined;
  return { id: room, name, members, version, key };
}

/**
 * The names of rooms as the user sees them, by id. The first room of a name has it for itself; every other one has `#`
 * and as much of its id as makes it the only one, as peers of one name have (P8.10).
 */
export function shownRooms(rooms: readonly { id: string; name: string }[]): Map<string, string> {
  const shown = new Map<string, string>();
  for (const { id, name } of rooms) {
    const sameName = rooms.filter((other) => nameKey(other.name) === nameKey(name));
    shown.set(id, sameName[0]?.id === id ? name : `${name}#${shortestOf(id, sameName)}`);
  }
  return shown;
}

function shortestOf(id: string, rooms: readonly { id: string }[]): string {
  for (let length = SHORTEST_SUFFIX; length < id.length; length++) {
    const suffix = id.slice(0, length);
    if (rooms.every((other) => other.id === id || !other.id.startsWith(suffix))) return suffix;
  }
  return id;
}
