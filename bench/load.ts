// The load generator: its connections send lines to a server, and count the lines that come back.

import { connect, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { connectLightly } from "./light-socket.ts";

const LINE_FEED = 0x0a;

export interface Load {
  port: number;
  connections: number;
  /** How many requests each connection keeps open. With 1, it waits for each reply before it sends the next request. */
  outstanding: number;
  /** The request, without its LF. */
  request: string;
  /** The first line of each connection: all wait for its answer. Each # becomes the connection's number. */
  introduction: string;
  /** How long to wait after the introductions in case the server sends more, in milliseconds. */
  settle: number;
  /** How long to run before counting begins. The next member: how long to count. In milliseconds. */
  warmUp: number;
  duration: number;
}

export interface LoadResult {
  /** Replies per second, while counting. */
  rate: number;
  /** All replies, including those of the warm-up. */
  replies: number;
  /** How many connections were made, got an answer, and stayed open to the end. */
  served: number;
  /** From the start of the first connection until the last one has its first answer, in milliseconds. */
  connecting: number;
}

/** How long to wait until all connections have their first answer, in milliseconds. */
const PATIENCE = 8000;

export async function runLoad(load: Load): Promise<LoadResult> {
  const begin = performance.now();
  const connections = Array.from({ length: load.connections }, (_, number) => new Connection(load, number));
  await Promise.race([Promise.all(connections.map(({ ready }) => ready)), wait(PATIENCE)]);
  const connecting = performance.now() - begin;
  await wait(load.settle);

  for (const connection of connections) connection.start();
  await wait(load.warmUp);
  const repliesBefore = total(connections);
  const start = performance.now();
  await wait(load.duration);
  const counted = total(connections) - repliesBefore;
  const seconds = (performance.now() - start) / 1000;

  const result = {
    rate: counted / seconds,
    replies: total(connections),
    served: connections.filter(({ served }) => served).length,
    connecting,
  };
  for (const connection of connections) connection.close();
  return result;
}

function total(connections: readonly Connection[]): number {
  return connections.reduce((sum, { replies }) => sum + replies, 0);
}

class Connection {
  replies = 0;
  /** Resolves when the introduction is answered, or when the connection has failed. */
  readonly ready: Promise<void>;
  readonly #socket: Socket;
  readonly #outstanding: number;
  /** As many requests as may be open, one behind the other. The next member is the length of one. */
  readonly #requests: Buffer;
  readonly #requestLength: number;
  #answered = false;
  #failed = false;
  #started = false;

  constructor({ port, request, outstanding, introduction }: Load, number: number) {
    const line = Buffer.from(`${request}\n`);
    this.#requestLength = line.length;
    this.#outstanding = outstanding;
    this.#requests = Buffer.concat(new Array<Buffer>(outstanding).fill(line));
    const { promise, resolve } = withResolver();
    this.ready = promise;
    this.#socket = connectLightly(port, (bytes) => {
      if (this.#started) return this.#receive(bytes);
      this.#answered = true;
      resolve();
    });
    this.#socket.once("connect", () => {
      this.#socket.write(`${introduction.replaceAll("#", String(number))}\n`);
    });
    this.#socket.once("close", () => {
      this.#failed = true;
      resolve();
    });
  }

  get served(): boolean {
    return this.#answered && !this.#failed;
  }

  start(): void {
    if (!this.served) return;
    this.#started = true;
    this.#send(this.#outstanding);
  }

  close(): void {
    // After a reset, no connection stays in TIME_WAIT. A long benchmark would make too many of those.
    this.#socket.resetAndDestroy();
  }

  #receive(bytes: Buffer): void {
    let lines = 0;
    for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, at + 1)) lines += 1;
    this.replies += lines;
    if (lines > 0) this.#send(Math.min(lines, this.#outstanding));
  }

  #send(requests: number): void {
    this.#socket.write(this.#requests.subarray(0, requests * this.#requestLength));
  }
}

function withResolver(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((given) => {
    resolve = given;
  });
  return { promise, resolve };
}

export interface Flood {
  port: number;
  connections: number;
  /** The line to send again and again, without its LF. */
  line: string;
}

const FLOOD_BLOCK_BYTES = 65_536;

/** Sends lines on every connection as fast as the server accepts them. Never reads, never stops. */
export function startFlood({ port, connections, line }: Flood): void {
  const lines = `${line}\n`;
  const block = Buffer.from(lines.repeat(Math.ceil(FLOOD_BLOCK_BYTES / lines.length)));
  for (let number = 0; number < connections; number += 1) {
    const socket = connect({ host: "127.0.0.1", port, noDelay: true }).pause();
    const send = (): void => {
      while (socket.write(block));
    };
    socket
      .on("error", () => {})
      .once("connect", send)
      .on("drain", send);
  }
}
