// The attacker's UDP socket: records datagrams that peers send there, and sends datagrams.

import type { Socket } from "node:dgram";
import { DEADLINE } from "../programs/child-program.ts";
import { patientTimeout } from "../programs/patience.ts";
import { AttackError } from "./report.ts";

/** So many datagrams are kept. */
const MOST_KEPT = 64;

export class Ear {
  readonly #socket: Socket;
  readonly #heard: Buffer[] = [];
  #wake: () => void = () => {};

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("message", (datagram) => {
      if (this.#heard.length < MOST_KEPT) this.#heard.push(datagram);
      this.#wake();
    });
  }

  /** HOST:PORT, for a peer's --peer. */
  get address(): string {
    const { address, port } = this.#socket.address();
    return `${address}:${port}`;
  }

  /** The next datagram that was heard. @throws AttackError if none comes in time */
  async next(): Promise<Buffer> {
    if (this.#heard.length === 0) await this.#news();
    return this.#heard.shift() ?? Buffer.alloc(0);
  }

  /** Sends a datagram to a port of this machine, so many times. */
  async send(datagram: Buffer, port: number, times = 1): Promise<void> {
    for (let sent = 0; sent < times; sent += 1) {
      await new Promise<void>((resolve) => this.#socket.send(datagram, port, "127.0.0.1", () => resolve()));
    }
  }

  #news(): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = patientTimeout(() => reject(new AttackError("no datagram was heard")), DEADLINE);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}
