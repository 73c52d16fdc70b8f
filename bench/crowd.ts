// Many clients of a registry at once, in this process: they register, stay, and hear who else comes.

import type { Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { connectLightly } from "./light-socket.ts";

const LINE_FEED = 0x0a;

/** How long one client may take to register, or news to reach all, in milliseconds. */
const PATIENCE = 15_000;

/** How long a whole crowd may take to join, in milliseconds. */
export const MAX_JOINING_TIME = 60_000;

/** When nothing has come for this long, in milliseconds, the crowd has heard all there is. */
const QUIET = 150;

/** An echo answers with what we sent, a registry with `registered`: both begin like this, and an error does not. */
const GOOD_ANSWER = '{"type":"register';

export class Crowd {
  /** How long it took until the last one was registered, in milliseconds. */
  joiningTime = 0;
  readonly #port: number;
  readonly #members: Socket[] = [];
  /** Those that announce() has registered: nobody waits for what they hear. */
  readonly #newcomers: Socket[] = [];
  /** Who has not received the news that is on its way. */
  readonly #uninformed = new Set<Socket>();
  #whenInformed: () => void = () => {};
  #lastReceived = 0;

  private constructor(port: number) {
    this.#port = port;
  }

  /** Registers `size` clients, at most `atOnce` of them at a time; after MAX_JOINING_TIME no more are begun. */
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

  /** How many have registered. Who was refused, lost or not answered has not. */
  get size(): number {
    return this.#members.filter(({ destroyed }) => !destroyed).length;
  }

  /** Registers one more, and returns how long it takes until everybody else has heard of it, in milliseconds. */
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

  /** Drops all connections. End the server before, or it tells each of them of all the others' leaving. */
  close(): void {
    for (const socket of [...this.#members, ...this.#newcomers]) socket.resetAndDestroy();
  }

  /** The connection becomes a member when its first answer is a good one. */
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

  /** News is a line, and nothing else comes at that time: who has the end of a line has it. */
  #receive(socket: Socket, chunk: Buffer): void {
    this.#lastReceived = performance.now();
    if (this.#uninformed.size === 0 || chunk[chunk.length - 1] !== LINE_FEED) return;
    this.#uninformed.delete(socket);
    if (this.#uninformed.size === 0) this.#whenInformed();
  }

  /** Waits until all have heard of each other. */
  async #quiet(): Promise<void> {
    this.#lastReceived = performance.now();
    while (performance.now() - this.#lastReceived < QUIET) await wait(QUIET / 3);
  }
}

function registration(username: string): string {
  return `${JSON.stringify({ type: "register", username, port: 50_000 })}\n`;
}
