// A server that the checker plays. It gives its connections to the check, one by one.

import { createServer, type Server } from "node:net";
import { patientTimeout } from "../../programs/patience.ts";
import type { CheckContext } from "./check-context.ts";
import { Connection } from "./connection.ts";
import { StepFailure } from "./step-failure.ts";

export class Listener {
  readonly port: number;
  readonly #server: Server;
  readonly #connections: Connection[] = [];
  readonly #all: Connection[] = [];
  #waiting: (() => void)[] = [];

  private constructor(server: Server, port: number, name: string, context: CheckContext) {
    this.#server = server;
    this.port = port;
    server.on("connection", (socket) => {
      const connection = new Connection(socket, "called", name, context);
      this.#connections.push(connection);
      this.#all.push(connection);
      for (const resolve of this.#waiting.splice(0)) resolve();
    });
  }

  /** Listens on a port that the system chooses. */
  static async start(name: string, context: CheckContext): Promise<Listener> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host: "127.0.0.1", port: 0 }, resolve);
    });
    const address = server.address();
    return new Listener(server, typeof address === "object" && address ? address.port : 0, name, context);
  }

  /**
   * Waits for the next connection.
   * @throws StepFailure if nobody connects in time
   */
  async next(context: CheckContext, by: string): Promise<Connection> {
    let late = false;
    const cancel = patientTimeout(() => {
      late = true;
      for (const resolve of this.#waiting.splice(0)) resolve();
    }, context.timeout);
    try {
      for (;;) {
        const connection = this.#connections.shift();
        if (connection !== undefined) return connection;
        if (late || context.hasEnded) {
          const received = late ? `none within ${context.timeout / 1000} s` : "none";
          const lastWords = await context.lastWords();
          throw new StepFailure({
            expected: `a connection of ${by}`,
            received,
            came: late ? "nothing" : "ended",
            ...lastWords,
          });
        }
        await Promise.race([new Promise<void>((resolve) => this.#waiting.push(resolve)), context.anyEnd()]);
      }
    } finally {
      cancel();
    }
  }

  /** How many connections have come that no step has taken. */
  get waiting(): number {
    return this.#connections.length;
  }

  /** Called at the end of a check. @throws StepFailure if bytes have arrived that no step has read */
  assertNothingUnread(): void {
    for (const connection of this.#all) connection.assertNothingUnread();
  }

  close(): void {
    this.#server.close();
    for (const connection of this.#all) connection.destroy();
  }
}
