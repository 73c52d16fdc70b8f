// A network in memory, for tests: a table, relays that die, pipes that are cut, and groups that pass from page to page.

import type { Bytes } from "../bytes.ts";
import type { Clock } from "../clock.ts";
import { type Identity, makeIdentity, publicKeyOfPeerId } from "../identity.ts";
import type { Network, NetworkEvents, RelayView } from "../network.ts";
import type { Pipe } from "../pipe.ts";
import { checkRecord, selectRecord } from "../record.ts";
import { type PipeFaults, type PipePair, pipePair } from "./pipes.ts";

/** A page keeps places on so many relays. */
const RELAYS_EACH = 2;

/** One circuit between two pages. */
export class Route {
  readonly pair: PipePair;
  readonly relay: string;
  /** Peer ids: who opened it, and who took it. */
  readonly pages: readonly [string, string];
  /** Nothing passes any more, and neither end hears of that. */
  isSevered = false;
  /** One end has given up what carries the pipe. */
  wasGivenUp = false;
  #isOver = false;
  readonly #hasEnded = [false, false];

  constructor(pair: PipePair, relay: string, pages: readonly [string, string]) {
    this.pair = pair;
    this.relay = relay;
    this.pages = pages;
  }

  /** Whether it was cut by the world, reset by one page or ended by both. */
  get isOver(): boolean {
    return this.#isOver || this.#hasEnded.every((hasEnded) => hasEnded);
  }

  cut(): void {
    this.#isOver = true;
    if (!this.isSevered) this.pair.cut();
  }

  pipe(end: 0 | 1): Pipe {
    const inner = this.pair.ends[end];
    return {
      remoteKey: inner.remoteKey,
      frames: inner.frames,
      send: async (frame) => {
        if (!this.isSevered) await inner.send(frame);
      },
      reset: () => {
        this.#isOver = true;
        if (!this.isSevered) inner.reset();
      },
      giveUp: () => {
        this.#isOver = true;
        this.wasGivenUp = true;
        if (!this.isSevered) inner.giveUp();
      },
      end: async () => {
        this.#hasEnded[end] = true;
        if (!this.isSevered) await inner.end();
      },
    };
  }
}

export class SimulatedWorld {
  readonly clock: Clock;
  /** What every node of the table keeps. */
  readonly table = new Map<string, Bytes[]>();
  /** What the table answers instead, by key: a test lies with it. */
  readonly lies = new Map<string, Bytes>();
  /** Peer ids of relays that are alive. */
  readonly relays = new Set<string>();
  readonly pages = new Map<string, SimulatedNetwork>();
  readonly routes: Route[] = [];
  /** Whether circuits can be opened at all. */
  isOpen = true;
  /** What happens to the pipe with this number, counted from 0. */
  faultsOf: (pipe: number) => PipeFaults = () => ({});
  /** How many records were refused. */
  refused = 0;

  private constructor(clock: Clock) {
    this.clock = clock;
  }

  static async make(clock: Clock, relays = 3): Promise<SimulatedWorld> {
    const world = new SimulatedWorld(clock);
    for (let index = 0; index < relays; index += 1) world.relays.add((await makeIdentity()).peerId);
    return world;
  }

  /** What a messenger gets to start its network with. */
  readonly join = async (events: NetworkEvents, identity: Identity): Promise<Network> => {
    const page = new SimulatedNetwork(this, identity, events);
    this.pages.set(identity.peerId, page);
    page.reserve();
    return page;
  };

  /** A relay dies, and all circuits through it. Pages look for another one at once. */
  killRelay(relay: string): void {
    this.relays.delete(relay);
    for (const route of this.routes) if (route.relay === relay) route.cut();
    for (const page of this.pages.values()) page.reserve();
  }

  /** All circuits are lost, and the relays stay. */
  cutAll(): void {
    for (const route of this.routes) route.cut();
  }

  /** The page is gone without a word. */
  crash(peerId: string): void {
    this.pages.delete(peerId);
    for (const route of this.routes) if (route.pages.includes(peerId)) route.cut();
  }

  /** @internal */
  open(from: string, to: string, relay: string): Pipe | undefined {
    const page = this.pages.get(to);
    const keys = [publicKeyOfPeerId(from), publicKeyOfPeerId(to)] as const;
    if (!this.isOpen || !page?.reserved.includes(relay) || !this.relays.has(relay)) return undefined;
    if (keys[0] === undefined || keys[1] === undefined) return undefined;
    const pair = pipePair([keys[0], keys[1]], this.faultsOf(this.routes.length));
    const route = new Route(pair, relay, [from, to]);
    this.routes.push(route);
    queueMicrotask(() => page.events.pipe(route.pipe(1)));
    return route.pipe(0);
  }

