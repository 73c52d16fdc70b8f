// A pipe that tells what its frames looked like on the wire: what a relay saw of a message.

import type { Bytes } from "./bytes.ts";
import type { Pipe } from "./pipe.ts";

type Watch = (frame: Bytes) => void;

export class WatchedPipe implements Pipe {
  readonly #pipe: Pipe;
  /** Who wants to see the next frames, in the order in which they are sent. */
  readonly #expected: Watch[] = [];

  constructor(pipe: Pipe) {
    this.#pipe = pipe;
  }

  get remoteKey(): Bytes {
    return this.#pipe.remoteKey;
  }

  get frames(): AsyncIterable<Bytes> {
    return this.#pipe.frames;
  }

  /** The next frame that nobody expects yet is for this one: to be called just before what sends it. */
  expect(watch: Watch): void {
    this.#expected.push(watch);
  }

  async send(frame: Bytes): Promise<void> {
    this.#expected.shift()?.(frame);
    await this.#pipe.send(frame);
  }

  reset(): void {
    this.#pipe.reset();
  }

  giveUp(): void {
    this.#pipe.giveUp();
  }

  end(): Promise<void> {
    return this.#pipe.end();
  }
}
