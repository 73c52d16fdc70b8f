// Raw bytes over a real socket: what a test says to a program, and what it expects to hear.

import { connect, createServer, type Server, type Socket } from "node:net";

/** How long to wait for anything, in milliseconds: much longer than it ever takes. */
const DEADLINE = 30_000;

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

/** The connections that a test opens, to close them all when it is over. */
export class Wires {
  readonly #wires: Wire[] = [];

  async open(port: number, host?: string): Promise<Wire> {
    const wire = await Wire.connect(port, host);
    this.#wires.push(wire);
    return wire;
  }

  closeAll(): void {
    for (const wire of this.#wires.splice(0)) wire.close();
  }
}

/** Sends bytes cut at these offsets, each piece in a write of its own and in its own turn of the event loop. */
export async function sendInPieces(wire: Wire, bytes: Uint8Array, cuts: readonly number[]): Promise<void> {
  const offsets = [...new Set([0, ...cuts, bytes.length])].sort((a, b) => a - b);
  for (const [index, start] of offsets.entries()) {
    const piece = bytes.subarray(start, offsets[index + 1]);
    if (piece.length === 0) continue;
    await new Promise<void>((resolve) => wire.socket.write(piece, () => setImmediate(resolve)));
  }
}

/** Registers at a registry, and waits for the `registered`. */
export async function register(wire: Wire, username: string, port = 50001): Promise<void> {
  wire.sendJson({ type: "register", username, port });
  const answer = await wire.json();
  if (answer.type !== "registered") throw new Error(`not registered: ${JSON.stringify(answer)}`);
}

/** The next answer of a registry; the presence lines before it are passed over. */
export async function answerFrom(wire: Wire): Promise<Record<string, unknown>> {
  for (;;) {
    const line = await wire.json();
    if (line.type !== "joined" && line.type !== "left") return line;
  }
}

/** The code of the next line, which has to be a whole error: P2 and P3.1. */
export async function errorCode(wire: Wire): Promise<unknown> {
  const line = await wire.json();
  if (line.type !== "error" || typeof line.message !== "string" || line.message === "")
    throw new Error(`no error with a message: ${JSON.stringify(line)}`);
  return line.code;
}

/** Waits until a registry has seen that all its clients are gone. */
export async function untilNobodyIsRegistered(port: number): Promise<void> {
  const wire = await Wire.connect(port);
  await register(wire, "janitor");
  let users: unknown;
  do {
    wire.sendJson({ type: "list" });
    ({ users } = await answerFrom(wire));
  } while (!Array.isArray(users) || users.length > 0);
  wire.sendJson({ type: "leave" });
  await wire.end();
  wire.close();
}
