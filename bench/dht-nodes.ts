// Nodes of stage 06 to be measured: each a process of its own, joined through the first one.

import type { ChildProgram } from "../programs/child-program.ts";
import { startProgram } from "../programs/stage-programs.ts";
import { processorTime, residentMemory } from "./machine.ts";

/** So many nodes start at once. */
const AT_ONCE = 4;
/** How often a node is asked whom it knows, in milliseconds. */
const LOOK = 100;
/** How long to wait until a node knows others, in milliseconds. */
const PATIENCE = 40_000;

const wait = (time: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, time));

/** A node that runs. */
export class DhtNode {
  readonly #program: ChildProgram;
  readonly #url: string;
  /** The address to join it by. */
  readonly address: string;

  private constructor(program: ChildProgram, url: string, address: string) {
    this.#program = program;
    this.#url = url;
    this.address = address;
  }

  /** @param join the address of a node that runs already, if there is one */
  static async start(join?: string): Promise<DhtNode> {
    const argv = ["--port", "0", ...(join === undefined ? [] : ["--join", join])];
    const program = startProgram("06-dht-chat/node.ts", argv);
    const url = (await program.line(/^listening on http:/)).slice("listening on ".length);
    return new DhtNode(program, url, await program.line(/^\/ip4\//));
  }

  get peerId(): string {
    return this.address.slice(this.address.lastIndexOf("/") + 1);
  }

  get memory(): number {
    return residentMemory(this.#program.pid);
  }

  get processorTime(): number {
    return processorTime(this.#program.pid) ?? Number.NaN;
  }

  /** Waits until it knows so many others, or until we lose patience. @returns how many it knows then */
  async knows(count: number): Promise<number> {
    const end = performance.now() + PATIENCE;
    for (;;) {
      const answer = await fetch(`${this.#url}/node.json`);
      const { others } = (await answer.json()) as { others: string[] };
      if (others.length >= count || performance.now() > end) return others.length;
      await wait(LOOK);
    }
  }

  stop(): Promise<void> {
    return this.#program.kill();
  }
}

/** Nodes that all have joined through the first one. */
export class DhtNodes {
  readonly all: DhtNode[] = [];

  /** Starts nodes until there are so many. */
  async grow(count: number): Promise<void> {
    this.all.push(...(this.all.length === 0 ? [await DhtNode.start()] : []));
    while (this.all.length < count) {
      const more = Math.min(AT_ONCE, count - this.all.length);
      this.all.push(...(await Promise.all(Array.from({ length: more }, () => DhtNode.start(this.address)))));
    }
  }

  /** The address of the first one. */
  get address(): string {
    return this.all[0]?.address ?? "";
  }

  /** How much of one core each node takes while nobody asks it anything, in percent. @param window in milliseconds */
  async processorShare(window: number): Promise<number> {
    const total = () => this.all.reduce((sum, node) => sum + node.processorTime, 0);
    const [before, started] = [total(), performance.now()];
    await wait(window);
    return ((total() - before) * 1000 * 100) / (performance.now() - started) / this.all.length;
  }

  async stop(): Promise<void> {
    await Promise.all(this.all.map((node) => node.stop()));
  }
}
