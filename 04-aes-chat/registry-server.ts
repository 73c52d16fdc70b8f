// The registry as a server: it knows who is there and where, tells who comes and goes, and never sees a chat (P2).

import { createServer, type Socket } from "node:net";
import { LineConnection } from "./line-connection.ts";
import type { Line } from "./lines.ts";
import { type RunningServer, startListening } from "./listening.ts";
import { ProtocolError } from "./messages.ts";
import { Registry } from "./registry.ts";
import { parseRegistryRequest, type RegistryLine } from "./registry-messages.ts";

/** How long news of who came and went is gathered, in milliseconds. */
const NEWS_DELAY = 20;

export interface RegistrySettings {
  host: string;
  port: number;
  /** Time between two pings, in milliseconds. A client silent for three of them is dropped (P2.6). */
  heartbeat: number;
  /** How long a connection may take to register, in milliseconds. */
  registerTimeout: number;
}

/** @throws UserError if it cannot listen there */
export async function startRegistry(settings: RegistrySettings): Promise<RunningServer> {
  const registry = new Registry<Client>();
  const news = new News(registry);
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const host = socket.remoteAddress;
    if (host !== undefined) new Client(socket, host, registry, news, settings);
    else socket.destroy(); // Gone before we could look.
  });
  return startListening(server, settings.host, settings.port);
}

/**
 * Sends news to everybody, gathered for a moment: when a thousand come at once, each of the others gets their thousand
 * lines in a few writes. One write for each line would be a million.
 */
class News {
  readonly #registry: Registry<Client>;
  #timer: NodeJS.Timeout | undefined;

  constructor(registry: Registry<Client>) {
    this.#registry = registry;
  }

  schedule(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      for (const client of this.#registry.owners()) client.flush();
    }, NEWS_DELAY);
  }
}

/** One connection to the registry. Whatever it does, the others do not suffer (P0.7). */
class Client {
  readonly #registry: Registry<Client>;
  readonly #news: News;
  readonly #connection: LineConnection;
  /** The address we see the client at: what it says of itself is not asked for (P2.3). */
  readonly #host: string;
  readonly #registerDeadline: NodeJS.Timeout;
  readonly #silenceDeadline: NodeJS.Timeout;
  readonly #pings: NodeJS.Timeout;

  constructor(
    socket: Socket,
    host: string,
    registry: Registry<Client>,
    news: News,
    settings: RegistrySettings,
  ) {
    this.#registry = registry;
    this.#news = news;
    this.#host = host.replace(/^::ffff:(?=[0-9.]+$)/i, ""); // IPv4 mapped into IPv6 is written as IPv4.
    this.#registerDeadline = setTimeout(() => {
      if (!registry.isRegistered(this)) this.#finish();
    }, settings.registerTimeout);
    // BEGIN SOLUTION 02-ghosts
    this.#connection = new LineConnection(socket, {
      onLine: (line) => this.#receive(line),
      onEnd: () => this.#finish(),
      onClose: () => this.#leave(),
    });
    this.#silenceDeadline = setTimeout(() => this.#connection.destroy(), 3 * settings.heartbeat);
    socket.on("data", () => this.#silenceDeadline.refresh());
    this.#pings = setInterval(() => {
      if (registry.isRegistered(this)) this.#send({ type: "ping" });
    }, settings.heartbeat);
    // END SOLUTION 02-ghosts
  }

  #receive(line: Line): void {
    try {
      if (line.kind === "bad-encoding") throw new ProtocolError("bad-encoding", "a line must be UTF-8");
      if (line.kind === "too-long") throw new ProtocolError("line-too-long", "the line is too long");
      this.#answer(line.text);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      if (error.code === "line-too-long") this.#finish(error.toLine());
      else this.#connection.send(error.toLine());
    }
  }

  /** @throws ProtocolError to be sent as the answer */
  #answer(line: string): void {
    const request = parseRegistryRequest(line);
    switch (request.type) {
      case "register":
        return this.#register(request.username, request.port);
      case "list":
        this.#requireRegistered();
        return this.#send({ type: "users", users: this.#registry.others(this) });
      case "lookup": {
        this.#requireRegistered();
        const user = typeof request.username === "string" ? this.#registry.find(request.username) : undefined;
        if (user === undefined) throw new ProtocolError("unknown-user", "nobody has this name");
        return this.#send({ type: "user", ...user });
      }
      case "leave":
        return this.#finish();
      case "pong":
        return; // That something came is all that counts.
    }
  }

  #register(username: string, port: number): void {
    const user = { username, host: this.#host, port };
    const outcome = this.#registry.claim(this, user);
    if (outcome === "username-taken") throw new ProtocolError(outcome, `the name ${username} is taken`);
    if (outcome === "already-registered")
      throw new ProtocolError(outcome, "this connection has a name already");
    clearTimeout(this.#registerDeadline);
    this.#send({ type: "registered", username });
    this.#tellOthers({ type: "joined", ...user });
  }

  #requireRegistered(): void {
    if (!this.#registry.isRegistered(this)) throw new ProtocolError("not-registered", "register first");
  }

  #send(line: RegistryLine): void {
    this.#connection.send(JSON.stringify(line));
  }

  #tellOthers(line: RegistryLine): void {
    const text = JSON.stringify(line); // Once, however many there are to tell.
    for (const other of this.#registry.owners()) {
      if (other !== this) other.#connection.queue(text);
    }
    this.#news.schedule();
  }

  /** Sends the news that are waiting for this client. */
  flush(): void {
    this.#connection.flush();
  }

  /** Frees the name and closes the connection after a last line. */
  #finish(lastLine?: string): void {
    this.#leave();
    this.#connection.close(lastLine);
  }

  /** Frees the name, however the connection ends (P2.2), and tells the others; only the first time. */
  #leave(): void {
    clearTimeout(this.#registerDeadline);
    clearTimeout(this.#silenceDeadline);
    clearInterval(this.#pings);
    const user = this.#registry.release(this);
    if (user !== undefined) this.#tellOthers({ type: "left", username: user.username });
  }
}
