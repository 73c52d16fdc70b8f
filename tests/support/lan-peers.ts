// Peers of stage 05 in one process, on loopback: the sessions of the stage, and peers that do what a test tells them.

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { encodeFrame, FrameReader } from "../../05-lan-chat/frames.ts";
import { Handshake, type HandshakeStep, type Proven } from "../../05-lan-chat/handshake.ts";
import type { Role } from "../../05-lan-chat/hello.ts";
import type { JsonObject } from "../../05-lan-chat/messages.ts";
import { type Session, Sessions, type SessionsOptions } from "../../05-lan-chat/sessions.ts";
import type { Verdict } from "../../05-lan-chat/trust.ts";
import { knownIdentity, TEAM, TEAM_KEY } from "./lan-sessions.ts";
import { until } from "./until.ts";

const HOST = "127.0.0.1";

/** What has happened to a peer, in order: `opened bob`, `closed bob`, `closed bob: REASON`, `crossed bob`, `bob> …`. */
export interface Peer {
  name: string;
  fingerprint: string;
  sessions: Sessions;
  address: string;
  log: string[];
  /** What was received, without ping, pong, bye. */
  received: JsonObject[];
  /** The clock that counts for limits. */
  clock: { now: number };
  close(): Promise<void>;
}

export interface PeerOptions extends Partial<SessionsOptions> {
  /** What judge() says; everybody is welcome unless told otherwise. */
  verdict?: () => Verdict;
  /** What received() says. */
  isRight?: (object: JsonObject, session: Session) => boolean;
}

/** Starts the sessions of one of the known identities. */
export async function startPeer(name: string, options: PeerOptions = {}): Promise<Peer> {
  const identity = options.identity ?? knownIdentity(name);
  const log: string[] = [];
  const received: JsonObject[] = [];
  const clock = { now: 0 };
  const server = createServer({ allowHalfOpen: true });
  const port = await listening(server);
  const address = `${HOST}:${port}`;
  const sessions = new Sessions({
    name,
    identity,
    team: TEAM,
    teamKey: TEAM_KEY,
    address: () => address,
    judge: options.verdict ?? ((): Verdict => "welcome"),
    events: {
      opened: (session, verdict) =>
        log.push(verdict === "welcome" ? `opened ${session.name}` : `opened ${session.name} (${verdict})`),
      closed: (session, reason, successor) => {
        if (successor !== undefined) log.push(`crossed ${session.name}`);
        else log.push(reason === undefined ? `closed ${session.name}` : `closed ${session.name}: ${reason}`);
      },
      received: (session, object) => {
        received.push(object);
        log.push(`${session.name}> ${object.text ?? object.type}`);
        return options.isRight?.(object, session) ?? true;
      },
      turnedAway: (_peer, said, verdict) => log.push(`turned away ${said} (${verdict})`),
    },
    now: () => clock.now,
    ...options,
  });
  server.on("connection", (socket) => sessions.accept(socket));
  const close = async (): Promise<void> => {
    server.close();
    await sessions.close();
  };
  return { name, fingerprint: identity.fingerprint, sessions, address, log, received, clock, close };
}

async function listening(server: Server): Promise<number> {
  server.listen({ host: HOST, port: 0 });
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** One end of a connection that says what a test tells it, and keeps what comes. */
export class Wire {
  readonly socket: Socket;
  /** The tokens that came and have not been taken. */
  readonly tokens: string[] = [];
  /** The other side has ended its half, or has gone. */
  isEnded = false;
  /** Something came that is no frame. */
  isBad = false;

  constructor(socket: Socket) {
    this.socket = socket;
    const reader = new FrameReader(TEAM);
    socket.on("data", (chunk: Buffer) => {
      for (const frame of reader.push(chunk)) {
        if (frame.kind === "frame") this.tokens.push(frame.token);
        else this.isBad = true;
      }
    });
    for (const event of ["end", "close"])
      socket.on(event, () => {
        this.isEnded = true;
      });
    socket.on("error", () => {});
  }

  static async to(address: string): Promise<Wire> {
    const [host = "", port = ""] = address.split(":");
    const wire = new Wire(connect({ host, port: Number(port), allowHalfOpen: true }));
    await once(wire.socket, "connect");
    return wire;
  }

  send(token: string): void {
    this.socket.write(encodeFrame("127.0.0.1:9", TEAM, token));
  }

  async next(what = "a token"): Promise<string> {
    await until(() => this.tokens.length > 0 || this.isEnded, what);
    const token = this.tokens.shift();
    if (token === undefined) throw new Error(`the connection ended, instead of ${what}`);
    return token;
  }

  /** Waits for the end. Nothing must have come before it. */
  async endsWithoutAWord(): Promise<void> {
    await until(() => this.isEnded, "the end of the connection");
    if (this.tokens.length > 0 || this.isBad) throw new Error("something was said before the end");
  }

  destroy(): void {
    this.socket.destroy();
  }
}

/** A peer whose every step the test decides. */
export class Puppet {
  readonly name: string;
  readonly wire: Wire;
  readonly handshake: Handshake;
  proven: Proven | undefined;

  constructor(name: string, role: Role, wire: Wire, called = "", address = "127.0.0.1:9") {
    this.name = name;
    this.wire = wire;
    const own = { identity: knownIdentity(name), name, team: TEAM, teamKey: TEAM_KEY, address };
    const gate = { mayAnswer: () => true, mayEnter: () => true };
    this.handshake = new Handshake(role, own, gate, called, () => 0);
  }

  /** Connects, and says hello. */
  static async calls(name: string, address: string, called = ""): Promise<Puppet> {
    const puppet = new Puppet(name, "initiator", await Wire.to(address), called);
    puppet.wire.send(puppet.handshake.start());
    return puppet;
  }

  /** Takes the next token of the handshake, and gives what is to be said now. */
  async step(): Promise<HandshakeStep> {
    const step = this.handshake.receive(await this.wire.next("a token of the handshake"));
    if (step.kind === "complete") this.proven = step.proven;
    return step;
  }

  /** The same, and says it. */
  async goOn(): Promise<HandshakeStep> {
    const step = await this.step();
    if (step.send !== undefined) this.wire.send(step.send);
    return step;
  }

  /** Takes part until the handshake is complete. */
  async complete(): Promise<this> {
    for (;;) {
      const step = await this.goOn();
      if (step.kind === "failed") throw new Error(`${this.name}: ${step.failure}`);
      if (step.kind === "complete") return this;
    }
  }

  say(object: Readonly<Record<string, unknown>>): void {
    if (this.proven === undefined) throw new Error("the handshake is not complete");
    this.wire.send(this.proven.sealer.seal(object));
  }

  async hears(): Promise<JsonObject> {
    const object = this.proven?.opener.open(await this.wire.next("an object"));
    if (object === undefined) throw new Error("a wrong token came");
    return object;
  }

  destroy(): void {
    this.wire.destroy();
  }
}

/** Listens, and gives each connection to the test. */
export class Switchboard {
  readonly wires: Wire[] = [];
  readonly #server = createServer({ allowHalfOpen: true });
  address = "";

  static async open(): Promise<Switchboard> {
    const board = new Switchboard();
    board.#server.on("connection", (socket) => board.wires.push(new Wire(socket)));
    board.address = `${HOST}:${await listening(board.#server)}`;
    return board;
  }

  async next(): Promise<Wire> {
    await until(() => this.wires.length > 0, "a connection");
    const wire = this.wires.shift();
    if (wire === undefined) throw new Error("no connection");
    return wire;
  }

  close(): void {
    this.#server.close();
    for (const wire of this.wires) wire.destroy();
  }
}
