// A socket that speaks in lines: P0 for stages 02 to 04, on both ends.

import type { Socket } from "node:net";
import { type Line, LineReader } from "./lines.ts";
import { linger } from "./lingering.ts";
import { ProtocolError } from "./messages.ts";

/** The longest line, in bytes, the LF included (P0.3). */
const MAX_LINE_BYTES = 262_144;

/** What the other side may leave unread, in bytes, before the connection is dropped (P0.7, P3.10). */
const MAX_UNREAD_BYTES = 1_048_576;

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
};

export interface LineHandlers {
  /** The next line has come. If this throws a ProtocolError, onWrong is told. */
  onLine(line: string): void;
  /** What has come is not allowed, or no line at all: it is too long, or not UTF-8. */
  onWrong(error: ProtocolError): void;
  /** The other side has ended its half of the connection: no more lines will come. */
  onEnd(): void;
  /** The connection is gone. The reason is given if it was not closed in good order. */
  onClose(reason: string | undefined): void;
}

export class LineConnection {
  readonly #socket: Socket;
  readonly #handlers: LineHandlers;
  /** We send nothing more. */
  #ended = false;
  /** We look no more at what comes. */
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
        this.#receive(line);
        if (this.#deaf) return; // That line made us close the connection.
      }
    });
    socket.on("end", () => {
      if (this.#deaf) socket.end();
      else handlers.onEnd();
    });
    socket.on("error", ({ code = "", message }: NodeJS.ErrnoException) => {
      this.#reason ??= REASONS[code] ?? message;
    });
    socket.on("close", () => handlers.onClose(this.#reason));
  }

  #receive(line: Line): void {
    try {
      if (line.kind === "too-long") throw new ProtocolError("line-too-long", "the line is too long");
      if (line.kind === "bad-encoding") throw new ProtocolError("bad-encoding", "a line must be UTF-8");
      this.#handlers.onLine(line.text);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#handlers.onWrong(error);
    }
  }

  /**
   * Sends a line. Lines sent in the same turn of the event loop leave together.
   * If the other side has left too much unread, the connection is dropped instead.
   */
  send(line: string): void {
    if (this.#ended) return;
    if (this.#socket.writableLength > MAX_UNREAD_BYTES) return this.destroy("the other side does not read");
    if (this.#socket.writableCorked === 0) {
      this.#socket.cork();
      setImmediate(() => this.#socket.uncork());
    }
    this.#socket.write(`${line}\n`);
  }

  /** Ends our half after a last line. What the other side says is still listened to. */
  end(lastLine?: string): void {
    if (lastLine !== undefined) this.send(lastLine);
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
