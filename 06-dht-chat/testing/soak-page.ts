// One messenger of a soak, a process of its own: it takes commands as JSON lines, and answers each with one. What it has ever
// shown it remembers, so that a text that comes twice is found, however long ago the first one was.

import "../node-polyfills.ts";
import { createInterface } from "node:readline";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { toHex } from "../bytes.ts";
import { sha256 } from "../cryptography.ts";
import { startEnginePage } from "../engine.ts";
import { Messenger } from "../messenger.ts";
import type { ContactView, Entry, FileView } from "../messenger-view.ts";
import type { Network } from "../network.ts";
import type { Pipe } from "../pipe.ts";
import { MemoryStore } from "./memory-store.ts";

/** What the soak asks for. */
export type SoakCommand =
  | { do: "start"; nodes: string[] }
  | { do: "stop" }
  | { do: "card" }
  | { do: "enter"; card: string }
  /** @property to the contact's id */
  | { do: "say"; to: string; text: string }
  /** Offers random bytes. The answer is their SHA-256. @property size in bytes */
  | { do: "offer"; to: string; name: string; size: number }
  /** Says again all that was dropped. */
  | { do: "again" }
  /** Resets a stream that is open: the one with this number, counted round. */
  | { do: "reset"; number: number }
  | { do: "state" };

/** What it answers to `state`. */
export interface SoakState {
  id: string;
  isPublished: boolean;
  /** By the contact's id. */
  contacts: Record<string, string>;
  /** Texts by the contact's id: own ones by what became of them, and theirs as often as they were shown. */
  delivered: Record<string, string[]>;
  sending: number;
  dropped: number;
  heard: Record<string, string[]>;
  /** Files by the contact's id, each as its name, a colon, and the SHA-256 of its bytes: theirs that are whole. */
  received: Record<string, string[]>;
  /** Names of own files that the other page has, by the contact's id. */
  passed: Record<string, string[]>;
  /** How many files, own and theirs, are offered or on their way. */
  openFiles: number;
  /** In bytes, after garbage was collected. */
  memory: number;
}

interface ShownFile {
  contact: string;
  isMine: boolean;
  name: string;
  state: string;
  /** Of bytes that are whole. */
  hash: string;
}

interface Shown {
  contact: string;
  isMine: boolean;
  text: string;
  state: string;
}

/** WebCrypto gives so many bytes at once. */
const RANDOM_AT_ONCE = 65_536;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

class SoakPage {
  #store = new MemoryStore();
  #messenger: Messenger | undefined;
  readonly #pipes = new Set<Pipe>();
  /** By contact and entry. */
  readonly #shown = new Map<string, Shown>();
  readonly #files = new Map<string, ShownFile>();

  async obey(command: SoakCommand): Promise<unknown> {
    switch (command.do) {
      case "start":
        return this.#start(command.nodes);
      case "stop":
        await this.#messenger?.stop();
        this.#messenger = undefined;
        this.#pipes.clear();
        this.#store = this.#store.reopened();
        return "stopped";
      case "card":
        await this.#messenger?.showCard();
        return this.#messenger?.view.card?.text;
      case "enter":
        return this.#messenger?.enterCard(command.card);
      case "say":
        return this.#say(command.to, command.text);
      case "offer":
        return this.#offer(command.to, command.name, command.size);
      case "again":
        return this.#sayAgain();
      case "reset": {
        const pipes = [...this.#pipes];
        pipes[command.number % Math.max(1, pipes.length)]?.reset();
        return pipes.length;
      }
      case "state":
        return this.#state();
    }
  }

  async #start(nodes: string[]): Promise<string> {
    const messenger = await Messenger.start({
      store: this.#store,
      network: async (events, { seed }) => {
        const pipe = (one: Pipe): void => events.pipe(this.#watched(one));
        const network = await startEnginePage({ identity: seed, nodes, events: { ...events, pipe } });
        return this.#watchedNetwork(network);
      },
    });
    messenger.addEventListener("change", () => this.#look(messenger));
    this.#messenger = messenger;
    this.#look(messenger);
    return messenger.view.own.id;
  }

  #watchedNetwork(network: Network): Network {
    const call = network.call.bind(network);
    network.call = async (...args) => this.#watched(await call(...args));
    return network;
  }

  #watched(pipe: Pipe): Pipe {
    this.#pipes.add(pipe);
    // More than a page has contacts are old ones.
    const [oldest] = this.#pipes;
    if (this.#pipes.size > 8 && oldest !== undefined) this.#pipes.delete(oldest);
    return pipe;
  }

  #contact(to: string): ContactView | undefined {
    return this.#messenger?.view.contacts.find(({ id }) => id === to);
  }

