// A socket that carries tokens in frames (P9.1).

import type { Socket } from "node:net";
import { encodeFrame, FrameReader } from "./frames.ts";
import { linger } from "./lingering.ts";

/** What the other side may leave unread, in bytes, before the connection is dropped. */
const MAX_UNREAD_BYTES = 4_194_304;
/** With so much unread, drained() waits. */
const MUCH_UNREAD_BYTES = 262_144;

/** How long a connection that we have given up stays, in milliseconds. */
const ABANDONED_TIME = 200;

/** What the system's error codes mean. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nobody listens there",
  ECONNRESET: "the connection was reset",
  EPIPE: "the connection was reset",
  ETIMEDOUT: "no answer",
  ENOTFOUND: "no such host",
  EAI_AGAIN: "no such host",
  EHOSTUNREACH: "no way to that host",
  ENETUNREACH: "no way to that host",
  EADDRNOTAVAIL: "no way to that host",
};

export interface FrameHandlers {
  onToken(token: string): void;
  /** What has come is no frame, or one of another team. Nothing more is read. */
  onBad(): void;
  /** The other side has ended its half of the connection: nothing more will come. */
  onEnd(): void;
  /** The connection is gone. The reason is given if it was not closed in good order. */
  onClose(reason: string | undefined): void;
}

export class FrameConnection {
  readonly #socket: Socket;
  readonly #team: string;
  /** Where we say that we listen. */
  readonly #address: string;
  #handlers: FrameHandlers;
  /** We send nothing more. */
  #ended = false;
  /** We look no more at what comes. */
  #deaf = false;
  #isCorked = false;
  #reason: string | undefined;
  #waiting: (() => void)[] = [];

  /** The socket is connected, and was made with `allowHalfOpen`. */
  constructor(socket: Socket, team: string, address: string, handlers: FrameHandlers) {
    this.#socket = socket;
    this.#team = team;
    this.#address = address;
    this.#handlers = handlers;
    const reader = new FrameReader(team);
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => {
      if (this.#deaf) return;
      for (const frame of reader.push(chunk)) {
        if (frame.kind === "bad") this.#handlers.onBad();
        else this.#handlers.onToken(frame.token);
        if (this.#deaf) return; // That made us close the connection.
      }
    });
    socket.on("end", () => {
      if (this.#deaf) socket.end();
      else this.#handlers.onEnd();
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      this.#reason ??= reasonOf(error);
    });
    socket.on("drain", () => this.#wake());
    socket.on("close", () => {
      this.#wake();
      if (!this.#deaf) this.#handlers.onClose(this.#reason);
    });
  }

  /** What comes from now on is for somebody else. */
  handOver(handlers: FrameHandlers): void {
    this.#handlers = handlers;
  }

  /** Sends a token. Those of the same turn of the event loop leave together. */
  send(token: string): void {
    if (this.#ended) return;
    if (this.#socket.writableLength > MAX_UNREAD_BYTES) return this.#giveUp("the other side does not read");
    if (!this.#isCorked) {
      this.#isCorked = true;
      this.#socket.cork();
      setImmediate(() => {
        this.#isCorked = false;
        this.#socket.uncork();
      });
    }
    this.#socket.write(encodeFrame(this.#address, this.#team, token), "latin1");
  }

  /** Ends our half after a last token. What the other side says is still listened to. */
  end(lastToken: string): void {
    this.send(lastToken);
    this.#ended = true;
    this.#socket.end();
  }

  /** Closes the connection after a last token. What still comes is not listened to. */
  close(lastToken?: string): void {
    if (this.#deaf) return;
    if (lastToken !== undefined) this.send(lastToken);
    this.#ended = true;
    this.#deaf = true;
    this.#socket.end();
    linger(this.#socket);
  }

  /** Drops the connection at once, without a word. Handlers are not called any more. */
  destroy(): void {
    this.#ended = true;
    this.#deaf = true;
    this.#socket.destroy();
  }

  /**
   * Drops it without a word, but not at once: another connection has taken its place, and the other side should first
   * read there why this one ends.
   */
  abandon(): void {
    this.#ended = true;
    this.#deaf = true;
    setTimeout(() => this.#socket.destroy(), ABANDONED_TIME);
  }

  /** Resolves when little is left unread, or when the connection is gone. */
  async drained(): Promise<void> {
    while (!this.#ended && this.#socket.writableLength > MUCH_UNREAD_BYTES) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** Drops the connection, and says so by onClose. */
  #giveUp(reason: string): void {
    this.#reason ??= reason;
    this.#ended = true;
    this.#socket.destroy();
  }
}

/** What an error of a socket means, in words. */
export function reasonOf({ code = "", message }: NodeJS.ErrnoException): string {
  return REASONS[code] ?? (code || message);
}
