// Measures what clients cost that send without end and never read: the server's memory, and the time of other clients.

import type { Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { startServer } from "../programs/stage-programs.ts";
import { connectLightly } from "./light-socket.ts";
import { LoadGenerator } from "./load-generator.ts";
import { processorTime, residentMemory } from "./machine.ts";
import type { Row } from "./report.ts";

const FLOODERS = 100;
const RUNS = 2;

/** The server counts as resting when it has used no processor time for this long, in milliseconds. */
const REST = 500;

/** How long to watch another client before the flood begins, in milliseconds. */
const QUIET = 500;

interface Measured {
  /** In MiB. */
  memoryBefore: number;
  highestMemory: number;
  /** The longest time that a client which reads has waited for a reply, in milliseconds. */
  waitBefore: number;
  longestWait: number;
}

export async function measureFloods(request: string): Promise<Row[]> {
  return [
    // A sum takes time to compute: the server would take too long to come to rest, so this measurement ends earlier.
    ...(await measureFlood("sums", request, 2500)),
    // The shortest line that there is. Its reply is 24 times as long.
    ...(await measureFlood("empty lines", "", 12_000)),
  ];
}

/** @param longest how long to wait until the server rests, in milliseconds */
async function measureFlood(what: string, line: string, longest: number): Promise<Row[]> {
  const runs: Measured[] = [];
  for (let run = 0; run < RUNS; run += 1) runs.push(await floodOnce(line, longest));
  return [
    {
      name: `memory, ${FLOODERS} flood ${what} and never read`,
      unit: "MiB",
      runs: runs.map(({ highestMemory }) => highestMemory),
      beside: { name: "before", runs: runs.map(({ memoryBefore }) => memoryBefore) },
      limit: { bound: "at most", value: 256, of: "value", everyRun: true },
    },
    {
      name: `longest wait of another client meanwhile (${what})`,
      unit: "ms",
      runs: runs.map(({ longestWait }) => longestWait),
      beside: { name: "before", runs: runs.map(({ waitBefore }) => waitBefore) },
    },
  ];
}

async function floodOnce(line: string, longest: number): Promise<Measured> {
  const { server, port } = await startServer("01-calculator/server.ts");
  const flooder = new LoadGenerator();
  const quiet = new Asker(port);
  try {
    await wait(QUIET);
    const waitBefore = quiet.end();
    const memoryBefore = residentMemory(server.pid);
    const asker = new Asker(port);
    flooder.flood({ port, connections: FLOODERS, line });
    const highestMemory = await watchMemory(server.pid, longest);
    return { memoryBefore, highestMemory, waitBefore, longestWait: asker.end() };
  } finally {
    await Promise.all([flooder.end(), server.kill()]);
  }
}

/** Watches a process until it rests, for at most `longest` milliseconds. @returns its highest memory, in MiB */
async function watchMemory(pid: number, longest: number): Promise<number> {
  const end = performance.now() + longest;
  let highest = 0;
  let busyUntil = performance.now() + REST;
  let time = processorTime(pid);
  while (performance.now() < end && performance.now() < busyUntil + REST) {
    highest = Math.max(highest, residentMemory(pid));
    const now = processorTime(pid);
    if (now === undefined || now !== time) busyUntil = performance.now();
    time = now;
    await wait(50);
  }
  return highest;
}

/** A client that behaves well: it asks, reads the answer, waits a little, and asks again. */
class Asker {
  readonly #socket: Socket;
  #longest = 0;
  /** When the open question was asked; undefined if every question is answered. */
  #asked: number | undefined;

  constructor(port: number) {
    this.#socket = connectLightly(port, () => {
      this.#answered();
      setTimeout(() => this.#ask(), 5);
    });
    this.#socket.once("connect", () => this.#ask());
  }

  /** Stops asking. @returns the longest wait for an answer, in milliseconds; an open question counts, too */
  end(): number {
    this.#answered();
    this.#socket.destroy();
    return this.#longest;
  }

  #ask(): void {
    if (this.#socket.destroyed) return;
    this.#asked = performance.now();
    this.#socket.write("1 + 1\n");
  }

  #answered(): void {
    if (this.#asked === undefined) return;
    this.#longest = Math.max(this.#longest, performance.now() - this.#asked);
    this.#asked = undefined;
  }
}
