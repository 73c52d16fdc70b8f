// Several messengers in one world, for tests: started, closed, started again, and what their users see.

import type { MakeAttempt } from "../direct.ts";
import { identityFromSeed } from "../identity.ts";
import { Messenger } from "../messenger.ts";
import type { ContactView, Entry, GroupView } from "../messenger-view.ts";
import type { NetworkEvents } from "../network.ts";
import { openSession, type Session } from "../session.ts";
import { HandClock } from "./hand-clock.ts";
import { MemoryStore } from "./memory-store.ts";
import { quiet } from "./quiet.ts";
import { SimulatedWorld } from "./simulated-network.ts";

/** How far a test turns its clock for what it expects, in milliseconds of that clock. */
const PATIENCE = 90_000;

const NO_EVENTS: NetworkEvents = {
  pipe: (pipe) => pipe.reset(),
  addresses: () => undefined,
  group: () => undefined,
  relays: () => undefined,
  problem: () => undefined,
};

/** Before a test gives up it looks so many times more: something may be under way that nobody counts. */
const LAST_LOOKS = 50;

export class Scene {
  readonly clock: HandClock;
  readonly world: SimulatedWorld;
  /** Makes direct connections, where a test has some. */
  makeAttempt: (() => MakeAttempt) | undefined;
  readonly #users: User[] = [];
  readonly #unhandled: unknown[] = [];
  readonly #listener = (reason: unknown): void => void this.#unhandled.push(reason);

