// A registry that the checker plays (P2). It answers register, list and lookup, and remembers all requests.

import { createServer, type Server } from "node:net";
import { patientTimeout } from "../../programs/patience.ts";
import type { CheckContext } from "./check-context.ts";
import { Connection, type Members } from "./connection.ts";
import { StepFailure } from "./step-failure.ts";

/** How long a client may take to start and register, in milliseconds. */
const STARTING = 15_000;

export interface Entry {
  username: string;
  host: string;
  port: number;
}

/** A client's connection to the registry. */
export interface Registration {
  username: string;
  /** The port where the client says that it listens. */
  port: number;
  connection: Connection;
}

export class PlayedRegistry {
  readonly port: number;
  /** All lines from clients, parsed, in the order of arrival. */
  readonly requests: Members[] = [];
  /** A check can set this to change answers. If it returns undefined, no answer is sent. */
  answerWith: (answer: Members | undefined, request: Members) => Members | undefined = (answer) => answer;
  readonly #server: Server;
  readonly #context: CheckContext;
  readonly #entries = new Map<string, Entry>();
  readonly #registrations: Registration[] = [];
  readonly #connections: Connection[] = [];
  #changed: (() => void)[] = [];

  private constructor(server: Server, port: number, context: CheckContext) {
    this.#server = server;
    this.port = port;
    this.#context = context;
    server.on("connection", (socket) => {
      const connection = new Connection(socket, "called", "the registry", context);
      connection.ignoresTheRest();
      this.#connections.push(connection);
      void this.#serve(connection);
    });
  }

