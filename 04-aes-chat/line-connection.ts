// A socket that speaks in lines: P0 for stages 02 to 04, on both ends.

import type { Socket } from "node:net";
import { type Line, LineReader } from "./lines.ts";
import { linger } from "./lingering.ts";

/** The longest line, in bytes, the LF included (P0.3). */
export const MAX_LINE_BYTES = 262_144;

/** What the other side may leave unread, in bytes, before the connection is dropped (P0.7, P3.10). */
const MAX_UNREAD_BYTES = 1_048_576;

/** How many characters of lines are gathered before they go to the socket at once. */
const FLUSH_LENGTH = 8_192;

export interface LineHandlers {
  /** The next line, or what stands in its place. */
  onLine(line: Line): void;
  /** The other side has ended its half of the connection: no more lines will come. */
  onEnd(): void;
  /** The connection is gone. The reason is given if it was not closed in good order. */
  onClose(reason: string | undefined): void;
}

export class LineConnection {
  readonly #socket: Socket;
  readonly #handlers: LineHandlers;
  /** Lines not yet handed to the socket, and how long they are together. */
  #outgoing: string[] = [];
  #outgoingLength = 0;
  /** A flush is due at the end of this turn. */
  #flushing = false;
  /** We send nothing more. */
  #ended = false;
  /** We listen no more. */
  #deaf = false;
  #reason: string | undefined;

  /** The socket must have been made with `allowHalfOpen`. It may still be connecting. */
  constructor(socket: Socket, handlers: LineHandlers, maxLineBytes = MAX_LINE_BYTES) {
    this.#socket = socket;
    this.#handlers = handlers;
    const reader = new LineReader(maxLineBytes);
    socket.on("data", (chunk: Buffer) => {
      if (this.#deaf) return;
      for (const line of reader.push(chunk)) {
        handlers.onLine(line);
        if (this.#deaf) return; // That line made us close the connection.
      }
    });
    socket.on("end", () => {
      if (this.#deaf) socket.end();
      else handlers.onEnd();
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      this.#reason ??= explain(error);
    });
    socket.on("close", () => this.#handlers.onClose(this.#reason));
  }

  /** Sends a line. Lines sent in the same turn of the event loop leave together, in one write to the socket. */
  send(line: string): void {
    this.queue(line);
    if (this.#flushing || this.#outgoing.length === 0) return;
    this.#flushing = true;
    setImmediate(() => {
      this.#flushing = false;
      this.flush();
    });
  }

  /**
   * Adds a line to those that leave with the next send() or flush().
   * If the other side has left too much unread, the connection is dropped instead.
   */
  queue(line: string): void {
    if (this.#ended) return;
    if (this.#socket.writableLength > MAX_UNREAD_BYTES) {
      this.destroy("the other side does not read");
      return;
    }
    this.#outgoing.push(line);
    this.#outgoingLength += line.length;
    // Much at once: let the socket have it, so that what the other side leaves unread is counted.
    if (this.#outgoingLength >= FLUSH_LENGTH) this.flush();
  }

  /** Hands all lines queued to the socket, in one write. */
  flush(): void {
    if (this.#outgoing.length === 0 || this.#ended) return;
    const lines = this.#outgoing;
    this.#outgoing = [];
    this.#outgoingLength = 0;
    this.#socket.write(`${lines.join("\n")}\n`);
  }

  /** Ends our half after a last line. What the other side says is still listened to. */
  end(lastLine?: string): void {
    if (lastLine !== undefined) this.send(lastLine);
    this.flush();
    this.#ended = true;
    this.#socket.end();
  }

  /** Closes the connection after a last line. What still comes is not listened to. */
  close(lastLine?: string): void {
    if (this.#deaf) return;
    if (!this.#ended) this.end(lastLine);
    this.#deaf = true;
    linger(this.#socket);
  }

  /** Drops the connection at once; lines not sent are lost. */
  destroy(reason?: string): void {
    this.#reason ??= reason;
    this.#ended = true;
    this.#deaf = true;
    this.#socket.destroy();
  }
}

/** What a student can make of a system's error code. */
export function explain(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case "ECONNREFUSED":
      return "nobody listens there";
    case "ECONNRESET":
    case "EPIPE":
      return "the connection was reset";
    case "ETIMEDOUT":
      return "no answer";
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return "no such host";
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return "no way to that host";
    default:
      return error.code ?? error.message;
  }
}
