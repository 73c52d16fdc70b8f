// One messenger of a soak, a process of its own: it takes commands as JSON lines, and answers each with one. What it has ever
// shown it remembers, so that a text that comes twice is found, however long ago the first one was.

import "../node-polyfills.ts";
import { createInterface } from "node:readline";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { startEnginePage } from "../engine.ts";
import { Messenger } from "../messenger.ts";
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
  /** In bytes, after garbage was collected. */
  memory: number;
}

interface Shown {
  contact: string;
  isMine: boolean;
  text: string;
  state: string;
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

class SoakPage {
  #store = new MemoryStore();
  #messenger: Messenger | undefined;
  readonly #pipes = new Set<Pipe>();
  /** By contact and entry. */
  readonly #shown = new Map<string, Shown>();

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

  async #say(to: string, text: string): Promise<unknown> {
    const contact = this.#messenger?.view.contacts.find(({ id }) => id === to);
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
      for (const { entry, from, text, state } of entries)
        if (text !== undefined)
          this.#shown.set(`${contact} ${entry}`, { contact: id, isMine: from === "me", text, state });
  }

  #state(): SoakState {
    const { own, contacts } = this.#messenger?.view ?? { own: { id: "", isPublished: false }, contacts: [] };
    const all = [...this.#shown.values()];
    const byContact = (some: readonly Shown[]) =>
      Object.fromEntries(
        contacts.map(({ id }) => [id, some.filter(({ contact }) => contact === id).map(({ text }) => text)]),
      );
    collectGarbage();
    return {
      id: own.id,
      isPublished: own.isPublished,
      contacts: Object.fromEntries(contacts.map(({ id, state }) => [id, state])),
      delivered: byContact(all.filter(({ isMine, state }) => isMine && state === "delivered")),
      sending: all.filter(({ state }) => state === "sending").length,
      dropped: all.filter(({ state }) => state === "dropped").length,
      heard: byContact(all.filter(({ isMine }) => !isMine)),
      memory: process.memoryUsage.rss(),
    };
  }
}

const page = new SoakPage();
console.log(JSON.stringify("ready"));
for await (const line of createInterface({ input: process.stdin }))
  console.log(JSON.stringify((await page.obey(JSON.parse(line) as SoakCommand)) ?? null));
process.exit();
