// Nodes of stage 06, each a process of its own as a user starts it, for tests and measurements of the real page.

import { readFileSync } from "node:fs";
import type { ChildProgram } from "../../programs/child-program.ts";
import { startProgram } from "../../programs/stage-programs.ts";
import { until } from "./local-nodes.ts";

/** How long nodes may take to find each other, in milliseconds, also on a busy machine. */
const PATIENCE = 60_000;

/** A node that runs. */
export class NodeProgram {
  readonly #program: ChildProgram;
  /** Where its page is. */
  readonly url: string;
  /** The address to join it by. */
  readonly address: string;

  private constructor(program: ChildProgram, url: string, address: string) {
    this.#program = program;
    this.url = url;
    this.address = address;
  }

  /** @param argv more arguments, such as --join @param port 0: the system chooses */
  static async start(argv: readonly string[] = [], port = 0): Promise<NodeProgram> {
    const program = startProgram("06-dht-chat/node.ts", ["--port", String(port), ...argv]);
    const url = (await program.line(/^listening on http:/)).slice("listening on ".length);
    return new NodeProgram(program, url, await program.line(/^\/ip4\//));
  }

  get pid(): number {
    return this.#program.pid;
  }

  /** So many bytes it has read from its sockets and files since it started. Only Linux tells (proc(5)). */
  get bytesRead(): number {
    return Number(/^rchar: ([0-9]+)$/m.exec(readFileSync(`/proc/${this.pid}/io`, "utf8"))?.[1]);
  }

  /** How many other nodes it tells pages of. */
  async others(): Promise<number> {
    const answer = await fetch(`${this.url}/node.json`);
    return ((await answer.json()) as { others: string[] }).others.length;
  }

  /** Ends it at once, without a goodbye to anybody. */
  kill(): Promise<void> {
    return this.#program.kill();
  }
}

/** Starts nodes that join through the first one, and waits until each knows all others. */
export async function startNodePrograms(count: number): Promise<NodeProgram[]> {
  const first = await NodeProgram.start();
  const argv = ["--join", first.address];
  const more = await Promise.all(Array.from({ length: count - 1 }, () => NodeProgram.start(argv)));
  const all = [first, ...more];
  for (const node of all)
    await until(async () => (await node.others()) >= count - 1, "the nodes know each other", PATIENCE);
  return all;
}

/** Which of the nodes carries what is passed on meanwhile: the one that has read most. @param pass lasts as long as it passes */
export async function carrierOf(
  nodes: readonly NodeProgram[],
  pass: () => Promise<void>,
): Promise<NodeProgram> {
  const before = nodes.map((node) => node.bytesRead);
  await pass();
  const read = nodes.map((node, index) => node.bytesRead - (before[index] ?? 0));
  const carrier = nodes[read.indexOf(Math.max(...read))];
  if (carrier === undefined) throw new Error("there is no node");
  return carrier;
}
