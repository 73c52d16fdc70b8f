// Somebody on the way: a relay between two programs that records every line and may change one as it passes.

import { connect, createServer, type Server, type Socket } from "node:net";

/** A line that passed: exactly the bytes, the LF included. */
export interface Passed {
  /** From the side that connected, or from the side it was connected to. */
  from: "caller" | "called";
  bytes: Buffer;
}

/** Looks at a line on its way and returns what shall arrive instead; the line itself to leave it alone. */
export type Change = (line: Buffer, from: Passed["from"]) => Buffer;

const LINE_FEED = 0x0a;

export class Relay {
  /** Every line that came by, as it was sent. */
  readonly passed: Passed[] = [];
  /** What happens to lines on their way. */
  change: Change = (line) => line;
  /** Where to go on to; may be set until the first connection. */
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

  /** Listens on a port that the system chooses and forwards to `targetPort`, both on this machine. */
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
