// Raw bytes over a real socket: what a test says to a program, and what it expects to hear.

import { connect, createServer, type Server, type Socket } from "node:net";

/** How long to wait for anything, in milliseconds: much longer than it ever takes. */
const DEADLINE = 15_000;

/** One TCP connection, seen as the bytes and lines that come over it. */
export class Wire {
  readonly socket: Socket;
  /** Bytes received and not yet taken. */
  #received = Buffer.alloc(0);
  #ended = false;
  #closed = false;
  #changed: (() => void)[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#change();
    });
    socket.on("end", () => {
      this.#ended = true;
      this.#change();
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#closed = true;
      this.#change();
    });
  }

  /** Connects to a port of this machine. */
  static async connect(port: number, host = "127.0.0.1"): Promise<Wire> {
    const socket = connect({ host, port, noDelay: true, allowHalfOpen: true });
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    return new Wire(socket);
  }

  /** Sends bytes, exactly these. */
  send(bytes: string | Uint8Array): void {
    this.socket.write(bytes);
  }

  /** Sends an object as a JSON line. */
  sendJson(object: unknown): void {
    this.send(`${JSON.stringify(object)}\n`);
  }

  /** The next line, without its LF. Fails if the connection ends before one is complete. */
  async line(): Promise<string> {
    await this.#until("a line", () => this.#received.includes(0x0a) || this.#over);
    const end = this.#received.indexOf(0x0a);
    if (end === -1)
      throw new Error(
        `the connection ended instead of a line; received: ${JSON.stringify(this.#received.toString())}`,
      );
    const line = this.#received.toString("utf8", 0, end);
    this.#received = this.#received.subarray(end + 1);
    return line;
  }

  /** The next line, parsed. */
  async json(): Promise<Record<string, unknown>> {
    return JSON.parse(await this.line());
  }

  /** Waits until the other side has ended its half, and returns what it sent before that. Closed by a reset counts. */
  async end(): Promise<string> {
    await this.#until("the end of the connection", () => this.#over);
    const rest = this.#received.toString();
    this.#received = Buffer.alloc(0);
    return rest;
  }

  /** Ends our half. */
  endHalf(): void {
    this.socket.end();
  }

  reset(): void {
    this.socket.resetAndDestroy();
  }

  close(): void {
    this.socket.destroy();
  }

  get #over(): boolean {
    return this.#ended || this.#closed;
  }

  async #until(what: string, condition: () => boolean): Promise<void> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.#change();
    }, DEADLINE);
    try {
      while (!condition()) {
        if (late)
          throw new Error(`no ${what} in time; received: ${JSON.stringify(this.#received.toString())}`);
        await new Promise<void>((resolve) => this.#changed.push(resolve));
      }
    } finally {
      clearTimeout(timer);
    }
  }

  #change(): void {
    for (const resolve of this.#changed.splice(0)) resolve();
  }
}

/** A server of the test's own: a registry or a peer played by hand. */
export class WireServer {
  readonly port: number;
  readonly #server: Server;
  readonly #wires: Wire[] = [];
  #waiting: ((wire: Wire) => void)[] = [];

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
    server.on("connection", (socket) => {
      const wire = new Wire(socket);
      const waiting = this.#waiting.shift();
      if (waiting === undefined) this.#wires.push(wire);
      else waiting(wire);
    });
  }

  static async listen(port = 0): Promise<WireServer> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host: "127.0.0.1", port }, resolve);
    });
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no address");
    return new WireServer(server, address.port);
  }

  /** The next connection that is made to it. */
  async connection(): Promise<Wire> {
    const wire = this.#wires.shift();
    if (wire !== undefined) return wire;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("nobody connected in time")), DEADLINE);
      this.#waiting.push((next) => {
        clearTimeout(timer);
        resolve(next);
      });
    });
  }

  close(): void {
    this.#server.close();
    for (const wire of this.#wires) wire.close();
  }
}
