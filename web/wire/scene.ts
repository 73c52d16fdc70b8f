// A scene: the programs of a stage in terminals of a page, Mallory's relays between them, and what the page is told of it all.

import { LineRelay, type Passage, type Side } from "../../course/line-relay.ts";
import type { Page } from "../serve/place.ts";
import {
  type Direction,
  type Link,
  PARTIES,
  type Party,
  type Said,
  type Scene as SceneShown,
  type WireStage,
} from "../shared/wire.ts";
import type { Terminals } from "../terminals/terminals.ts";
import { Actor, SceneError } from "./actor.ts";
import { DatagramRelay } from "./datagram-relay.ts";
import { Listener } from "./listener.ts";
import { type Caught, keyOf, Mallory, MalloryError, type Sending, type Step } from "./mallory.ts";
import type { DatagramPorts, Seen, SeenConnection } from "./seen.ts";
import { offerOf, shownLine } from "./shown-line.ts";
import type { Built, Play, Rig, SetUp, StagePlan } from "./stage-plan.ts";
import type { Table } from "./table.ts";

/** So much may wait for a page before nothing more is read, in bytes. */
const MUCH_WAITING = 1_048_576;

export interface SceneOptions {
  number: number;
  plan: StagePlan;
  page: Page;
  terminals: Terminals;
  table: Table;
  size: { columns: number; rows: number };
  /** What is said again. */
  said: readonly Said[];
  /** The table has grown. */
  onTable(): void;
  /** Called once, when everything of it has ended. */
  onEnd(): void;
  /** Is told of what is a mistake of ours. */
  failed(error: unknown): void;
}

/** A connection, as long as it lasts. */
interface Open {
  passage: Passage;
  seen: SeenConnection;
  /** From the caller to the called side, and back. */
  directions: Readonly<Record<Side, Direction>>;
  /** The sides that have closed it. What waits for the other one may still be passed on. */
  closed: Set<Side>;
}

export class Scene implements Rig {
  readonly number: number;
  readonly page: Page;
  readonly #options: SceneOptions;
  readonly #mallory: Mallory;
  readonly #listener: Listener;
  readonly #actors = new Map<Party, Actor>();
  readonly #relays: (LineRelay | DatagramRelay)[] = [];
  readonly #connections = new Map<number, Open>();
  readonly #seen: SeenConnection[] = [];
  readonly #datagrams = new Map<string, DatagramRelay>();
  readonly #ports: DatagramPorts = {};
  readonly #closing: (() => void)[] = [];
  readonly #began = Date.now();
  readonly #start = performance.now();
  #count = 0;
  #isReady = false;
  #call: Built["call"];
  #calling: Promise<void> | undefined;
  #isEased = false;
  #ended: Promise<void> | undefined;

