// Views of a messenger in the middle of its life, for tests of the page: every state that the page can show is in them.

import type { ContactView, Entry, GroupView, MessengerView } from "../messenger-view.ts";
import { emptyView } from "./scripted-messenger.ts";

const MINUTE = 60_000;

/** The one whose page it is. */
export const OWN_ID = "141065404484172";
export const BOB_ID = "596934386853336";
export const CAROL_ID = "000752548599030";
const DAVE_ID = "093550685493231";

/** A contact's name in actions is the key, 64 digits (see ContactView). */
export const BOB = "b0".repeat(32);
export const CAROL = "ca".repeat(32);
const DAVE = "da".repeat(32);
export const GROUP = "0123456789abcdef0123456789abcdef";

/** A contact of whom nothing special is known. */
export function contactView(changes: Partial<ContactView> = {}): ContactView {
  return {
    contact: BOB,
    id: BOB_ID,
    name: "Bob",
    state: "relayed",
    isMet: true,
    isNew: false,
    unread: 0,
    entries: [],
    ...changes,
  };
}

/** A group that we have made. */
export function groupView(changes: Partial<GroupView> = {}): GroupView {
  return {
    group: GROUP,
    name: "Lab partners",
    version: 2,
    maker: OWN_ID,
    makerName: OWN_ID,
    isMine: true,
    members: [
      { id: OWN_ID, name: "You" },
      { id: BOB_ID, name: "Bob" },
      { id: CAROL_ID, name: "Carol" },
    ],
    unread: 0,
    dropped: 0,
    isRemoved: false,
    entries: [],
    ...changes,
  };
}

/** Entries of a chat in all states. Blobs are put in by the test, in the page. */
function bobsEntries(now: number): Entry[] {
  const at = (minutes: number) => now - minutes * MINUTE;
  const file = { size: 3_400_000, done: 3_400_000, state: "done" } as const;
  return [
    { entry: "1", at: at(1500), from: "them", text: "Did you get the lecture notes?", state: "received" },
    {
      entry: "2",
      at: at(40),
      from: "me",
      text: "Yes. I will send you the drawing of the table.",
      state: "delivered",
    },
    {
      entry: "3",
      at: at(38),
      from: "me",
      file: { ...file, name: "routing-table.png", shown: "image" },
      state: "delivered",
    },
    { entry: "4", at: at(36), from: "them", text: "Nice!\nAnd the slides?", state: "received" },
    {
      entry: "5",
      at: at(30),
      from: "them",
      file: { ...file, name: "kademlia.pdf", size: 812_000, done: 812_000 },
      state: "received",
    },
    {
      entry: "6",
      at: at(12),
      from: "them",
      file: { name: "lookup.mp4", size: 18_000_000, done: 0, state: "offered", shown: "video" },
      state: "received",
    },
    {
      entry: "7",
      at: at(5),
      from: "me",
      file: { name: "capture.pcapng", size: 9_000_000, done: 5_200_000, state: "passing" },
      state: "sending",
    },
    { entry: "8", at: at(3), from: "me", text: "Are you still there?", state: "dropped" },
    { entry: "9", at: at(0), from: "me", text: "I am looking at relays now.", state: "sending" },
  ];
}

function groupEntries(now: number): Entry[] {
  const at = (minutes: number) => now - minutes * MINUTE;
  return [
    { entry: "g1", at: at(20), from: BOB_ID, text: "Who brings the cables?", state: "received" },
    { entry: "g2", at: at(18), from: "me", text: "I do.", state: "sent" },
    { entry: "g3", at: at(17), from: CAROL_ID, text: "Thank you!", state: "received" },
  ];
}

/** Three contacts, a group, relays and a record. @param now in milliseconds since 1970 */
export function richView(now: number): MessengerView {
  const address = "/ip4/127.0.0.1/tcp/8060/ws";
  const body = JSON.stringify({
    id: OWN_ID,
    key: "9Ecf…",
    seq: now,
    expires: now + 60 * MINUTE,
    addrs: [address],
  });
  return {
    ...emptyView(OWN_ID),
    contacts: [
      contactView({ state: "direct", entries: bobsEntries(now) }),
      contactView({ contact: CAROL, id: CAROL_ID, name: "Carol", isNew: true, unread: 3, entries: [] }),
      contactView({ contact: DAVE, id: DAVE_ID, name: DAVE_ID, state: "offline" }),
    ],
    groups: [groupView({ entries: groupEntries(now), dropped: 1 })],
    underneath: {
      relays: [
        { peerId: "12D3KooWA", address, state: "reserved", since: now - 30 * MINUTE },
        { peerId: "12D3KooWB", address: "/ip4/127.0.0.1/tcp/8061/ws", state: "reserving", since: now },
      ],
      record: { key: `/u/${OWN_ID}`, body, seq: now, expires: now + 60 * MINUTE, storedBy: 4 },
      last: { typed: "I am looking at relays now.", relaySaw: "5f3a90c1".repeat(24), path: "relayed" },
      counts: { calls: 4, "records refused": 1 },
    },
  };
}
