// The relay of the tour: it records every line, and may change a line on the way.

import { LineRelay, type Side } from "./line-relay.ts";

/** A line that has passed: exactly its bytes, including the LF. */
export interface Passed {
  from: Side;
  bytes: Buffer;
}

/** Receives each line on the way, and returns the line to send instead. To change nothing, it returns the same line. */
export type Change = (line: Buffer, from: Side) => Buffer;

/** What happens on the way. */
interface Way {
  /** All lines, as they were sent. */
  passed: Passed[];
  change: Change;
}

export class Relay {
  readonly #way: Way;
  readonly #relay: LineRelay;

  private constructor(way: Way, relay: LineRelay) {
    this.#way = way;
    this.#relay = relay;
  }

  /** Listens on a port that the system chooses, and forwards to `targetPort`, both on this machine. */
  static async start(targetPort: number): Promise<Relay> {
    const way: Way = { passed: [], change: (line) => line };
    const relay = await LineRelay.start(targetPort, {
      line: (passage, from, bytes) => {
        way.passed.push({ from, bytes });
        passage.send(from, way.change(bytes, from));
      },
      ended: (passage, from, rest) => {
        if (rest.length > 0) passage.send(from, rest);
        passage.end(from);
      },
    });
    return new Relay(way, relay);
  }

  get passed(): readonly Passed[] {
    return this.#way.passed;
  }

  /** Changes lines on the way. Default: changes nothing. */
  set change(change: Change) {
    this.#way.change = change;
  }

  /** The port that the relay connects to. It can be set until the first connection arrives. */
  set targetPort(port: number) {
    this.#relay.targetPort = port;
  }

  get port(): number {
    return this.#relay.port;
  }

  close(): void {
    this.#relay.close();
  }
}