  private constructor(options: SceneOptions) {
    this.#options = options;
    this.number = options.number;
    this.page = options.page;
    this.#mallory = new Mallory(options.plan.directions);
    this.#listener = new Listener({
      ...options,
      scene: options.number,
      lines: () => this.#mallory.lines,
      onTyped: (direction) => {
        for (const line of this.#mallory.waiting(direction)) this.#tellLine(line);
      },
    });
  }

  /** Starts the programs and the relays. The set-up goes on by itself. @throws SceneError, CallError */
  static async open(options: SceneOptions): Promise<Scene> {
    const scene = new Scene(options);
    try {
      const { play, call } = await options.plan.build(scene);
      scene.#call = call;
      scene.#tellState("setting-up", "the programs start");
      void scene.#play(play);
      options.table.visited(scene.stage);
      options.onTable();
      return scene;
    } catch (error) {
      await scene.end();
      throw error;
    }
  }

  get stage(): WireStage {
    return this.#options.plan.stage;
  }

  /** What was said in it, and before it; and what was typed and still waits at Mallory. */
  get said(): readonly Said[] {
    const held = this.#options.plan.directions.flatMap((direction) => {
      const { length } = this.#mallory.waiting(direction);
      return length === 0 ? [] : this.#listener.typed(direction).slice(-length);
    });
    return [...this.#listener.said, ...held];
  }

  get shown(): SceneShown {
    const { stage, directions } = this.#options.plan;
    const terminals = PARTIES.flatMap((party) => {
      const actor = this.#actors.get(party);
      return actor === undefined ? [] : [{ party, title: actor.title, terminal: actor.terminal }];
    });
    return { scene: this.number, stage, terminals, directions: [...directions] };
  }

  get seen(): Seen {
    const { lines } = this.#mallory;
    return { began: this.#began, connections: this.#seen, lines, ports: this.#ports };
  }

  /** @throws MalloryError */
  line(number: number): Caught {
    return this.#mallory.line(number);
  }

  /** Lets Mallory do something. @throws MalloryError if it does not fit, or the set-up is not over */
  act(step: (mallory: Mallory, now: number) => Step): void {
    if (!this.#isReady)
      throw new MalloryError("the programs are still being set up: wait until the chat has started");
    this.#do(step(this.#mallory, this.#now()));
    this.page.tell("wire/held", { scene: this.number, directions: [...this.#mallory.held] });
  }

  /** Sends a line again. @throws MalloryError also if its connection is over */
  again(number: number): void {
    const { connection } = this.line(number);
    if (connection !== 0 && !this.#connections.has(connection))
      throw new MalloryError(`the connection of line ${number} is over: nothing can be sent on it`);
    this.act((mallory, now) => mallory.again(number, now));
  }

  /** Lets Alice call Bob again. @throws SceneError, MalloryError if nobody calls in this stage, or the set-up is not over */
  async call(): Promise<void> {
    if (!this.#isReady || this.#call === undefined) throw new MalloryError("there is nobody to call now");
    this.#calling ??= this.#call().finally(() => {
      this.#calling = undefined;
    });
    await this.#calling;
  }

  /** Changes a line as its offer says. @throws MalloryError if it has none */
  tamper(number: number): void {
    const offer = offerOf(this.line(number), this.#listener.guesses(this.line(number)));
    if (offer === undefined) throw new MalloryError(`nothing is offered for line ${number}`);
    this.act((mallory) => mallory.change(number, offer.bytes, offer.act));
  }

  /** Ends the programs and relays, and removes what they kept. @param says why, for the user */
  end(says = "the scene has ended", state: "ended" | "failed" = "ended"): Promise<void> {
    this.#ended ??= this.#end(says, state);
    return this.#ended;
  }

  async #end(says: string, state: "ended" | "failed"): Promise<void> {
    this.#listener.close();
    for (const relay of this.#relays) relay.close();
    const programs = [...this.#actors.values()].map(({ program }) => program);
    for (const program of programs) program.end();
    await Promise.all(programs.map(({ ended }) => ended));
    for (const action of this.#closing) action();
    this.#tellState(state, says);
    this.#options.onEnd();
  }

  async #play(play: Play): Promise<void> {
    try {
      const ready = await play(this.#listener.said);
      if (this.#ended !== undefined) return;
      this.#isReady = true;
      this.#listener.keep();
      this.#tellState("ready", ready);
    } catch (error) {
      if (this.#ended !== undefined) return;
      const isOurs = error instanceof SceneError;
      await this.end(isOurs ? error.message : "the stage could not be set up", "failed");
      if (!isOurs) this.#options.failed(error);
    }
  }

  // What a stage's plan is built with.

  async start(
    who: { party: Party; title: string },
    words: readonly string[],
    options: { folder: string; environment?: Readonly<Record<string, string>> },
  ): Promise<Actor> {
    const { terminals, page, size } = this.#options;
    const terminal = await terminals.open(page, words, { ...options, ...size });
    const actor = new Actor(who, terminal, (line) => this.#listener.printed(who.party, line));
    this.#actors.set(who.party, actor);
    this.#listener.knows(who.party, who.title);
    return actor;
  }

  async relay(
    { link, caller, called }: { link: Link; caller: Party; called: Party },
    target: number | Promise<number>,
    setUp?: SetUp,
  ): Promise<LineRelay> {
    const directions = {
      caller: { link, from: caller, to: called },
      called: { link, from: called, to: caller },
    };
    const open = new Map<Passage, Open>();
    const relay = await LineRelay.start(target, {
      opened: (passage) => open.set(passage, this.#opened(passage, directions)),
      line: (passage, from, bytes) => {
        const found = open.get(passage);
        if (found !== undefined) this.#came(found, from, bytes, setUp);
      },
      ended: (passage, from, rest) => {
        const found = open.get(passage);
        if (found === undefined) return;
        if (rest.length > 0) this.#came(found, from, rest, undefined);
        this.#do(this.#mallory.ends(found.directions[from], found.seen.number));
      },
      closed: (passage, from) => {
        const found = open.get(passage);
        if (found === undefined) return;
        found.seen.ended[from] ??= this.#now();
        found.closed.add(from);
        if (found.closed.size < 2) return;
        this.#connections.delete(found.seen.number);
        open.delete(passage);
      },
    });
    this.#relays.push(relay);
    return relay;
  }

  async datagrams(from: Party, to: Party, target: Promise<number>): Promise<DatagramRelay> {
    const direction: Direction = { link: "datagram", from, to };
    const relay = await DatagramRelay.start(target, (datagram) => {
      this.#do(this.#mallory.arrives(direction, 0, datagram, this.#now()));
    });
    this.#datagrams.set(keyOf(direction), relay);
    this.#relays.push(relay);
    void target.then(
      (port) => {
        this.#ports[to] = port;
      },
      () => {},
    );
    return relay;
  }

  onEnd(action: () => void): void {
    this.#closing.push(action);
  }

  // What passes.

  #opened(passage: Passage, directions: Open["directions"]): Open {
    this.#count += 1;
    const seen: SeenConnection = {
      number: this.#count,
      caller: directions.caller.from,
      ports: passage.ports,
      openedAt: this.#now(),
      ended: {},
    };
    const open = { passage, seen, directions, closed: new Set<Side>() };
    this.#seen.push(seen);
    this.#connections.set(seen.number, open);
    return open;
  }

  #came({ passage, seen, directions }: Open, from: Side, bytes: Buffer, setUp: SetUp | undefined): void {
    const direction = directions[from];
    const now = this.#now();
    this.#do(this.#mallory.arrives(direction, seen.number, bytes, now, setUp?.(direction, bytes)));
    this.#listener.came(direction, bytes);
    if (this.#mallory.isFull(direction)) passage.hold(from, true);
  }

  /** Sends what is to be sent, and tells the page what has changed. */
  #do({ sendings, lines }: Step): void {
    for (const sending of sendings) this.#send(sending);
    for (const line of lines) this.#tellLine(line);
    for (const line of lines) this.#listener.lookAfter(line);
    for (const { passage, directions } of this.#connections.values())
      for (const side of ["caller", "called"] as const)
        if (!this.#mallory.isFull(directions[side])) passage.hold(side, this.#isEased);
  }

  #send(sending: Sending): void {
    if ("ends" in sending) {
      const open = this.#connections.get(sending.ends);
      if (open === undefined) return;
      const side: Side = open.directions.caller.from === sending.direction.from ? "caller" : "called";
      open.seen.ended[side] ??= this.#now();
      open.passage.end(side);
      return;
    }
    const { line } = sending;
    const bytes = line.changed ?? line.bytes;
    if (line.connection === 0) {
      this.#datagrams.get(keyOf(line.direction))?.send(bytes);
      return;
    }
    const open = this.#connections.get(line.connection);
    const side: Side = open?.directions.caller.from === line.direction.from ? "caller" : "called";
    if (open?.passage.send(side, bytes)) return;
    line.state = "dropped";
    line.note = "the connection is over: it never arrived";
  }

  #tellLine(line: Caught): void {
    this.page.tell("wire/line", { scene: this.number, line: shownLine(line, this.#listener.guesses(line)) });
    if (this.#isEased || this.page.waiting() < MUCH_WAITING) return;
    // The page cannot follow: the programs wait, as they do on a slow network.
    this.#isEased = true;
    void this.page.drained().then(() => {
      this.#isEased = false;
      this.#do({ sendings: [], lines: [] });
    });
  }

  #tellState(state: "setting-up" | "ready" | "failed" | "ended", says: string): void {
    this.page.tell("wire/scene", { scene: this.number, state, says });
  }

  /** In milliseconds of the scene, to the microsecond. */
  #now(): number {
    return Math.round((performance.now() - this.#start) * 1000) / 1000;
  }
}
