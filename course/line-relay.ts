// A relay between two programs that takes what passes apart into lines. It passes nothing on by itself: whoever started it
// decides what becomes of each line, and when.

import { connect, createServer, type Server, type Socket } from "node:net";

/** The caller has connected to the relay; the relay has connected to the called side. */
export type Side = "caller" | "called";

/** What is told of each connection. */
export interface RelayHandler {
  /** Both halves are connected. */
  opened?(passage: Passage): void;
  /** A line has come: exactly its bytes, including the LF. Of more than MOST_LINE_BYTES without one, a piece. */
  line(passage: Passage, from: Side, bytes: Buffer): void;
  /** This side says nothing more. @param rest bytes behind the last LF */
  ended(passage: Passage, from: Side, rest: Buffer): void;
  /** This side's socket is closed. */
  closed?(passage: Passage, from: Side): void;
}

/** The longest line that is waited for, in bytes: the registry's `users` (P0.3). */
const MOST_LINE_BYTES = 4_194_304;
const LINE_FEED = 0x0a;
const HOST = "127.0.0.1";

/** The ports of a connection through the relay, all on 127.0.0.1. */
export interface PassagePorts {
  caller: number;
  /** Where the caller thinks the called side is. */
  relayIn: number;
  /** From where the called side thinks it is called. */
  relayOut: number;
  called: number;
}

export class LineRelay {
  /** The port that the relay connects to. If it is not known yet, callers wait. */
  targetPort: number | Promise<number>;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #handler: RelayHandler;

  private constructor(targetPort: number | Promise<number>, handler: RelayHandler) {
    this.targetPort = targetPort;
    this.#handler = handler;
    // What the caller says is read when there is somebody to say it to.
    const options = { allowHalfOpen: true, noDelay: true, pauseOnConnect: true };
    this.#server = createServer(options, (caller) => {
      this.#remember(caller);
      // Where there is nobody to call, there is nobody to answer.
      Promise.resolve(this.targetPort).then(
        (port) => this.#take(caller, port),
        () => caller.destroy(),
      );
    });
  }

  /** Listens on a port that the system chooses, and connects to `targetPort`, both on this machine. */
  static async start(targetPort: number | Promise<number>, handler: RelayHandler): Promise<LineRelay> {
    const relay = new LineRelay(targetPort, handler);
    await new Promise<void>((resolve, reject) => {
      relay.#server.once("error", reject);
      relay.#server.listen({ host: HOST, port: 0 }, resolve);
    });
    return relay;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #remember(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("error", () => {}); // It is followed by `close`.
  }

  #take(caller: Socket, port: number): void {
    if (caller.destroyed) return;
    const called = connect({ host: HOST, port, noDelay: true, allowHalfOpen: true });
    this.#remember(called);
    const passage = new Passage({ caller, called });
    caller.on("error", () => called.destroy());
    called.on("error", () => caller.destroy());
    called.once("connect", () => {
      passage.ports = {
        caller: caller.remotePort ?? 0,
        relayIn: caller.localPort ?? 0,
        relayOut: called.localPort ?? 0,
        called: called.remotePort ?? 0,
      };
      this.#handler.opened?.(passage);
      this.#read(passage, caller, "caller");
      this.#read(passage, called, "called");
      caller.resume();
    });
  }

  #read(passage: Passage, source: Socket, from: Side): void {
    let unfinished: Buffer = Buffer.alloc(0);
    source.on("data", (chunk: Buffer) => {
      let rest = unfinished.length === 0 ? chunk : Buffer.concat([unfinished, chunk]);
      // Only what is new can hold an LF.
      let end = rest.indexOf(LINE_FEED, unfinished.length) + 1;
      for (; end > 0; end = rest.indexOf(LINE_FEED) + 1) {
        this.#handler.line(passage, from, rest.subarray(0, end));
        rest = rest.subarray(end);
      }
      if (rest.length > MOST_LINE_BYTES) {
        this.#handler.line(passage, from, rest);
        rest = Buffer.alloc(0);
      }
      unfinished = rest;
    });
    source.on("end", () => this.#handler.ended(passage, from, unfinished));
    source.on("close", () => this.#handler.closed?.(passage, from));
  }
}

/** A connection through a relay. */
export class Passage {
  /** Known from `opened` on. */
  ports: PassagePorts = { caller: 0, relayIn: 0, relayOut: 0, called: 0 };
  readonly #sockets: Readonly<Record<Side, Socket>>;
  /** Why nothing is read from a side. */
  readonly #reasons: Readonly<Record<Side, Set<"held" | "full">>> = { caller: new Set(), called: new Set() };

  constructor(sockets: Readonly<Record<Side, Socket>>) {
    this.#sockets = sockets;
  }

  /** Sends bytes on, as if this side had said them. @returns false if nobody is there any more */
  send(from: Side, bytes: Buffer): boolean {
    const to = this.#sockets[otherSide(from)];
    if (!to.writable) return false;
    if (!to.write(bytes)) {
      this.#stop(from, "full");
      to.once("drain", () => this.#go(from, "full"));
    }
    return true;
  }

  /** Tells the other side that this side says nothing more. */
  end(from: Side): void {
    this.#sockets[otherSide(from)].end();
  }

  /** Nothing is read from this side until `holds` is false: then whoever speaks there has to wait in the end. */
  hold(from: Side, holds: boolean): void {
    if (holds) this.#stop(from, "held");
    else this.#go(from, "held");
  }

  #stop(from: Side, reason: "held" | "full"): void {
    this.#reasons[from].add(reason);
    this.#sockets[from].pause();
  }

  #go(from: Side, reason: "held" | "full"): void {
    this.#reasons[from].delete(reason);
    if (this.#reasons[from].size === 0) this.#sockets[from].resume();
  }
}

export function otherSide(side: Side): Side {
  return side === "caller" ? "called" : "caller";
}
