// The attacker's side of a connection: sends lines, and receives lines one after the other.

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { AttackError } from "./report.ts";

/** How long to wait for the other side, in milliseconds. The programs of the course are always much faster. */
const DEADLINE = 20_000;

/** The longest line that the protocol allows (P0.3), in characters. */
const LONGEST_LINE = 4_194_304;

export class LineSocket {
  readonly #socket: Socket;
  readonly #lines: string[] = [];
  #unfinished = "";
  #ended = false;
  #wake: () => void = () => {};

  /** The socket must have been made with `allowHalfOpen`. */
  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding("utf8").setNoDelay(true);
    socket.on("data", (text) => this.#receive(String(text)));
    for (const event of ["end", "close"]) socket.on(event, () => this.#end());
    socket.on("error", () => {}); // The event "close" follows, and says enough.
  }

  /** @throws AttackError if nobody listens on the port */
  static async connect(port: number): Promise<LineSocket> {
    const socket = connect({ host: "127.0.0.1", port, allowHalfOpen: true });
    try {
      await once(socket, "connect");
    } catch {
      throw new AttackError(`nobody listens on port ${port}`);
    }
    return new LineSocket(socket);
  }

  send(line: string): void {
    if (!this.#socket.destroyed) this.#socket.write(`${line}\n`);
  }

  /**
   * Waits for the next line.
   * @param patience how long to wait, in milliseconds
   * @returns the line without its LF; undefined if the other side has ended its half
   * @throws AttackError if no line comes in time
   */
  async line(patience = DEADLINE): Promise<string | undefined> {
    if (this.#lines.length === 0 && !this.#ended) await this.#news(patience);
    return this.#lines.shift();
  }

  /** Ends our half of the connection: the other side receives a FIN. */
  end(): void {
    this.#socket.end();
  }

  close(): void {
    this.#socket.destroy();
  }

  #news(patience: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = (): void => reject(new AttackError(`the other side did nothing for ${patience / 1000} s`));
      const timer = patience === Infinity ? undefined : setTimeout(late, patience);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #receive(text: string): void {
    const lines = (this.#unfinished + text).split("\n");
    this.#unfinished = lines.pop() ?? "";
    if (this.#unfinished.length > LONGEST_LINE) this.close();
    if (lines.length === 0) return;
    for (const line of lines) this.#lines.push(line);
    this.#wake();
  }

  #end(): void {
    this.#ended = true;
    this.#wake();
  }
}
