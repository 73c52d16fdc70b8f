// A session: keys of its own for one stream, and sealed contents both ways (P10.6). How it begins stands in handshake.ts.

import { type Bytes, toUtf8 } from "./bytes.ts";
import { TAG_BYTES } from "./cryptography.ts";
import { MAX_FRAME_BYTES } from "./frames.ts";
import { type Handshaken, nextFrame, type Peer, type SessionOptions, shakeHands } from "./handshake.ts";
import type { Pipe } from "./pipe.ts";
import type { SealedPair } from "./sealed-channel.ts";
import { SessionError } from "./session-error.ts";
import type { Role } from "./session-keys.ts";

export { isReady, type Peer, READY, type SessionOptions, type Wait } from "./handshake.ts";
export { type ErrorCode, SessionError, type SessionProblem } from "./session-error.ts";
export type { Role } from "./session-keys.ts";

/** The longest content, in bytes: what is left of a frame beside the tag. */
export const MAX_CONTENT_BYTES = MAX_FRAME_BYTES - TAG_BYTES;

const BYE = toUtf8(' {"type":"bye"}');

/**
 * Opens a session over a new pipe, as the initiator or the responder.
 * @throws SessionError if none begins: its code says why, and whether the other side said so. The pipe is reset then.
 *   What `secretOf` and `complete` throw is thrown on, and the pipe is reset.
 */
export async function openSession(pipe: Pipe, options: SessionOptions): Promise<Session> {
  return new Session(await shakeHands(pipe, options));
}

/** Both sides have said that they are ready: from now on contents pass, sealed. */
export class Session {
  readonly peer: Peer;
  readonly role: Role;
  /** What the other side sent, opened, to be read by one reader, once. It ends with the stream. */
  readonly contents: AsyncIterable<Bytes>;
  readonly #parts: Handshaken;
  /** The end of what is being sent: contents go one after the other. */
  #sending: Promise<void> = Promise.resolve();
  #hasSaidBye = false;
  #isReset = false;
  #problem: "bad-record" | undefined;

  constructor(parts: Handshaken) {
    this.#parts = parts;
    this.peer = parts.peer;
    this.role = parts.role;
    this.contents = this.#read();
  }

  /** Why the contents ended, if something came that the other side had not sealed: the stream was reset then. */
  get problem(): "bad-record" | undefined {
    return this.#problem;
  }

  /**
   * Seals and sends one content, after all that were sent before it.
   * @param content at most 262,128 bytes, not to be changed until it is sent
   * @returns when there is room for the next one
   * @throws RangeError if it is too long; SessionError "lost" if the stream is over, "stopped" after `bye` or `reset`
   */
  send(content: Bytes): Promise<void> {
    if (content.length > MAX_CONTENT_BYTES)
      return Promise.reject(
        new RangeError(
          `a content of ${content.length} bytes is too long: at most ${MAX_CONTENT_BYTES} are allowed`,
        ),
      );
    if (this.#hasSaidBye) return Promise.reject(new SessionError("stopped"));
    return this.#enqueue(content);
  }

  /**
   * The keys of a direct path (P10.10), with counters from 0.
   * @param attempt 1, 2, …
   * @throws RangeError unless it is greater than the last one: no key is given out twice
   */
  async directKeys(attempt: number): Promise<SealedPair> {
    if (attempt < 1) throw new RangeError(`attempt ${attempt}: the first one is 1`);
    return this.#parts.keys.direct(attempt);
  }

  /** Says goodbye after all that was sent before, and ends the own direction. What comes is still read. Never throws. */
  async bye(): Promise<void> {
    if (this.#hasSaidBye) return this.#sending;
    this.#hasSaidBye = true;
    // Where the stream is over there is nobody to say it to.
    await this.#enqueue(BYE).catch(() => undefined);
    await this.#parts.pipe.end();
  }

  /** Ends both directions at once; nothing more is given to who reads. */
  reset(): void {
    this.#isReset = true;
    this.#parts.pipe.reset();
  }

  #enqueue(content: Bytes): Promise<void> {
    const sent = this.#sending.then(async () => {
      if (this.#isReset) throw new SessionError("stopped");
      const frame = await this.#parts.channel.sealer.seal(content);
      try {
        await this.#parts.pipe.send(frame);
      } catch {
        throw new SessionError("lost");
      }
    });
    this.#sending = sent.catch(() => undefined);
    return sent;
  }

  async *#read(): AsyncGenerator<Bytes, void> {
    for (;;) {
      const frame = await nextFrame(this.#parts.frames);
      if (frame === undefined) return;
      const content = await this.#parts.channel.opener.open(frame);
      // Who has reset the session in the meantime wants to see nothing more of it.
      if (this.#isReset) return;
      if (content === undefined) {
        this.#problem = "bad-record";
        this.reset();
        return;
      }
      yield content;
    }
  }
}
