// What a test of the chat stages starts: a registry per file, and clients and raw peers that are gone after each test.

import { expect } from "chai";
import { Program, startServer } from "../../course/programs.ts";
import { RawPeer, type Role, type Stage } from "./raw-peer.ts";
import { untilNobodyIsRegistered, Wire, WireServer } from "./wire.ts";

export const FOLDERS: Record<Stage, string> = {
  "02": "02-basic-p2p",
  "03": "03-dh-chat",
  "04": "04-aes-chat",
};

/** A client of one of the stages, run as a child process without a terminal. */
export class ChatClient extends Program {
  readonly name: string;
  /** Where it listens; known once it is registered. */
  port = 0;

  constructor(
    stage: Stage,
    name: string,
    registryPort: number,
    argv: readonly string[] = [],
    environment: Record<string, string> = {},
  ) {
    const options = ["--name", name, "--registry", `127.0.0.1:${registryPort}`, ...argv];
    super(`${FOLDERS[stage]}/client.ts`, options, environment);
    this.name = name;
  }

  async registered(): Promise<this> {
    const line = await this.line(
      new RegExp(`^registered as ${this.name}, listening on 127\\.0\\.0\\.1:[0-9]+$`),
    );
    this.port = Number(line.slice(line.lastIndexOf(":") + 1));
    return this;
  }

  /** Enters several lines at once. */
  enterAll(lines: readonly string[]): void {
    this.write(lines.map((line) => `${line}\n`).join(""));
  }

  /** Waits for all of these lines, in whatever order they come. */
  async linesInAnyOrder(expected: readonly string[]): Promise<void> {
    const missing = new Set(expected);
    while (missing.size > 0) {
      const alternatives = [...missing].map((line) => line.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
      missing.delete(await this.line(new RegExp(`^(?:${alternatives.join("|")})$`)));
    }
  }

  /** Everything it has shown that begins like this. */
  shown(beginning: string): string[] {
    return this.lines.filter((line) => line.startsWith(beginning));
  }
}

/** An entry in the registry that a test made by hand: whoever calls the name comes to the server. */
export interface ListedName {
  registry: Wire;
  server: WireServer;
}

/** A client's connection to a registry that the test plays. */
export interface Registration {
  wire: Wire;
  username: string;
  port: number;
}

interface StartOptions {
  registryPort?: number;
  environment?: Record<string, string>;
}

export class Scene {
  readonly stage: Stage;
  #registry: Program | undefined;
  #registryPort = 0;
  #cleanUp: (() => unknown)[] = [];

  constructor(stage: Stage) {
    this.stage = stage;
  }

  get registryPort(): number {
    return this.#registryPort;
  }

  async openRegistry(): Promise<void> {
    const { server, port } = await startServer(`${FOLDERS[this.stage]}/server.ts`);
    this.#registry = server;
    this.#registryPort = port;
  }

  async closeRegistry(): Promise<void> {
    await this.#registry?.kill();
  }

  /** Whatever is to be done after this test. */
  afterwards(cleanUp: () => unknown): void {
    this.#cleanUp.push(cleanUp);
  }

  /** A client that is not registered yet, with a registry of the test's choice. */
  startClient(
    name: string,
    argv: readonly string[] = [],
    { registryPort = this.#registryPort, environment = {} }: StartOptions = {},
  ): ChatClient {
    const client = new ChatClient(this.stage, name, registryPort, argv, environment);
    this.afterwards(() => client.kill());
    return client;
  }

  /** A registered client. */
  async client(name: string, ...argv: readonly string[]): Promise<ChatClient> {
    return this.startClient(name, argv).registered();
  }

  async connect(port: number): Promise<Wire> {
    const wire = await Wire.connect(port);
    this.afterwards(() => wire.close());
    return wire;
  }

  async listen(): Promise<WireServer> {
    const server = await WireServer.listen();
    this.afterwards(() => server.close());
    return server;
  }

  /** The next connection to a server of the test. */
  async accept(server: WireServer): Promise<Wire> {
    const wire = await server.connection();
    this.afterwards(() => wire.close());
    return wire;
  }

  /** Plays the registry: takes the next connection, and answers its registration. */
  async acceptRegistration(registry: WireServer): Promise<Registration> {
    const wire = await this.accept(registry);
    const { type, username, port, ...rest } = await wire.json();
    expect({ type, rest }).to.deep.equal({ type: "register", rest: {} });
    wire.sendJson({ type: "registered", username });
    return { wire, username: String(username), port: Number(port) };
  }

  /** Registers a name by hand. */
  async list(name: string, port?: number): Promise<ListedName> {
    const server = await this.listen();
    const registry = await this.connect(this.#registryPort);
    registry.sendJson({ type: "register", username: name, port: port ?? server.port });
    expect(await registry.json()).to.deep.equal({ type: "registered", username: name });
    return { registry, server };
  }

  /** A raw peer that is connected with the client and has said nothing yet. As a responder it has been called. */
  async connected(client: ChatClient, role: Role, name: string): Promise<RawPeer> {
    if (role === "initiator") {
      return new RawPeer(await this.connect(client.port), this.stage, role, name, client.name);
    }
    const { server } = await this.list(name);
    client.enter(`/chat ${name}`);
    return new RawPeer(await this.accept(server), this.stage, role, name, client.name);
  }

  /** A raw peer in a chat with the client. The client accepts every chat (`--accept`), or makes the call. */
  async chat(client: ChatClient, role: Role, name: string): Promise<RawPeer> {
    const peer = await this.connected(client, role, name);
    await peer.shakeHands();
    await client.line(`chat with ${name} started`);
    if (this.stage !== "02") await client.line(`safety number with ${name}: ${peer.safetyNumber}`);
    return peer;
  }

  /** Ends everything that the test started, and waits until the registry has forgotten the names. */
  async clear(): Promise<void> {
    for (const cleanUp of this.#cleanUp.splice(0).reverse()) await cleanUp();
    if (this.#registry !== undefined) await untilNobodyIsRegistered(this.#registryPort);
  }
}

/** Gives the tests of a `describe` a scene: one registry for all of them, and a clean table for each. */
export function useScene(stage: Stage): Scene {
  const scene = new Scene(stage);
  before(() => scene.openRegistry());
  afterEach(() => scene.clear());
  after(() => scene.closeRegistry());
  return scene;
}

/** How a call that never became a chat may be reported: the contract names no line of its own for it. */
export function failedCall(name: string): RegExp {
  return new RegExp(`^(?:error: .+|chat with ${name} lost: .+)$`);
}

/** P3.5: a chat that ended without a goodbye. */
export function lostChat(name: string): RegExp {
  return new RegExp(`^chat with ${name} lost: .+$`);
}
