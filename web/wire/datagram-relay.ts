// A relay for datagrams from one program to another: whoever started it decides what becomes of each.

import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";

const HOST = "127.0.0.1";

export class DatagramRelay {
  readonly port: number;
  readonly #socket: Socket;
  readonly #target: Promise<number>;
  #isClosed = false;

  private constructor(socket: Socket, target: Promise<number>) {
    this.#socket = socket;
    this.port = socket.address().port;
    this.#target = target;
  }

  /**
   * Listens on a port of this machine that the system chooses.
   * @param target the port that it sends to; until that is known, datagrams wait
   * @param came is told each datagram
   */
  static async start(target: Promise<number>, came: (datagram: Buffer) => void): Promise<DatagramRelay> {
    const socket = createSocket("udp4");
    socket.on("message", came);
    socket.bind(0, HOST);
    await once(socket, "listening");
    socket.on("error", () => {}); // A datagram may be lost: nobody is promised that it arrives.
    return new DatagramRelay(socket, target);
  }

  send(datagram: Buffer): void {
    this.#target.then(
      (port) => {
        if (!this.#isClosed) this.#socket.send(datagram, port, HOST, () => {});
      },
      () => {}, // There is nobody to send it to.
    );
  }

  close(): void {
    this.#isClosed = true;
    this.#socket.close();
  }
}
