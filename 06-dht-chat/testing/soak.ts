// A soak: messengers over real nodes, each a process of its own, write and send files to each other while faults are drawn: a relay is
// killed and started again, a page is stopped and started again, a stream is reset. In the end nothing may be lost, nothing
// may be there twice, and memory must be flat. By hand: node --import tsx 06-dht-chat/testing/soak.ts [SECONDS [SEED]]

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { residentMemory } from "../../bench/machine.ts";
import type { ChildProgram } from "../../programs/child-program.ts";
import { startProgram } from "../../programs/stage-programs.ts";
import { randomFromSeed } from "../simulator.ts";
import { until } from "./local-nodes.ts";
import { NodeProgram } from "./node-programs.ts";
import type { SoakOutcome } from "./soak-outcome.ts";
import type { SoakCommand, SoakState } from "./soak-page.ts";

const NODES = 4;
/** One text goes out so often, and one fault comes so often, in milliseconds. */
const BETWEEN_TEXTS = 250;
const BETWEEN_FAULTS = 6000;
/** Before the first fault, and some of the others, a file is offered, so that they come amid it: so often, from 0 to 1, and so large, in bytes. */
const FILE_SHARE = 0.5;
const LARGEST_FILE = 600_000;
/** How long a relay or a page is away, in milliseconds. */
const AWAY = 3000;
/** How long all that was said may take to arrive in the end, in milliseconds. */
const PATIENCE = 180_000;
/** What comes first is left out where memory is compared: at a fifth of the time it is looked at first. */
const WARM = 0.2;

export interface SoakOptions {
  /** In milliseconds. */
  time: number;
  pages: number;
  /** From 0 to 1. */
  random: () => number;
  /** Takes a line for whoever watches. */
  note?: (line: string) => void;
}

/** One page's process. */
class Page {
  readonly #program: ChildProgram;
  id = "";
  isAway = false;
  #asking: Promise<unknown> = Promise.resolve();

  private constructor(program: ChildProgram) {
    this.#program = program;
  }

  static async start(nodes: string[]): Promise<Page> {
    const page = new Page(startProgram("06-dht-chat/testing/soak-page.ts"));
    await page.#program.line(/^"ready"$/);
    page.id = await page.ask<string>({ do: "start", nodes });
    return page;
  }

  /** Commands are obeyed one after the other. */
  ask<Answer>(command: SoakCommand): Promise<Answer> {
    const answer = this.#asking.then(async () => {
      this.#program.enter(JSON.stringify(command));
      return JSON.parse(await this.#program.line(/./)) as Answer;
    });
    this.#asking = answer.catch(() => undefined);
    return answer;
  }

  state(): Promise<SoakState> {
    return this.ask<SoakState>({ do: "state" });
  }

  kill(): Promise<void> {
    return this.#program.kill();
  }
}

class Soak {
  readonly #options: SoakOptions;
  readonly #nodes: NodeProgram[] = [];
  readonly #pages: Page[] = [];
  readonly #folder = mkdtempSync(join(tmpdir(), "p2p-chat-soak-"));
  readonly #said = new Map<string, string[]>();
  /** As `received` of SoakState. */
  readonly #offered = new Map<string, string[]>();
  readonly #faults: Record<string, number> = { "relay killed": 0, "page stopped": 0, "stream reset": 0 };
  readonly #healing = new Set<Promise<void>>();
  #isNodeAway = false;
  #again = 0;

  constructor(options: SoakOptions) {
    this.#options = options;
  }

