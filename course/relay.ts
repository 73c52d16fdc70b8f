// A relay between two programs: it records every line, and may change a line on the way.

import { connect, createServer, type Server, type Socket } from "node:net";

/** A line that has passed: exactly its bytes, including the LF. */
export interface Passed {
  /** The caller has connected to the relay; the relay has connected to the called side. */
  from: "caller" | "called";
  bytes: Buffer;
}

/** Receives each line on the way, and returns the line to send instead. To change nothing, it returns the same line. */
export type Change = (line: Buffer, from: Passed["from"]) => Buffer;

const LINE_FEED = 0x0a;

export class Relay {
  /** All lines, as they were sent. */
  readonly passed: Passed[] = [];
  /** Changes lines on the way. Default: changes nothing. */
  change: Change = (line) => line;
  /** The port that the relay connects to. It can be set until the first connection arrives. */
  targetPort: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(targetPort: number) {
    this.targetPort = targetPort;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (caller) => {
      const called = connect({
        host: "127.0.0.1",
        port: this.targetPort,
        noDelay: true,
        allowHalfOpen: true,
      });
      this.#forward(caller, called, "caller");
      this.#forward(called, caller, "called");
    });
  }

  /** Listens on a port that the system chooses, and forwards to `targetPort`, both on this machine. */
  static async start(targetPort: number): Promise<Relay> {
    const relay = new Relay(targetPort);
    await new Promise<void>((resolve, reject) => {
      relay.#server.once("error", reject);
      relay.#server.listen({ host: "127.0.0.1", port: 0 }, resolve);
    });
    return relay;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #forward(source: Socket, destination: Socket, from: Passed["from"]): void {
    this.#sockets.add(source);
    let unfinished = Buffer.alloc(0);
    source.on("data", (chunk: Buffer) => {
      unfinished = Buffer.concat([unfinished, chunk]);
      for (;;) {
        const end = unfinished.indexOf(LINE_FEED) + 1;
        if (end === 0) return;
        const bytes = unfinished.subarray(0, end);
        unfinished = unfinished.subarray(end);
        this.passed.push({ from, bytes });
        destination.write(this.change(bytes, from));
      }
    });
    source.on("end", () => destination.end(unfinished));
    source.on("error", () => destination.destroy());
    source.on("close", () => this.#sockets.delete(source));
  }
}