  private constructor(clock: HandClock, world: SimulatedWorld) {
    this.clock = clock;
    this.world = world;
    process.on("unhandledRejection", this.#listener);
  }

  static async make(relays = 3): Promise<Scene> {
    const clock = new HandClock();
    return new Scene(clock, await SimulatedWorld.make(clock, relays));
  }

  /** Somebody opens the page for the first time, or again on what is stored. */
  async user(store = new MemoryStore()): Promise<User> {
    const user = new User(this, store);
    this.#users.push(user);
    await user.open();
    return user;
  }

  /** Two users who have each other as contacts. */
  async friends(): Promise<[User, User]> {
    const [one, other] = [await this.user(), await this.user()];
    await this.introduce(one, other);
    return [one, other];
  }

  /** Two users who have each other as contacts, and this way to each other. */
  async friendsWho(state: "relayed" | "direct"): Promise<[User, User]> {
    const [one, other] = await this.friends();
    const is = (user: User, whom: User): boolean => user.knows(whom)?.state === state;
    await this.until(() => is(one, other) && is(other, one), `both are ${state}`);
    return [one, other];
  }

  /** One shows a card, the other enters it. */
  async introduce(one: User, other: User): Promise<void> {
    await one.messenger.showCard();
    await other.messenger.enterCard(one.card);
    const isThere = (user: User, whom: User): boolean => /relayed|direct/.test(user.knows(whom)?.state ?? "");
    await this.until(() => isThere(one, other) && isThere(other, one), "both are connected");
  }

  /**
   * Waits until the condition holds. When nothing is under way, the clock goes on to its next timer.
   * @throws Error if it does not hold within PATIENCE of the clock
   */
  async until(condition: () => boolean, what: string, patience = PATIENCE): Promise<void> {
    const end = this.clock.now() + patience;
    let looks = 0;
    for (;;) {
      await quiet();
      this.check();
      if (condition()) return;
      const { next } = this.clock;
      const isLast = next === undefined || next > end;
      if (isLast && looks < LAST_LOOKS) {
        looks += 1;
        continue;
      }
      if (isLast) throw new Error(`it did not come to this: ${what}`, { cause: this.#state() });
      this.clock.turnTo(next);
    }
  }

  /** What each page says, for a test that fails. */
  #state(): string {
    const views = this.#users.map((user) => user.summary);
    return JSON.stringify(views, undefined, 1);
  }

  /** Lets so much time pass, and all that happens in it. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.clock.now() + milliseconds;
    for (;;) {
      await quiet();
      this.check();
      const { next } = this.clock;
      if (next === undefined || next > end) break;
      this.clock.turnTo(next);
    }
    this.clock.turnTo(end);
    await quiet();
    this.check();
  }

  /** @throws Error if a promise was rejected and nobody looked */
  check(): void {
    if (this.#unhandled.length > 0)
      throw new Error("a rejected promise that nobody handles", { cause: this.#unhandled[0] });
  }

  /** Closes all pages. */
  async end(): Promise<void> {
    for (const user of this.#users) await user.close();
    await quiet();
    process.off("unhandledRejection", this.#listener);
    this.check();
  }
}

/** Somebody at a page. */
export class User {
  store: MemoryStore;
  readonly #scene: Scene;
  #messenger: Messenger | undefined;
  #isOpen = false;

  constructor(scene: Scene, store: MemoryStore) {
    this.#scene = scene;
    this.store = store;
  }

  get messenger(): Messenger {
    if (!this.#messenger) throw new Error("the page is not open");
    return this.#messenger;
  }

  get id(): string {
    return this.messenger.view.own.id;
  }

  /** The text of the card that is shown. */
  get card(): string {
    const { card } = this.messenger.view;
    if (!card) throw new Error("no card is shown");
    return card.text;
  }

  async open(): Promise<void> {
    const makeAttempt = this.#scene.makeAttempt?.();
    this.#messenger = await Messenger.start({
      store: this.store,
      network: this.#scene.world.join,
      clock: this.#scene.clock,
      random: () => 0.5,
      ...(makeAttempt ? { makeAttempt } : {}),
    });
    this.#isOpen = true;
  }

  /** Closes the page with a goodbye. */
  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.messenger.stop();
  }

  /** The page is gone without a word, and is opened again on what was stored. */
  async crash(): Promise<void> {
    const peerId = await this.#peerId();
    const store = this.store.reopened();
    this.#scene.world.crash(peerId);
    this.store.fault = () => {
      throw new Error("the page is gone");
    };
    await this.close();
    this.store = store;
    await this.open();
  }

  /** Closes the page, and opens it again on what was stored. */
  async reload(): Promise<void> {
    await this.close();
    this.store = this.store.reopened();
    await this.open();
  }

  /** The contact that this other user is; by id, since keys are not on the page. */
  knows(other: User): ContactView | undefined {
    return this.messenger.view.contacts.find(({ id }) => id === other.id);
  }

  /** What this chat is called. */
  chat(other: User): string {
    const contact = this.knows(other);
    if (!contact) throw new Error("they are no contact");
    return contact.contact;
  }

  entries(other: User): Entry[] {
    return this.knows(other)?.entries ?? [];
  }

  /** Texts of the other one, as they are shown. */
  heard(other: User): string[] {
    return this.entries(other).flatMap(({ from, text }) =>
      from === "them" && text !== undefined ? [text] : [],
    );
  }

  /** States of own texts and files, in their order. */
  states(other: User): string[] {
    return this.entries(other).flatMap(({ from, state }) => (from === "me" ? [state] : []));
  }

  /** What the page says, without texts, keys and files. */
  get summary(): unknown {
    const { own, contacts, underneath } = this.messenger.view;
    return {
      own,
      counts: underneath.counts,
      contacts: contacts.map(({ id, state, problem }) => ({ id, state, problem })),
    };
  }

  get groups(): GroupView[] {
    return this.messenger.view.groups;
  }

  /**
   * Closes the page. In its place a program of the test takes its keys and calls this contact: it can say what no page says.
   * @returns its session
   */
  async becomeProgram(other: User): Promise<Session> {
    const { seed, contacts } = await this.store.load();
    const contact = contacts.find(({ id }) => id === other.id);
    const secret = contact?.secrets[0]?.secret;
    if (!seed || !contact || !secret) throw new Error("they are no contact");
    await this.close();
    const identity = await identityFromSeed(seed);
    const network = await this.#scene.world.join(NO_EVENTS, identity);
    const peer = [...this.#scene.world.pages.values()].find(({ id }) => id === other.id);
    if (!peer) throw new Error("their page is not open");
    const pipe = await network.call(peer.peerId, peer.addresses);
    const to = { id: contact.id, key: contact.key, secret };
    return openSession(pipe, { role: "initiator", identity, to, complete: async () => "stored" });
  }

  async #peerId(): Promise<string> {
    const { seed } = await this.store.load();
    if (!seed) throw new Error("no identity is stored");
    return (await identityFromSeed(seed)).peerId;
  }
}
