// The client's side of the registry: registers, asks, hears who comes and goes, and comes back when it was lost (P2, P7).

import { connect } from "node:net";
import { LineConnection } from "./line-connection.ts";
import type { Line } from "./lines.ts";
import { nameKey, ProtocolError } from "./messages.ts";
import {
  parseRegistryLine,
  type RegistryLine,
  type RegistryRequest,
  type User,
} from "./registry-messages.ts";

/** The longest line from the registry, in bytes: `users` can be long (P0.3). */
const MAX_REGISTRY_LINE_BYTES = 4_194_304;

/** How long the registry may take to connect or to answer, in milliseconds. */
const PATIENCE = 10_000;

/** The longest pause between two attempts to come back, in seconds. */
const MAX_PAUSE = 30;

export interface RegistryEvents {
  onJoined(user: User): void;
  onLeft(username: string): void;
  /** The registry is gone; attempts to come back have begun. Once for each loss. */
  onLost(reason: string): void;
  /** The registry is back but does not want us. Once for each loss; the attempts go on. */
  onRefused(error: RegistryError): void;
  /** Registered: for the first time, or again after a loss. */
  onRegistered(username: string): void;
}

/** The registry has answered with an error, or cannot be asked. */
export class RegistryError extends Error {
  /** The code of the registry's answer, or `no-registry`. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** A request on its way: the type of line that answers it, and who waits for that. */
interface Pending {
  expected: RegistryLine["type"];
  answered: (answer: RegistryLine) => void;
  reject: (error: RegistryError) => void;
}

export class RegistryLink {
  readonly #host: string;
  readonly #port: number;
  readonly #events: RegistryEvents;
  #session: Session | undefined;
  /** A connection that has not registered yet. */
  #attempt: Session | undefined;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(address: { host: string; port: number }, events: RegistryEvents) {
    this.#host = address.host;
    this.#port = address.port;
    this.#events = events;
  }

  /**
   * Connects and registers. From then on the link comes back by itself when it is lost.
   * @param port where the client listens for its peers
   * @throws RegistryError
   */
  async register(username: string, port: number): Promise<void> {
    const session = new Session(this.#host, this.#port, this.#events);
    this.#attempt = session;
    try {
      await session.ask({ type: "register", username, port }, "registered", (answer) => {
        checkName(answer.username, username);
        this.#session = session;
        session.onLost = (reason) => this.#lose(reason, answer.username, port);
        this.#events.onRegistered(answer.username);
      });
    } catch (error) {
      session.close();
      throw error;
    } finally {
      this.#attempt = undefined;
    }
  }

  /**
   * Asks who is there.
   * @param answered gets everybody else
   * @throws RegistryError
   */
  async list(answered: (users: User[]) => void): Promise<void> {
    await this.#current().ask({ type: "list" }, "users", ({ users }) => answered(users));
  }

  /** @throws RegistryError */
  async lookup(username: string): Promise<User> {
    const request = { type: "lookup", username } as const;
    const user = await this.#current().ask(request, "user", (answer) => checkName(answer.username, username));
    return { username: user.username, host: user.host, port: user.port };
  }

  /** Says goodbye. Answers that are still on their way arrive before the promise is kept. */
  async leave(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#attempt?.close();
    await this.#session?.leave();
  }

  #current(): Session {
    if (this.#session === undefined)
      throw new RegistryError("no-registry", "there is no registry at the moment");
    return this.#session;
  }

  #lose(reason: string, username: string, port: number): void {
    this.#session = undefined;
    if (this.#closed) return;
    this.#events.onLost(reason);
    this.#comeBack(username, port, 1, false);
  }

  /** Tries to register again after a pause that doubles with each failure. */
  #comeBack(username: string, port: number, pause: number, refusedBefore: boolean): void {
    this.#retry = setTimeout(async () => {
      let refused = refusedBefore;
      try {
        await this.register(username, port);
      } catch (error) {
        if (!(error instanceof RegistryError)) throw error;
        if (this.#closed) return;
        if (error.code !== "no-registry" && !refused) {
          refused = true;
          this.#events.onRefused(error);
        }
        this.#comeBack(username, port, Math.min(2 * pause, MAX_PAUSE), refused);
      }
    }, pause * 1000);
  }
}