  async run(): Promise<SoakOutcome> {
    try {
      await this.#begin();
      const early = await this.#soak();
      await Promise.all(this.#healing);
      await this.#settle();
      const late = await this.#memory();
      return { ...(await this.#judge()), nodeMemory: [early[0], late[0]], pageMemory: [early[1], late[1]] };
    } finally {
      await Promise.all([...this.#pages, ...this.#nodes].map((program) => program.kill()));
      rmSync(this.#folder, { recursive: true, force: true });
    }
  }

  get #addresses(): string[] {
    return this.#nodes.map(({ address }) => address);
  }

  async #begin(): Promise<void> {
    for (let index = 0; index < NODES; index += 1) this.#nodes.push(await this.#startNode(index));
    for (let index = 0; index < this.#options.pages; index += 1)
      this.#pages.push(await Page.start(this.#addresses));
    for (const page of this.#pages)
      await until(async () => (await page.state()).isPublished, "a page is published", PATIENCE);
    for (const [one, other] of this.#pairs()) {
      await other.ask({ do: "enter", card: await one.ask<string>({ do: "card" }) });
      await until(
        async () => /relayed|direct/.test((await one.state()).contacts[other.id] ?? ""),
        "they have met",
        PATIENCE,
      );
    }
  }

  /** @param port the one that it had before */
  #startNode(index: number, port = 0): Promise<NodeProgram> {
    const others = this.#nodes.filter((_, other) => other !== index).map(({ address }) => address);
    const joins = others.slice(0, 2).flatMap((address) => ["--join", address]);
    return NodeProgram.start(["--data", join(this.#folder, String(index)), ...joins], port);
  }

  #pairs(): [Page, Page][] {
    return this.#pages.flatMap((one, index) =>
      this.#pages.slice(index + 1).map((other): [Page, Page] => [one, other]),
    );
  }

  /** @returns memory at the first look */
  async #soak(): Promise<[number, number]> {
    const { time, note } = this.#options;
    const started = performance.now();
    const passed = () => performance.now() - started;
    let early: [number, number] | undefined;
    let nextFault = BETWEEN_FAULTS / 2;
    let lastNote = 0;
    for (let number = 0; passed() < time; number += 1) {
      await this.#say(number);
      if (passed() > nextFault) {
        if (this.#offered.size === 0 || this.#options.random() < FILE_SHARE) await this.#offer(number);
        this.#fault();
        nextFault = passed() + BETWEEN_FAULTS * (0.5 + this.#options.random());
      }
      if (number % 20 === 19) await this.#sayAgain();
      if (early === undefined && passed() > WARM * time) early = await this.#memory();
      if (passed() - lastNote > 60_000) {
        lastNote = passed();
        note?.(
          `${Math.round(lastNote / 1000)} s, ${number + 1} texts, ${JSON.stringify(this.#faults)}, MiB ${(await this.#memory()).map(Math.round)}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_TEXTS));
    }
    return early ?? this.#memory();
  }

  #draw<Item>(items: readonly Item[]): Item | undefined {
    return items[Math.floor(this.#options.random() * items.length)];
  }

  /** Who begins, and with whom: the other one may be away. */
  #drawTwo(): [Page | undefined, Page | undefined] {
    const from = this.#draw(this.#pages.filter(({ isAway }) => !isAway));
    return [from, this.#draw(this.#pages.filter((page) => page !== from))];
  }

  async #say(number: number): Promise<void> {
    const [from, to] = this.#drawTwo();
    if (from === undefined || to === undefined) return;
    const text = `text ${number} from ${from.id} ${"x".repeat(Math.floor(this.#options.random() * 300))}`;
    const outcome = await from.ask<{ problem: string } | null>({ do: "say", to: to.id, text });
    if (outcome !== null) throw new Error(`a page does not say it: ${outcome.problem}`);
    const way = `${from.id} to ${to.id}`;
    this.#said.set(way, [...(this.#said.get(way) ?? []), text]);
  }

  async #offer(number: number): Promise<void> {
    const [from, to] = this.#drawTwo();
    if (from === undefined || to === undefined) return;
    const name = `file ${number}.bin`;
    const size = 1 + Math.floor(this.#options.random() * LARGEST_FILE);
    const outcome = await from.ask<{ problem: string } | string>({ do: "offer", to: to.id, name, size });
    if (typeof outcome !== "string") throw new Error(`a page does not offer a file: ${outcome.problem}`);
    const way = `${from.id} to ${to.id}`;
    this.#offered.set(way, [...(this.#offered.get(way) ?? []), `${name}:${outcome}`]);
  }

  async #sayAgain(): Promise<void> {
    for (const page of this.#pages) if (!page.isAway) this.#again += await page.ask<number>({ do: "again" });
  }

  /** Begins a fault. What it breaks is mended after a while, meanwhile all goes on. */
  #fault(): void {
    const drawn =
      this.#draw(["relay killed", "page stopped", "stream reset", "stream reset"]) ?? "stream reset";
    const away = AWAY * (0.3 + 1.7 * this.#options.random());
    const mending =
      drawn === "relay killed"
        ? this.#killRelay(away)
        : drawn === "page stopped"
          ? this.#stopPage(away)
          : this.#reset();
    this.#faults[drawn] = (this.#faults[drawn] ?? 0) + 1;
    this.#healing.add(mending);
    void mending.finally(() => this.#healing.delete(mending)).catch(() => undefined);
  }

  /** One at a time, and never the first: its memory is looked at. */
  async #killRelay(away: number): Promise<void> {
    if (this.#isNodeAway) return;
    this.#isNodeAway = true;
    const index = 1 + Math.floor(this.#options.random() * (NODES - 1));
    const node = this.#nodes[index];
    await node?.kill();
    await new Promise((resolve) => setTimeout(resolve, away));
    this.#nodes[index] = await this.#startNode(index, Number(new URL(node?.url ?? "").port));
    this.#isNodeAway = false;
  }

  /** Never the first: its memory is looked at. */
  async #stopPage(away: number): Promise<void> {
    const page = this.#draw(this.#pages.slice(1).filter(({ isAway }) => !isAway));
    if (page === undefined) return;
    page.isAway = true;
    await page.ask({ do: "stop" });
    await new Promise((resolve) => setTimeout(resolve, away));
    await page.ask({ do: "start", nodes: this.#addresses });
    page.isAway = false;
  }

  async #reset(): Promise<void> {
    const page = this.#draw(this.#pages.filter(({ isAway }) => !isAway));
    await page?.ask({ do: "reset", number: Math.floor(this.#options.random() * 8) });
  }

  /** Nothing is broken any more: all that was said arrives. */
  async #settle(): Promise<void> {
    const isOver = async (): Promise<boolean> => {
      await this.#sayAgain();
      await new Promise((resolve) => setTimeout(resolve, 500));
      const states = await Promise.all(this.#pages.map((page) => page.state()));
      return states.every(({ sending, dropped, openFiles }) => sending + dropped + openFiles === 0);
    };
    await until(isOver, "all is delivered", PATIENCE).catch((error: unknown) => {
      this.#options.note?.(String(error));
    });
  }

  /** Of the first node and the first page, in MiB. */
  async #memory(): Promise<[number, number]> {
    const memory = (await this.#pages[0]?.state())?.memory ?? Number.NaN;
    return [residentMemory(this.#nodes[0]?.pid ?? 0), memory / 2 ** 20];
  }

  async #judge(): Promise<Omit<SoakOutcome, "nodeMemory" | "pageMemory">> {
    const states = new Map<string, SoakState>();
    for (const page of this.#pages) states.set(page.id, await page.state());
    const [lost, twice, foreign]: [string[], string[], string[]] = [[], [], []];
    const outcome = { said: 0, files: 0, lost, twice, foreign };
    for (const one of this.#pages)
      for (const other of this.#pages) {
        const said = this.#said.get(`${one.id} to ${other.id}`) ?? [];
        const heard = states.get(other.id)?.heard[one.id] ?? [];
        const delivered = new Set(states.get(one.id)?.delivered[other.id]);
        const seen = new Set(heard);
        outcome.said += said.length;
        outcome.lost.push(...said.filter((text) => !seen.has(text) || !delivered.has(text)));
        outcome.twice.push(...heard.filter((text, index) => heard.indexOf(text) !== index));
        const wasSaid = new Set(said);
        outcome.foreign.push(...heard.filter((text) => !wasSaid.has(text)));
        const offered = this.#offered.get(`${one.id} to ${other.id}`) ?? [];
        const received = states.get(other.id)?.received[one.id] ?? [];
        const passed = new Set(states.get(one.id)?.passed[other.id]);
        outcome.files += offered.length;
        outcome.lost.push(
          ...offered.filter(
            (file) => !received.includes(file) || !passed.has(file.slice(0, file.indexOf(":"))),
          ),
        );
        outcome.twice.push(...received.filter((file, index) => received.indexOf(file) !== index));
        outcome.foreign.push(...received.filter((file) => !offered.includes(file)));
      }
    return { ...outcome, again: this.#again, faults: this.#faults };
  }
}

/** Lets them write for so long, and says what came of it. */
export function soak(options: SoakOptions): Promise<SoakOutcome> {
  return new Soak(options).run();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const seconds = Number(process.argv[2] ?? 600);
  const seed = Number(process.argv[3] ?? Math.floor(Math.random() * 2 ** 31));
  // The last line of standard output is what came of it.
  const note = (line: string): void => console.error(line);
  note(`${seconds} s, seed ${seed}`);
  const options = { time: seconds * 1000, pages: 3, random: randomFromSeed(seed), note };
  console.log(JSON.stringify(await soak(options)));
  process.exit();
}
