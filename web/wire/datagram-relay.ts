// A relay for datagrams from one program to another: whoever started it decides what becomes of each.

import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";

const HOST = "127.0.0.1";

export class DatagramRelay {
  readonly port: number;
  readonly #socket: Socket;
  readonly #targetPort: number;

  private constructor(socket: Socket, targetPort: number) {
    this.#socket = socket;
    this.port = socket.address().port;
    this.#targetPort = targetPort;
  }

  /** Listens on a port of this machine that the system chooses. @param came is told each datagram, and from which port it came */
  static async start(
    targetPort: number,
    came: (datagram: Buffer, port: number) => void,
  ): Promise<DatagramRelay> {
    const socket = createSocket("udp4");
    socket.on("message", (datagram, { port }) => came(datagram, port));
    socket.bind(0, HOST);
    await once(socket, "listening");
    socket.on("error", () => {}); // A datagram may be lost: nobody is promised that it arrives.
    return new DatagramRelay(socket, targetPort);
  }

  send(datagram: Buffer): void {
    this.#socket.send(datagram, this.#targetPort, HOST, () => {});
  }

  close(): void {
    this.#socket.close();
  }
}
