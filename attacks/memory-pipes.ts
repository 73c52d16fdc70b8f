// Two ends of a pipe of frames in this process: stage 06's sessions run over it without libp2p. Pure.

import type { Bytes } from "../06-dht-chat/bytes.ts";
import type { Pipe } from "../06-dht-chat/pipe.ts";

/** One direction: frames that wait, or somebody who waits for them. */
class Lane {
  #frames: Bytes[] = [];
  #isOver = false;
  #wake = (): void => {};

  put(frame: Bytes): void {
    if (this.#isOver) throw new Error("the pipe is over");
    this.#frames.push(frame);
    this.#wake();
  }

  end(): void {
    this.#isOver = true;
    this.#wake();
  }

  async *read(): AsyncGenerator<Bytes, void> {
    for (;;) {
      const frame = this.#frames.shift();
      if (frame !== undefined) yield frame;
      else if (this.#isOver) return;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }
}

/** @param keys the public keys of the first end's owner and of the second's, as an engine would have proved them */
export function pipes(keys: readonly [Bytes, Bytes]): [Pipe, Pipe] {
  const lanes: [Lane, Lane] = [new Lane(), new Lane()];
  const end = (own: Lane, other: Lane, remoteKey: Bytes): Pipe => {
    const reset = (): void => {
      own.end();
      other.end();
    };
    return {
      remoteKey,
      frames: other.read(),
      send: async (frame) => own.put(frame),
      end: async () => own.end(),
      reset,
      giveUp: reset,
    };
  };
  return [end(lanes[0], lanes[1], keys[1]), end(lanes[1], lanes[0], keys[0])];
}