  /** @internal Passes a message on to all that are connected through members of the topic. */
  spread(from: SimulatedNetwork, topic: string, message: Bytes): void {
    const reached = new Set([from.peerId]);
    for (const peerId of reached)
      for (const page of this.pages.values())
        if (page.topics.has(topic) && this.areConnected(peerId, page.peerId)) reached.add(page.peerId);
    reached.delete(from.peerId);
    for (const peerId of reached) this.pages.get(peerId)?.events.group(topic, message.slice(), from.peerId);
  }

  /** @internal */
  areConnected(one: string, other: string): boolean {
    return (
      this.pages.get(one)?.connected.has(other) === true || this.pages.get(other)?.connected.has(one) === true
    );
  }
}

export class SimulatedNetwork implements Network {
  readonly peerId: string;
  /** Whose page it is. */
  readonly id: string;
  readonly key: Bytes;
  readonly events: NetworkEvents;
  readonly topics = new Set<string>();
  readonly connected = new Set<string>();
  reserved: string[] = [];
  readonly #world: SimulatedWorld;

  constructor(world: SimulatedWorld, { id, peerId, publicKey }: Identity, events: NetworkEvents) {
    this.#world = world;
    this.id = id;
    this.peerId = peerId;
    this.key = publicKey;
    this.events = events;
  }

  get addresses(): readonly string[] {
    return this.reserved.map(
      (relay) => `/ip4/127.0.0.1/tcp/8060/ws/p2p/${relay}/p2p-circuit/p2p/${this.peerId}`,
    );
  }

  /** Takes places on relays that are alive. */
  reserve(): void {
    const alive = this.reserved.filter((relay) => this.#world.relays.has(relay));
    const others = [...this.#world.relays].filter((relay) => !alive.includes(relay));
    const reserved = [...alive, ...others].slice(0, RELAYS_EACH);
    if (reserved.join() === this.reserved.join()) return;
    this.reserved = reserved;
    this.events.addresses(this.addresses);
    this.events.relays();
  }

  async publish(key: string, value: Bytes): Promise<number> {
    if ("refused" in (await checkRecord(key, value, this.#world.clock.now()))) {
      this.#world.refused += 1;
      return 0;
    }
    const kept = this.#world.table.get(key) ?? [];
    this.#world.table.set(key, [...kept, value]);
    return this.#world.relays.size;
  }

  async find(key: string): Promise<Bytes | undefined> {
    const lie = this.#world.lies.get(key);
    if (lie) return lie;
    const valid: Bytes[] = [];
    for (const value of this.#world.table.get(key) ?? [])
      if ("record" in (await checkRecord(key, value, this.#world.clock.now()))) valid.push(value);
    return valid[selectRecord(valid)];
  }

  async connect(peerId: string, addresses: readonly string[]): Promise<void> {
    if (!this.#routeTo(peerId, addresses)) throw new Error("nobody answers at these addresses");
    this.connected.add(peerId);
  }

  async call(peerId: string, addresses: readonly string[]): Promise<Pipe> {
    const relay = this.#routeTo(peerId, addresses);
    const pipe = relay === undefined ? undefined : this.#world.open(this.peerId, peerId, relay);
    if (!pipe) throw new Error("nobody answers at these addresses");
    this.connected.add(peerId);
    return pipe;
  }

  subscribe(topic: string): void {
    this.topics.add(topic);
  }

  unsubscribe(topic: string): void {
    this.topics.delete(topic);
  }

  async say(topic: string, message: Bytes): Promise<void> {
    this.#world.spread(this, topic, message);
  }

  relays(): RelayView[] {
    return this.reserved.map((peerId) => ({
      peerId,
      address: "/ip4/127.0.0.1/tcp/8060/ws",
      state: "reserved",
      since: 0,
    }));
  }

  async stop(): Promise<void> {
    this.#world.pages.delete(this.peerId);
    for (const route of this.#world.routes) if (route.pages.includes(this.peerId)) route.cut();
  }

  #routeTo(peerId: string, addresses: readonly string[]): string | undefined {
    const page = this.#world.pages.get(peerId);
    if (!this.#world.isOpen || !page) return undefined;
    return page.reserved.find(
      (relay) =>
        this.#world.relays.has(relay) && addresses.some((address) => address.includes(`/p2p/${relay}/`)),
    );
  }
}
