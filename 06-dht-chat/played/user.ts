// A messenger without a page: it does what its input says, and prints what its page would show. For attacks and recordings.
// It runs the stage's own messenger over its own engine; what it keeps, it keeps in memory.

import "../node-polyfills.ts";
import { type Bytes, fromBase64, fromHex } from "../bytes.ts";
import { startEnginePage } from "../engine.ts";
import { Messenger } from "../messenger.ts";
import type { ContactView, Entry, GroupView } from "../messenger-view.ts";
import { MemoryStore } from "../testing/memory-store.ts";
import { type Command, obey, textOf, textsOf } from "./commands.ts";

let messenger: Messenger | undefined;
/** The lines that were printed: each is printed once. */
const printed = new Set<string>();
/** The files that were taken. */
const taken = new Set<string>();

await obey(perform, async () => {
  await messenger?.stop();
});

async function perform(command: Command): Promise<void> {
  if (command.do === "start") return start(command);
  if (messenger === undefined) throw new Error("start comes first");
  const outcome = await act(messenger, command);
  if (outcome !== undefined && "problem" in outcome) throw new Error(String(outcome.problem));
}

/** `nodes`: the addresses to join by. `seed`: of the identity, in hexadecimal; a new one unless it is there. */
async function start(command: Command): Promise<void> {
  const nodes = textsOf(command, "nodes");
  const store = new MemoryStore();
  const seed = fromHex(command.seed);
  if (seed !== undefined) await store.keepSeed(seed);
  messenger = await Messenger.start({
    store,
    network: (events, identity) => startEnginePage({ identity: identity.seed, nodes, events }),
  });
  messenger.addEventListener("change", show);
  show();
}

async function act(own: Messenger, command: Command): Promise<object | undefined> {
  switch (command.do) {
    case "card":
      await own.showCard();
      return undefined;
    case "enter":
      return own.enterCard(textOf(command, "card"));
    case "rename":
      await own.rename(contactOf(own, textOf(command, "to")), textOf(command, "name"));
      return undefined;
    case "say":
      return own.say(contactOf(own, textOf(command, "to")), textOf(command, "text"));
    case "send":
      return own.offer(
        contactOf(own, textOf(command, "to")),
        new Blob([bytesOf(command)]),
        textOf(command, "name"),
      );
    case "group": {
      const members = textsOf(command, "members").map((id) => contactOf(own, id));
      return own.makeGroup(textOf(command, "name"), members);
    }
    case "say-in-group":
      return own.sayInGroup(groupOf(own, textOf(command, "group")), textOf(command, "text"));
    default:
      throw new Error("there is no such command");
  }
}

function contactOf(own: Messenger, id: string): string {
  const contact = own.view.contacts.find((one) => one.id === id);
  if (contact === undefined) throw new Error(`${id} is no contact`);
  return contact.contact;
}

function groupOf(own: Messenger, name: string): string {
  const group = own.view.groups.find((one) => one.name === name);
  if (group === undefined) throw new Error(`there is no group ${name}`);
  return group.group;
}

function bytesOf(command: Command): Bytes {
  const bytes = fromBase64(command.bytes);
  if (bytes === undefined) throw new Error("bytes are base64");
  return bytes;
}

/** Prints what is new, and takes each file that is offered. */
function show(): void {
  if (messenger === undefined) return;
  const { own, card, contacts, groups, underneath } = messenger.view;
  const stored = underneath.record?.storedBy ?? 0;
  const reserved = underneath.relays.filter(({ state }) => state === "reserved").length;
  if (own.isPublished) print(`published ${own.id} at ${stored} nodes, ${reserved} relays`);
  if (card !== undefined) print(`card ${card.text}`);
  for (const contact of contacts) showContact(contact);
  for (const group of groups) showGroup(group);
}

function showContact(contact: ContactView): void {
  print(`contact ${contact.id} ${contact.state}`);
  for (const entry of contact.entries) {
    showEntry(`chat ${contact.id}`, entry);
    if (entry.from !== "them" || entry.file?.state !== "offered" || taken.has(entry.entry)) continue;
    taken.add(entry.entry);
    void messenger?.accept(contact.contact, entry.entry);
  }
}

function showGroup({ name, version, members, entries }: GroupView): void {
  print(`group ${name} version ${version} of ${members.length}`);
  for (const entry of entries) showEntry(`group ${name}`, entry);
}

/** Texts and names stand there in JSON: whatever they hold, they are one line. */
function showEntry(where: string, { entry, from, text, file, state }: Entry): void {
  if (file === undefined) print(`${where}: ${from} ${state} ${JSON.stringify(text)}`, entry);
  else print(`${where}: ${from} file ${file.state} ${JSON.stringify(file.name)}`, entry);
}

/** @param entry two texts that are the same are two lines */
function print(line: string, entry = ""): void {
  if (printed.has(line + entry)) return;
  printed.add(line + entry);
  console.log(line);
}
