// How numbers, sizes, times and states are said to the user. Pure: the clock is an argument.

import type { ContactView, Entry, FileView, MessengerView } from "../messenger-view.ts";

const DAY = 86_400_000;

/** What is said as soon as our record is in the table, and a relay has a place for us. */
export const FOUND = "Others can find you.";

/** Our record is in the table, and somebody who reads it can call us. */
export function isFound({ isPublished, hasRelay }: MessengerView["own"]): boolean {
  return isPublished && hasRelay;
}

/** An id (15 digits, P10.1) in groups of three, so that two people can compare it aloud. */
export function idInGroups(id: string): string {
  return id.replace(/(\d{3})(?=\d)/g, "$1 ");
}

/** What somebody is called here: their number, as it is compared, until they have a name. */
export function nameOf({ id, name }: { id: string; name: string }): string {
  return name === id ? idInGroups(id) : name;
}

/** @param bytes a size, 0 or more @returns such as "12 bytes", "1.5 kB", "26.2 MB" (1,000 bytes are 1 kB) */
export function sizeInWords(bytes: number): string {
  if (bytes < 1000) return bytes === 1 ? "1 byte" : `${bytes} bytes`;
  // From here on it would be 1000.0 kB.
  if (bytes < 999_950) return `${(bytes / 1000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** @param milliseconds until something ends @returns minutes and seconds: "14:59"; "0:00" from the end on */
export function timeLeft(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** It takes a while to be made, and is used with each change of the page. */
const HOUR_AND_MINUTE = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit" });

/** The hour and minute as this user writes them. @param at in milliseconds since 1970 */
export function timeOfDay(at: number): string {
  return HOUR_AND_MINUTE.format(at);
}

/** When somebody was last heard, in a word: the time if it was today, else the day. Both in milliseconds since 1970. */
export function lastHeard(at: number, now: number): string {
  if (new Date(at).toDateString() === new Date(now).toDateString()) return timeOfDay(at);
  return new Date(at).toLocaleDateString([], { day: "numeric", month: "short" });
}

/** The day of a moment, in this user's time zone. @param at in milliseconds since 1970 @param now the same */
export function dayInWords(at: number, now: number): string {
  const day = new Date(at).toDateString();
  if (day === new Date(now).toDateString()) return "Today";
  if (day === new Date(now - DAY).toDateString()) return "Yesterday";
  return new Date(at).toLocaleDateString([], { day: "numeric", month: "long", year: "numeric" });
}

/** Who is reachable, and which way (P10.10). Of whom we have only a card: what is waited for. */
export function contactState({
  state,
  isMet,
  problem,
}: Pick<ContactView, "state" | "isMet" | "problem">): string {
  if (state === "offline" && !isMet)
    return problem === undefined ? "waiting until their page is open" : "not met yet";
  const words = {
    offline: "offline",
    searching: "looking for them",
    relayed: "online, relayed",
    direct: "online, direct",
  };
  return words[state];
}

/** P10.8. What others have sent needs no word. */
export function deliveryState(state: Entry["state"]): string {
  return { sending: "Sending", sent: "Sent", delivered: "Delivered", dropped: "Not delivered", received: "" }[
    state
  ];
}

/** What is going on with a file (P10.9). @param isMine we offered it @param isOnline the contact can be reached */
export function fileState(file: FileView, isMine: boolean, isOnline: boolean): string {
  switch (file.state) {
    case "offered":
      if (!isMine) return "They offer you this file";
      return isOnline ? "Waiting until they accept it" : "Waiting until they are online";
    case "passing":
      return `${sizeInWords(file.done)} of ${sizeInWords(file.size)}`;
    case "done":
      return sizeInWords(file.size);
    case "refused":
      return isMine ? "They did not take it" : "You did not take it";
    case "cancelled":
      return "Cancelled";
    case "dropped":
      return `Stopped after ${sizeInWords(file.done)} of ${sizeInWords(file.size)}`;
  }
}

/** The first letter or digit of a name, for the round picture beside it. */
export function initialOf(name: string): string {
  const first = /[\p{L}\p{N}]/u.exec(name)?.[0] ?? "?";
  // Some letters become two when they are capitals.
  return [...first.toUpperCase()][0] ?? first;
}

/** A colour for an id or a group, the same every time: a number from 0 to 7. */
export function hueOf(id: string): number {
  let sum = 0;
  for (const character of id) sum = (sum * 31 + character.charCodeAt(0)) % 65_521;
  return sum % 8;
}
