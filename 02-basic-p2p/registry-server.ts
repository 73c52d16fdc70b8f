// The registry as a server: it knows who is there and where, tells who comes and goes, and never sees a chat (P2).

import { createServer, type Socket } from "node:net";
import { LineConnection } from "./line-connection.ts";
import { type RunningServer, startListening } from "./listening.ts";
import { ProtocolError } from "./messages.ts";
import { Registry } from "./registry.ts";
import { parseRegistryRequest, type RegistryLine } from "./registry-messages.ts";

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
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const host = socket.remoteAddress;
    if (host !== undefined) new Client(socket, host, registry, settings);
    else socket.destroy(); // Gone before we could look.
  });
  return startListening(server, settings.host, settings.port);
}

/** One connection to the registry. Whatever it does, the others do not suffer (P0.7). */
class Client {
  readonly #registry: Registry<Client>;
  readonly #connection: LineConnection;
  /** The address we see the client at. What it says about itself does not count (P2.3). */
  readonly #host: string;
  readonly #registerDeadline: NodeJS.Timeout;
  readonly #silenceDeadline: NodeJS.Timeout;
  readonly #pings: NodeJS.Timeout;

  constructor(socket: Socket, host: string, registry: Registry<Client>, settings: RegistrySettings) {
    this.#registry = registry;
    this.#host = host.replace(/^::ffff:(?=[0-9.]+$)/i, ""); // IPv4 mapped into IPv6 is written as IPv4.
    this.#registerDeadline = setTimeout(() => this.#finish(), settings.registerTimeout);
    // BEGIN SOLUTION 02-ghosts
    this.#connection = new LineConnection(socket, {
      onLine: (line) => this.#receive(line),
      onWrong: (error) => this.#refuse(error),
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

  /** @throws ProtocolError to be sent as the answer */
  #receive(line: string): void {
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
        return; // It has come, and so has set back the clock of silence. It needs no answer.
    }
  }

  #refuse(error: ProtocolError): void {
    if (error.code === "line-too-long") this.#finish(error.toLine());
    else this.#connection.send(error.toLine());
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
      if (other !== this) other.#connection.sendNews(text);
    }
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
