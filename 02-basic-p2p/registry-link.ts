// The client's side of the registry: registers, asks, hears who comes and goes, and registers again after a loss (P2, P7).

import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { LineConnection } from "./line-connection.ts";
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
  /** The registry is gone; attempts to come back have begun. Called once for each loss. */
  onLost(reason: string): void;
  /** The registry is back but does not want us; the attempts go on. Called once for each loss. */
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

type Answer<Type> = Extract<RegistryLine, { type: Type }>;

/** A request without an answer yet: the type of line that answers it, and what to do then. */
interface Pending {
  expected: RegistryLine["type"];
  answered: (answer: RegistryLine) => void;
  reject: (error: RegistryError) => void;
}

export class RegistryLink {
  readonly #address: { host: string; port: number };
  readonly #events: RegistryEvents;
  #session: Session | undefined;
  /** A connection that has not registered yet. */
  #attempt: Session | undefined;
  #closed = false;

  constructor(address: { host: string; port: number }, events: RegistryEvents) {
    this.#address = address;
    this.#events = events;
  }

  /**
   * Connects and registers. From then on the link comes back by itself when it is lost.
   * @param port where the client listens for its peers
   * @throws RegistryError
   */
  async register(username: string, port: number): Promise<void> {
    const session = new Session(this.#address, this.#events);
    this.#attempt = session;
    try {
      await session.ask({ type: "register", username, port }, "registered", (answer) => {
        checkName(answer.username, username);
        this.#session = session;
        session.onLost = (reason) => void this.#comeBack(reason, answer.username, port);
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
    return this.#current().ask(request, "user", (answer) => checkName(answer.username, username));
  }

  /** Says goodbye, and waits for the answers that are still on their way. */
  async leave(): Promise<void> {
    this.#closed = true;
    this.#attempt?.close();
    await this.#session?.leave();
  }

  #current(): Session {
    if (this.#session === undefined)
      throw new RegistryError("no-registry", "there is no registry at the moment");
    return this.#session;
  }

  /** The registry is lost: tries to register again, after pauses that double with each failure. */
  async #comeBack(reason: string, username: string, port: number): Promise<void> {
    this.#session = undefined;
    if (this.#closed) return;
    this.#events.onLost(reason);
    let refused = false;
    for (let pause = 1; ; pause = Math.min(2 * pause, MAX_PAUSE)) {
      await sleep(pause * 1000, undefined, { ref: false }); // The pause does not keep the program from ending.
      if (this.#closed) return;
      try {
        return await this.register(username, port);
      } catch (error) {
        if (!(error instanceof RegistryError)) throw error;
        if (this.#closed) return;
        if (error.code === "no-registry" || refused) continue;
        refused = true;
        this.#events.onRefused(error);
      }
    }
  }
}

/**
 * An answer must be about the name that was asked for. With an answer about another name, a registry could send what is
 * meant for one person to somebody else, unseen.
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

  constructor(address: { host: string; port: number }, events: RegistryEvents) {
    this.#events = events;
    const socket = connect({ ...address, noDelay: true, keepAlive: true, allowHalfOpen: true });
    this.#whenClosed = new Promise((resolve) => socket.once("close", () => resolve()));
    this.#connection = new LineConnection(
      socket,
      {
        onLine: (line) => this.#receive(line),
        onWrong: ({ message }) => this.#end(`it is no registry of ours: ${message}`),
        onEnd: () => this.#end(),
        onClose: (reason) => this.#end(reason),
      },
      MAX_REGISTRY_LINE_BYTES,
    );
    // It is set back when there is something to wait for, and by each answer. At first it is for connecting, too.
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
    answered: (answer: Answer<Type>) => void,
  ): Promise<Answer<Type>> {
    if (this.#pending.length === 0) this.#patience.refresh();
    this.#connection.send(JSON.stringify(request));
    return new Promise((resolve, reject) => {
      const take = (answer: Answer<Type>): void => {
        answered(answer);
        resolve(answer);
      };
      this.#pending.push({ expected, answered: take as Pending["answered"], reject });
    });
  }

  async leave(): Promise<void> {
    this.#connection.end(JSON.stringify({ type: "leave" }));
    setTimeout(() => this.close(), 2000).unref();
    await this.#whenClosed;
  }

  close(): void {
    this.#connection.destroy();
    this.#end("closed");
  }

  /** @throws ProtocolError if that is no registry of ours */
  #receive(text: string): void {
    const line = parseRegistryLine(text);
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

  /** The session is over. Whoever waits for an answer gets an error. */
  #end(reason = "it closed the connection"): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#patience);
    this.#connection.close();
    for (const { reject } of this.#pending.splice(0)) reject(new RegistryError("no-registry", reason));
    this.onLost(reason);
  }
}
