// A pipe of frames: what a session needs of whatever carries it (P10.6). Types only: the engine has its own, tests another.

import type { Bytes } from "./bytes.ts";

/** A stream to one peer that carries whole frames, in order, both ways. */
export interface Pipe {
  /** The Ed25519 public key, 32 bytes, that the engine has proved the other side to hold. */
  readonly remoteKey: Bytes;
  /**
   * Sends a frame (its bytes, without the length before it: the pipe writes that).
   * @returns when there is room for the next frame: who waits for it never fills the memory
   * @throws Error once the pipe is over, however that came
   */
  send(frame: Bytes): Promise<void>;
  /**
   * The other side's frames, to be read by one reader, once. The next one is taken only when it is asked for.
   * It ends when the other side has ended its half, and when the pipe was reset or lost, by whomever.
   * What had come before is given first; only after an own reset nothing more is given.
   * A frame over 262,144 bytes resets the pipe.
   */
  readonly frames: AsyncIterable<Bytes>;
  /** Ends both directions at once; what is on its way may be lost. A second time it does nothing. */
  reset(): void;
  /**
   * The other side has owed an answer for too long: what carries the pipe may be dead, although it seems to stand. It is cut,
   * and the next calls go another way where there is one.
   */
  giveUp(): void;
  /** Ends the own direction once all that was sent is on its way. It never throws. */
  end(): Promise<void>;
}
