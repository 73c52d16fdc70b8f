// Connections that come while the program still starts: the port is bound before all else is ready (P8.1).

import type { Server, Socket } from "node:net";

export class EarlyConnections {
  readonly #server: Server;
  readonly #waiting = new Set<Socket>();
  readonly #keep = (socket: Socket): void => {
    socket.on("error", () => {}); // It may be gone before anybody looks at it.
    this.#waiting.add(socket);
  };

  /** From now on connections wait. What they send stays in the system's buffers. */
  constructor(server: Server) {
    this.#server = server;
    server.on("connection", this.#keep);
  }

  /** All is ready: those that wait, and all later ones, are for `accept`. */
  handOver(accept: (socket: Socket) => void): void {
    this.#server.off("connection", this.#keep);
    this.#server.on("connection", accept);
    for (const socket of this.#waiting) accept(socket);
    this.#waiting.clear();
  }

  /** Closes those that still wait: the program does not start. */
  close(): void {
    for (const socket of this.#waiting) socket.destroy();
    this.#waiting.clear();
  }
}
