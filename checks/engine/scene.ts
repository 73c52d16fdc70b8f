// The world of one check: the programs that are checked, and all other roles, which the checker plays. Everything that
// it opens is closed after the check.

import { connect as tcpConnect } from "node:net";
import { Chat, type ChatRole, type ChatStage } from "./chat.ts";
import { Connection } from "./connection.ts";
import { type ClientOptions, type ClientUnderTest, Launcher } from "./launcher.ts";
import { Listener } from "./listener.ts";
import { CHAT_STAGES, type Place } from "./place.ts";
import { PlayedRegistry, type Registration } from "./played-registry.ts";
import type { Pool, ServerUnderTest } from "./pool.ts";
import { Random } from "./random.ts";
import { quote } from "./readable-bytes.ts";
import { CouldNotRun, type FailureDetails, StepFailure } from "./step-failure.ts";
import { within } from "./transcript.ts";

/** The result of one run of stage 01's client. */
export interface CalculatorRun {
  stdout: string;
  stderr: string;
  code: number | null;
}

export class Scene extends Launcher {
  readonly random: Random;
  readonly #pool: Pool;
  #registry: PlayedRegistry | undefined;
  #startingRegistry: Promise<PlayedRegistry> | undefined;
  readonly #connections: Connection[] = [];
  readonly #listeners: Listener[] = [];
  readonly #cleanUp: (() => unknown)[] = [];

  constructor(place: Place, pool: Pool, options: { timeout: number; seed: string }) {
    super(place, pool, options.timeout);
    this.#pool = pool;
    this.random = new Random(options.seed);
  }

  /** The stage of a check about chats. */
  get chatStage(): ChatStage {
    const stage = CHAT_STAGES.find((one) => one === this.stage);
    if (stage === undefined) throw new Error(`stage ${this.stage} has no such chats`);
    return stage;
  }

  /** Fails the check, for a step that has compared something itself. */
  fails(details: FailureDetails): never {
    throw new StepFailure(details);
  }

  /** Executes steps that only prepare what the check is about. If one of them fails, the check's likely cause says nothing. */
  preparing<Value>(action: () => Promise<Value>): Promise<Value> {
    return this.transcript.preparing(action);
  }

  /** Notes that a step has seen something from the program. */
  observe(): void {
    this.transcript.observe();
  }

  /** Does something after the check. */
  afterwards(action: () => unknown): void {
    this.#cleanUp.push(action);
  }

  /** Connects to a server that is checked, or to any other port. */
  async connect(server: { host?: string; port: number }, name = "the client"): Promise<Connection> {
    return this.step(`${name} connects`, async () => {
      const { host = "127.0.0.1", port } = server;
      const socket = tcpConnect({ host, port, noDelay: true, allowHalfOpen: true });
      this.afterwards(() => socket.destroy());
      const connected = new Promise<void>((resolve, reject) => {
        socket.once("connect", resolve);
        socket.once("error", reject);
      });
      try {
        await within(this.timeout, connected, () => new Error("no answer"));
      } catch (error) {
        return this.fails({
          expected: `a connection to port ${server.port}`,
          received: (error as Error).message,
          came: "ended",
          ...(await this.lastWords(true)),
        });
      }
      const connection = new Connection(socket, "caller", name, this);
      this.#connections.push(connection);
      return connection;
    });
  }