/**
 * The answer to a question about one name must be about that name: a registry that answers with another could send what
 * is meant for one person to somebody else, unseen.
 * @throws ProtocolError
 */
function checkName(answered: string, asked: string): void {
  if (nameKey(answered) !== nameKey(asked))
    throw new ProtocolError("bad-request", "an answer about another name");
}

/** One connection to the registry, from connecting to its end. */
class Session {
  /** Called when the connection ends, once. */
  onLost: (reason: string) => void = () => {};
  readonly #events: RegistryEvents;
  readonly #connection: LineConnection;
  /** Requests not answered yet. Answers come in the order of the requests (P2.5). */
  readonly #pending: Pending[] = [];
  readonly #patience: NodeJS.Timeout;
  readonly #whenClosed: Promise<void>;
  #over = false;

  constructor(host: string, port: number, events: RegistryEvents) {
    this.#events = events;
    const socket = connect({ host, port, noDelay: true, keepAlive: true, allowHalfOpen: true });
    this.#whenClosed = new Promise((resolve) => socket.once("close", () => resolve()));
    this.#connection = new LineConnection(
      socket,
      {
        onLine: (line) => this.#receive(line),
        onEnd: () => this.#end("it closed the connection"),
        onClose: (reason) => this.#end(reason ?? "it closed the connection"),
      },
      MAX_REGISTRY_LINE_BYTES,
    );
    // Runs whenever a request is open, from the first on, which has the connection to wait for too.
    this.#patience = setTimeout(() => {
      if (this.#pending.length > 0) this.#end("it does not answer");
    }, PATIENCE);
  }

  /**
   * Sends a request.
   * @param answered gets the answer before the next line is looked at; whoever waits for the promise gets it later
   * @throws RegistryError
   */
  ask<Type extends RegistryLine["type"]>(
    request: RegistryRequest,
    expected: Type,
    answered: (answer: Extract<RegistryLine, { type: Type }>) => void = () => {},
  ): Promise<Extract<RegistryLine, { type: Type }>> {
    if (this.#over)
      return Promise.reject(new RegistryError("no-registry", "there is no registry at the moment"));
    if (this.#pending.length === 0) this.#patience.refresh();
    this.#connection.send(JSON.stringify(request));
    return new Promise((resolve, reject) => {
      const take = (answer: Extract<RegistryLine, { type: Type }>): void => {
        answered(answer);
        resolve(answer);
      };
      this.#pending.push({ expected, answered: take as Pending["answered"], reject });
    });
  }

  async leave(): Promise<void> {
    this.#connection.end(JSON.stringify({ type: "leave" }));
    const giveUp = setTimeout(() => this.close(), 2000);
    await this.#whenClosed;
    clearTimeout(giveUp);
  }

  close(): void {
    this.#connection.destroy();
    this.#end("closed");
  }

  #receive(line: Line): void {
    try {
      if (line.kind === "too-long") throw new ProtocolError("line-too-long", "a line that is too long");
      if (line.kind === "bad-encoding") throw new ProtocolError("bad-encoding", "a line that is not UTF-8");
      this.#handle(parseRegistryLine(line.text));
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#end(`it is no registry of ours: ${error.message}`);
    }
  }

  #handle(line: RegistryLine): void {
    switch (line.type) {
      case "ping":
        return this.#connection.send(JSON.stringify({ type: "pong" }));
      case "joined":
        return this.#events.onJoined(line);
      case "left":
        return this.#events.onLeft(line.username);
    }
    const [request] = this.#pending;
    if (request === undefined) throw new ProtocolError("bad-request", "an answer that nobody asked for");
    this.#patience.refresh();
    if (line.type === request.expected) request.answered(line);
    else if (line.type === "error") request.reject(new RegistryError(line.code, line.message));
    else throw new ProtocolError("bad-request", `${line.type} instead of ${request.expected}`);
    this.#pending.shift(); // Last: if the answer makes no sense, the request fails with the session.
  }

  /** The session is over: nobody waits in vain. */
  #end(reason: string): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#patience);
    this.#connection.close();
    for (const { reject } of this.#pending.splice(0)) reject(new RegistryError("no-registry", reason));
    this.onLost(reason);
  }
}