  async #offer(to: string, name: string, size: number): Promise<unknown> {
    const contact = this.#contact(to);
    if (contact === undefined) return { problem: "no such contact" };
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size; at += RANDOM_AT_ONCE)
      globalThis.crypto.getRandomValues(bytes.subarray(at, at + RANDOM_AT_ONCE));
    const outcome = await this.#messenger?.offer(contact.contact, new Blob([bytes]), name);
    return outcome ?? toHex(await sha256(bytes));
  }

  async #say(to: string, text: string): Promise<unknown> {
    const contact = this.#contact(to);
    if (contact === undefined) return { problem: "no such contact" };
    return this.#messenger?.say(contact.contact, text);
  }

  async #sayAgain(): Promise<number> {
    const dropped = (this.#messenger?.view.contacts ?? []).flatMap(({ contact, entries }) =>
      entries.filter(({ state }) => state === "dropped").map(({ entry }) => ({ contact, entry })),
    );
    for (const { contact, entry } of dropped) await this.#messenger?.again(contact, entry);
    return dropped.length;
  }

  #look(messenger: Messenger): void {
    for (const { contact, id, entries } of messenger.view.contacts)
      for (const { entry, from, text, state, file } of entries)
        if (text !== undefined)
          this.#shown.set(`${contact} ${entry}`, { contact: id, isMine: from === "me", text, state });
        else if (file !== undefined)
          void this.#lookAtFile(messenger, `${contact} ${entry}`, { contact, id, entry, from, file });
  }

  /** Takes each file that is offered, and remembers what came of it. */
  async #lookAtFile(
    messenger: Messenger,
    key: string,
    {
      contact,
      id,
      entry,
      from,
      file,
    }: { contact: string; id: string } & Pick<Entry, "entry" | "from"> & { file: FileView },
  ): Promise<void> {
    const isMine = from === "me";
    const known = this.#files.get(key);
    if (known?.state === file.state) return;
    const shown = { contact: id, isMine, name: file.name, state: file.state, hash: known?.hash ?? "" };
    this.#files.set(key, shown);
    if (!isMine && file.state === "offered") await messenger.accept(contact, entry);
    if (!isMine && file.state === "done" && file.blob !== undefined)
      shown.hash = toHex(await sha256(new Uint8Array(await file.blob.arrayBuffer())));
  }

  #state(): SoakState {
    const { own, contacts } = this.#messenger?.view ?? { own: { id: "", isPublished: false }, contacts: [] };
    const all = [...this.#shown.values()];
    const files = [...this.#files.values()];
    const byContact = <Item extends { contact: string }>(
      some: readonly Item[],
      say: (item: Item) => string,
    ) =>
      Object.fromEntries(
        contacts.map(({ id }) => [id, some.filter(({ contact }) => contact === id).map(say)]),
      );
    const textOf = ({ text }: Shown): string => text;
    collectGarbage();
    return {
      id: own.id,
      isPublished: own.isPublished,
      contacts: Object.fromEntries(contacts.map(({ id, state }) => [id, state])),
      delivered: byContact(
        all.filter(({ isMine, state }) => isMine && state === "delivered"),
        textOf,
      ),
      sending: all.filter(({ state }) => state === "sending").length,
      dropped: all.filter(({ state }) => state === "dropped").length,
      heard: byContact(
        all.filter(({ isMine }) => !isMine),
        textOf,
      ),
      received: byContact(
        files.filter(({ isMine, state }) => !isMine && state === "done"),
        ({ name, hash }) => `${name}:${hash}`,
      ),
      passed: byContact(
        files.filter(({ isMine, state }) => isMine && state === "done"),
        ({ name }) => name,
      ),
      openFiles: files.filter(({ state, hash, isMine }) =>
        state === "done" ? !isMine && hash === "" : state === "offered" || state === "passing",
      ).length,
      memory: process.memoryUsage.rss(),
    };
  }
}

const page = new SoakPage();
console.log(JSON.stringify("ready"));
for await (const line of createInterface({ input: process.stdin }))
  console.log(JSON.stringify((await page.obey(JSON.parse(line) as SoakCommand)) ?? null));
process.exit();
