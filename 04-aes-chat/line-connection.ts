// A socket that speaks in lines: P0 for stages 02 to 04, on both ends.

import type { Socket } from "node:net";
import { type Line, LineReader } from "./lines.ts";
import { linger } from "./lingering.ts";
import { ProtocolError } from "./messages.ts";

/** The longest line, in bytes, the LF included (P0.3). */
const MAX_LINE_BYTES = 262_144;

/** What the other side may leave unread, in bytes, before the connection is dropped (P0.7, P3.10). */
const MAX_UNREAD_BYTES = 1_048_576;

/** How long news is gathered, in milliseconds. When a thousand come at once, their thousand lines leave in a few writes. */
const NEWS_DELAY = 20;

/** How many characters of lines are gathered before they go to the socket at once. */
const FLUSH_LENGTH = 8_192;

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
  /** Lines not yet written to the socket, and when they will be. */
  #outgoing = "";
  #soon: NodeJS.Immediate | undefined;
  #later: NodeJS.Timeout | undefined;
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
      this.#reason ??= REASONS[code] ?? (code || message);
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

  /** Sends a line. Lines sent in the same turn of the event loop leave together, in one write. */
  send(line: string): void {
    this.#add(line);
    this.#soon ??= setImmediate(() => this.#flush());
  }

  /** Sends a line for which nobody waits. It leaves with those of the next 20 ms, or with the next answer. */
  sendNews(line: string): void {
    this.#add(line);
    this.#later ??= setTimeout(() => this.#flush(), NEWS_DELAY);
  }

  /** Ends our half after a last line. What the other side says is still listened to. */
  end(lastLine?: string): void {
    if (lastLine !== undefined) this.#add(lastLine);
    this.#flush();
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

  /** Adds a line to those to be written. If the other side leaves too much unread, drops the connection instead. */
  #add(line: string): void {
    if (this.#ended) return;
    if (this.#socket.writableLength > MAX_UNREAD_BYTES) return this.destroy("the other side does not read");
    this.#outgoing += `${line}\n`;
    // Much at once: let the socket have it, so that what the other side leaves unread is counted.
    if (this.#outgoing.length >= FLUSH_LENGTH) this.#flush();
  }

  #flush(): void {
    clearImmediate(this.#soon);
    clearTimeout(this.#later);
    this.#soon = undefined;
    this.#later = undefined;
    if (this.#outgoing !== "") this.#socket.write(this.#outgoing);
    this.#outgoing = "";
  }
}