  static async start(context: CheckContext): Promise<PlayedRegistry> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host: "127.0.0.1", port: 0 }, resolve);
    });
    const address = server.address();
    return new PlayedRegistry(server, typeof address === "object" && address ? address.port : 0, context);
  }

  /** Adds a user who listens on a port of this machine. */
  add(username: string, port: number): void {
    this.#entries.set(username.toLowerCase(), { username, host: "127.0.0.1", port });
  }

  remove(username: string): void {
    this.#entries.delete(username.toLowerCase());
  }

  /**
   * Waits until a user of this name has registered for the n-th time.
   * @param longer how much longer than usual to wait, in milliseconds
   */
  async registration(username: string, times = 1, longer = 0): Promise<Registration> {
    return this.#context.transcript.step(`${username} registers`, async () => {
      const find = (): Registration | undefined =>
        this.#registrations.filter((one) => one.username.toLowerCase() === username.toLowerCase())[times - 1];
      // The first time, the program may still be starting, which takes longer on a busy machine.
      const timeout = times === 1 ? Math.max(STARTING, this.#context.timeout) : this.#context.timeout;
      await this.#until(() => find() !== undefined, timeout + longer);
      const found = find();
      if (found === undefined)
        throw await this.#missing(`{"type":"register","username":"${username}","port":…}`, timeout);
      this.#context.transcript.observe();
      return found;
    });
  }

  /** What has come: a registration, another line, a connection without a line, or nothing. This is no step. */
  get heard(): "registration" | "line" | "connection" | "nothing" {
    if (this.#registrations.length > 0) return "registration";
    if (this.requests.length > 0) return "line";
    return this.#connections.length > 0 ? "connection" : "nothing";
  }

  /** Waits until a line comes, a program ends or the time is over, in milliseconds. This is no step. */
  async hears(timeout: number): Promise<void> {
    await this.#until(() => this.requests.length > 0, Math.max(STARTING, timeout));
  }

  /** Waits for the n-th request of this type, and returns it. */
  async request(type: string, times = 1): Promise<Members> {
    return this.#context.transcript.step(`the registry receives ${type}`, async () => {
      const find = (): Members | undefined =>
        this.requests.filter((request) => request.type === type)[times - 1];
      await this.#until(() => find() !== undefined);
      const found = find();
      if (found === undefined) throw await this.#missing(`a line of type ${type}`, this.#context.timeout);
      this.#context.transcript.observe();
      return found;
    });
  }

  /**
   * Pings a user, and waits until they answer, or register anew because they have dropped the connection.
   * @returns their connection from now on
   */
  async stillThere(username: string): Promise<Connection> {
    const registrations = (): readonly Registration[] =>
      this.#registrations.filter((one) => one.username === username);
    const pongs = (): number => this.requests.filter(({ type }) => type === "pong").length;
    return this.#context.transcript.step(`${username} answers a ping, or registers again`, async () => {
      const [before, answered] = [registrations().length, pongs()];
      registrations().at(-1)?.connection.write('{"type":"ping"}\n');
      await this.#until(() => pongs() > answered || registrations().length > before);
      const now = registrations().at(-1);
      if (now === undefined || (pongs() === answered && registrations().length === before))
        throw await this.#missing(
          '{"type":"pong"}, or {"type":"register",…} on another connection',
          this.#context.timeout,
        );
      this.#context.transcript.observe();
      return now.connection;
    });
  }

  /** Sends a line to every client. */
  async tell(object: Members): Promise<void> {
    for (const connection of this.#connections) await connection.sendsJson(object);
  }

  /** Drops the connections of all clients, but continues to listen. */
  async drops(): Promise<void> {
    await this.#context.transcript.step("the registry breaks its connections", () => {
      for (const connection of this.#connections.splice(0)) connection.destroy();
    });
  }

  /** Closes the registry. */
  async closes(): Promise<void> {
    await this.#context.transcript.step("the registry goes away", () => this.close());
  }

  close(): void {
    this.#server.close();
    for (const connection of this.#connections) connection.destroy();
  }

  async #serve(connection: Connection): Promise<void> {
    let own: string | undefined;
    for await (const line of connection.lines()) {
      const request = parse(line);
      this.requests.push(request);
      if (request.type === "register") {
        own = String(request.username);
        this.#registrations.push({ username: own, port: Number(request.port), connection });
      }
      const answer = this.answerWith(this.#answer(request, own), request);
      if (answer !== undefined) connection.write(`${JSON.stringify(answer)}\n`);
      if (request.type === "leave") connection.end();
      this.#change();
    }
    connection.end();
  }

  #answer(request: Members, own: string | undefined): Members | undefined {
    switch (request.type) {
      case "register": {
        this.add(String(request.username), Number(request.port));
        return { type: "registered", username: request.username };
      }
      case "list": {
        const others = [...this.#entries.values()].filter(({ username }) => username !== own);
        return { type: "users", users: others.sort((left, right) => (key(left) < key(right) ? -1 : 1)) };
      }
      case "lookup": {
        const user = this.#entries.get(String(request.username).toLowerCase());
        if (user === undefined)
          return { type: "error", code: "unknown-user", message: "nobody has this name" };
        return { type: "user", ...user };
      }
      default:
        return undefined;
    }
  }

  async #missing(expected: string, timeout: number): Promise<StepFailure> {
    const seen = this.requests.map((request) => JSON.stringify(request)).slice(-5);
    const came = this.#context.hasEnded ? "ended" : "nothing";
    const none = came === "ended" ? "none" : `none within ${timeout / 1000} s`;
    return new StepFailure({
      expected,
      received: seen.length === 0 ? none : `${none}; until now:\n${seen.join("\n")}`,
      came,
      ...(await this.#context.lastWords()),
    });
  }

  async #until(condition: () => boolean, timeout = this.#context.timeout): Promise<void> {
    let late = false;
    const cancel = patientTimeout(() => {
      late = true;
      this.#change();
    }, timeout);
    try {
      while (!condition() && !late && !this.#context.hasEnded)
        await Promise.race([
          new Promise<void>((resolve) => this.#changed.push(resolve)),
          this.#context.anyEnd(),
        ]);
    } finally {
      cancel();
    }
  }

  #change(): void {
    for (const resolve of this.#changed.splice(0)) resolve();
  }
}

function key({ username }: Entry): string {
  return username.toLowerCase();
}

function parse(line: string): Members {
  try {
    const object: unknown = JSON.parse(line);
    if (typeof object === "object" && object !== null) return object as Members;
  } catch {
    // No registry understands this line.
  }
  return { type: "nonsense", line };
}
