// Many clients of one registry in this process: they register, stay connected, and receive news of other users.

import type { Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { connectLightly } from "./light-socket.ts";

const LINE_FEED = 0x0a;

/** How long to wait for one client's registration, or for news to reach all clients, in milliseconds. */
const PATIENCE = 15_000;

/** How long to wait for the registration of a whole crowd, in milliseconds. */
export const MAX_JOINING_TIME = 60_000;

/** If nothing has arrived for this long, in milliseconds, all news has been received. */
const QUIET = 150;

/** A good answer begins like this: an echo server returns `register`, a registry answers `registered`. */
const GOOD_ANSWER = '{"type":"register';

export class Crowd {
  /** How long it took until the last client was registered, in milliseconds. */
  joiningTime = 0;
  readonly #port: number;
  readonly #members: Socket[] = [];
  /** The clients that announce() has registered. Nobody reads the news that they receive. */
  readonly #newcomers: Socket[] = [];
  /** The members that have not yet received the current news. */
  readonly #uninformed = new Set<Socket>();
  #whenInformed: () => void = () => {};
  #lastReceived = 0;

  private constructor(port: number) {
    this.#port = port;
  }

  /** Registers `size` clients, at most `atOnce` at a time. After MAX_JOINING_TIME it starts no more of them. */
  static async join(port: number, size: number, atOnce: number): Promise<Crowd> {
    const crowd = new Crowd(port);
    const start = performance.now();
    const end = start + MAX_JOINING_TIME;
    let begun = 0;
    const joinInTurn = async (): Promise<void> => {
      while (begun < size && performance.now() < end) {
        begun += 1;
        await crowd.#join(`member-${begun}`);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, joinInTurn));
    crowd.joiningTime = performance.now() - start;
    await crowd.#quiet();
    return crowd;
  }

  /** How many clients are registered and still connected. */
  get size(): number {
    return this.#members.filter(({ destroyed }) => !destroyed).length;
  }

  /** Registers one more client. @returns how long it takes until all others have the news, in milliseconds */
  async announce(username: string): Promise<number> {
    const newcomer = connectLightly(this.#port, () => {});
    this.#newcomers.push(newcomer);
    await new Promise((resolve) => newcomer.once("connect", resolve));
    for (const member of this.#members) this.#uninformed.add(member);
    const informed = new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("news did not reach everybody")), PATIENCE);
      this.#whenInformed = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    const start = performance.now();
    newcomer.write(registration(username));
    await informed;
    return performance.now() - start;
  }

  /** Drops all connections. End the server first, or it tells every client about every other one that leaves. */
  close(): void {
    for (const socket of [...this.#members, ...this.#newcomers]) socket.resetAndDestroy();
  }

  /** Registers a client. It becomes a member if its first answer is good. */
  #join(username: string): Promise<void> {
    return new Promise((resolve) => {
      let answered = false;
      const socket = connectLightly(this.#port, (bytes) => {
        if (answered) return this.#receive(socket, bytes);
        answered = true;
        if (bytes.toString("latin1", 0, GOOD_ANSWER.length) === GOOD_ANSWER) this.#members.push(socket);
        this.#lastReceived = performance.now();
        clearTimeout(giveUp);
        resolve();
      });
      const giveUp = setTimeout(() => socket.destroy(), PATIENCE);
      socket.once("connect", () => socket.write(registration(username)));
      socket.once("close", () => {
        clearTimeout(giveUp);
        resolve();
      });
    });
  }

  /** At this time the server sends only one line of news, so a chunk that ends with LF completes it. */
  #receive(socket: Socket, chunk: Buffer): void {
    this.#lastReceived = performance.now();
    if (this.#uninformed.size === 0 || chunk[chunk.length - 1] !== LINE_FEED) return;
    this.#uninformed.delete(socket);
    if (this.#uninformed.size === 0) this.#whenInformed();
  }

  /** Waits until all members have received all news. */
  async #quiet(): Promise<void> {
    this.#lastReceived = performance.now();
    while (performance.now() - this.#lastReceived < QUIET) await wait(QUIET / 3);
  }
}

function registration(username: string): string {
  return `${JSON.stringify({ type: "register", username, port: 50_000 })}\n`;
}