  /** The registry that the checker plays for clients. */
  get registry(): PlayedRegistry {
    if (this.#registry === undefined)
      throw new Error("start a client or a peer first, or call playRegistry()");
    return this.#registry;
  }

  async playRegistry(): Promise<PlayedRegistry> {
    this.#startingRegistry ??= PlayedRegistry.start(this);
    this.#registry = await this.#startingRegistry;
    return this.#registry;
  }

  /** A registered client of the stage. The checker plays its registry unless `registryPort` names another one. */
  async client(name: string, options: ClientOptions = {}, registryPort?: number): Promise<ClientUnderTest> {
    return this.preparing(() => this.#client(name, options, registryPort));
  }

  async #client(name: string, options: ClientOptions, registryPort?: number): Promise<ClientUnderTest> {
    const client = await this.startClient(name, options, registryPort);
    const port = registryPort === undefined ? (await this.#firstRegistration(client)).port : "[0-9]+";
    const shown = await client.shows(
      new RegExp(`^registered as ${name}, listening on 127\\.0\\.0\\.1:${port}$`),
    );
    client.port = Number(shown.slice(shown.lastIndexOf(":") + 1));
    return client;
  }

  /** @throws CouldNotRun if the client has ended: then the check can say nothing about its clause */
  async #firstRegistration(client: ClientUnderTest): Promise<Registration> {
    try {
      return await this.registry.registration(client.name);
    } catch (error) {
      throw client.hasEndedEarly ? new CouldNotRun(client.lastWords) : error;
    }
  }

  /** Starts a client that may not be registered yet. Without a name, it gets no option for it. */
  async startClient(
    name: string | undefined,
    options: ClientOptions = {},
    registryPort?: number,
  ): Promise<ClientUnderTest> {
    const port = registryPort ?? (await this.playRegistry()).port;
    return this.runClient({ name, registry: `127.0.0.1:${port}` }, options);
  }

  /** Runs stage 01's client until it ends. */
  async calculator(
    server: { port: number },
    expression: readonly string[],
    input = "",
  ): Promise<CalculatorRun> {
    const shown = [
      `client ${expression.join(" ")}`.trim(),
      ...(input === "" ? [] : [`with the input ${JSON.stringify(input)}`]),
    ];
    return this.step(shown.join(" "), async () => {
      this.transcript.lastSent = { text: shown.join(" "), by: "the client" };
      const client = this.runClient({ port: String(server.port) }, { argv: expression });
      client.write(input);
      client.endInput();
      await within(this.timeout, client.ended, () => {
        const shown = client.lines.map(quote).join("\n") || "nothing";
        const received = `${shown}; it still runs`;
        return new StepFailure({ expected: "the end of the client", received, came: "nothing" });
      });
      const run = { stdout: text(client.lines), stderr: text(client.errors), code: client.code };
      if (run.stdout + run.stderr !== "") this.observe();
      return run;
    });
  }

  /** A peer that listens, and that the played registry knows. */
  async peer(name: string): Promise<Peer> {
    const listener = await this.listener(name);
    (await this.playRegistry()).add(name, listener.port);
    return new Peer(name, listener, this);
  }

  /** A server that the checker plays. */
  async listener(name: string): Promise<Listener> {
    const listener = await Listener.start(name, this);
    this.#listeners.push(listener);
    return listener;
  }

  /**
   * A client that is checked, in a chat with a peer that the checker plays.
   * @param role the role of the PEER
   */
  async chat(
    role: ChatRole,
    { name = "alice", peer = "bob", argv = [] as readonly string[], environment = {} } = {},
  ): Promise<{ alice: ClientUnderTest; bob: Chat }> {
    return this.preparing(async () => {
      const played = await this.peer(peer);
      const alice = await this.client(name, {
        argv: role === "initiator" ? ["--accept", ...argv] : argv,
        environment,
      });
      let bob: Chat;
      if (role === "initiator") {
        bob = await played.calls(alice);
      } else {
        await alice.enters(`/chat ${peer}`);
        bob = await played.isCalled(alice);
      }
      await bob.shakesHands();
      await alice.shows(`chat with ${peer} started`);
      if (this.stage !== "02") await alice.shows(`safety number with ${peer}: ${bob.safetyNumber}`);
      return { alice, bob };
    });
  }

  /** Called after the steps of a check. @throws StepFailure if bytes have arrived that no step has read */
  assertNothingUnread(): void {
    for (const held of [...this.#connections, ...this.#listeners]) held.assertNothingUnread();
  }

  /**
   * Closes everything, and gives back what was lent.
   * @param isLast whether no other check follows: then nothing needs to be given back
   */
  async close(isLast = false): Promise<void> {
    for (const action of this.#cleanUp.splice(0).reverse()) await action();
    for (const listener of this.#listeners) listener.close();
    this.#registry?.close();
    await this.endPrograms(async (server) => !isLast && (await this.#isAsNew(server)));
  }

  /** Whether a server can be lent to another check: it answers, and its registry has forgotten all users. */
  async #isAsNew(server: ServerUnderTest): Promise<boolean> {
    const quiet = new Scene(this.place, this.#pool, { timeout: Math.min(this.timeout, 2000), seed: "" });
    try {
      const connection = await quiet.connect(server);
      if (this.stage === "01") {
        await connection.sends("1 + 1\n");
        await connection.receives("= 2\n");
        return true;
      }
      await connection.registers("checker");
      const until = Date.now() + quiet.timeout;
      while (Date.now() < until) {
        await connection.sendsJson({ type: "list" });
        const { users } = await connection.answer();
        // Some registries also list the user who asks. All other users must be gone.
        if (Array.isArray(users) && users.every((user) => user?.username === "checker")) {
          await connection.leaves();
          return true;
        }
      }
      return false;
    } catch {
      return false;
    } finally {
      for (const action of quiet.#cleanUp) action();
    }
  }
}

/** A user whom the checker plays. It listens, calls, and is called. */
export class Peer {
  readonly name: string;
  readonly listener: Listener;
  readonly #scene: Scene;

  constructor(name: string, listener: Listener, scene: Scene) {
    this.name = name;
    this.listener = listener;
    this.#scene = scene;
  }

  /** Connects to a client, and says nothing yet. */
  async calls(client: ClientUnderTest): Promise<Chat> {
    const connection = await this.#scene.connect(client, this.name);
    return this.#chat(connection, "initiator", client);
  }

  /** Expects that a client connects. It has read and said nothing yet. */
  async isCalled(client: ClientUnderTest): Promise<Chat> {
    return this.#scene.step(`${client.name} connects to ${this.name}`, async () => {
      const connection = await this.listener.next(this.#scene, client.name);
      return this.#chat(connection, "responder", client);
    });
  }

  #chat(connection: Connection, role: ChatRole, client: ClientUnderTest): Chat {
    const names = { own: this.name, other: client.name };
    return new Chat(connection, this.#scene.chatStage, role, names, this.#scene);
  }
}

function text(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}
