// What one check works with: the programs that are checked, and every other role, played by the checker. All that it
// opens is closed when the check is over.

import { connect as tcpConnect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";
import { Chat, type ChatRole, type ChatStage } from "./chat.ts";
import { STAGE_FOLDERS, type StageNumber } from "./check.ts";
import { fillTemplate } from "./command.ts";
import { Connection, type Surroundings } from "./connection.ts";
import { freePort } from "./free-port.ts";
import { Listener } from "./listener.ts";
import { ModuleHost, ModuleUnderTest } from "./module-under-test.ts";
import { PlayedRegistry, type Registration } from "./played-registry.ts";
import { ProgramUnderTest } from "./program-under-test.ts";
import { Random } from "./random.ts";
import { Recording } from "./recording.ts";
import { CouldNotRun, type FailureDetails, StepFailure } from "./step-failure.ts";
import { Transcript, within } from "./transcript.ts";

/** What is checked, and where it is. */
export interface Place {
  stage: StageNumber;
  /** The folder that holds the stage's files, absolute. Beside it are attacks/ and captures/, for checks of attacks. */
  folder: string;
  /** Templates of commands, for programs that are not ours (command.ts). */
  server?: string;
  client?: string;
  /** Options that every server gets. */
  serverOptions?: readonly string[];
  /** The stage's files as plain JavaScript, beside a module-host.js: it starts in a quarter of the time. */
  modules?: string;
  /** Where those commands are run; by default where the checker is. */
  workingFolder?: string;
}

/** A server that is checked, and where it listens. */
export interface ServerUnderTest {
  program: ProgramUnderTest;
  port: number;
}

/** A client that is checked. */
export class ClientUnderTest extends ProgramUnderTest {
  /** Where it listens; known once it is registered. */
  port = 0;
}

export interface ClientOptions {
  argv?: readonly string[];
  environment?: Readonly<Record<string, string>>;
}

/** What a client is told by its options: in stage 01 the port, from stage 02 on the name and the registry. */
export interface ClientValues {
  port?: string;
  name?: string | undefined;
  registry?: string;
}

/** What one run of stage 01's client came to. */
export interface CalculatorRun {
  stdout: string;
  stderr: string;
  code: number | null;
}

/** How many ports a server is offered. */
const ATTEMPTS = 3;
/** How long a server may answer and print nothing, in milliseconds. */
const SPEECHLESS = 2000;
/** Between two looks whether a server answers, in milliseconds. */
const POLL = 20;
/** How long a program may take to end after its connection has, in milliseconds; and if it is not known to have. */
const DYING = 1500;
const DYING_UNNOTICED = 30;
/** tsx as a loader starts in a third of the time that `npx tsx` takes. */
const NODE = [process.execPath, "--import", "tsx"];

/** Servers and module processes that outlive one check, and are lent to one check at a time. */
export class Pool {
  readonly servers: ServerUnderTest[] = [];
  readonly hosts: ModuleHost[] = [];

  async close(): Promise<void> {
    for (const { program } of this.servers.splice(0)) await program.kill();
    for (const host of this.hosts.splice(0)) host.kill();
  }
}

export class Scene implements Surroundings {
  readonly place: Place;
  readonly timeout: number;
  readonly transcript = new Transcript();
  readonly recording = new Recording();
  readonly random: Random;
  readonly #pool: Pool;
  readonly #lent: ServerUnderTest[] = [];
  #host: ModuleHost | undefined;
  #registry: PlayedRegistry | undefined;
  #startingRegistry: Promise<PlayedRegistry> | undefined;
  readonly #programs: ProgramUnderTest[] = [];
  readonly #connections: Connection[] = [];
  readonly #listeners: Listener[] = [];
  readonly #cleanUp: (() => unknown)[] = [];

  constructor(place: Place, pool: Pool, options: { timeout: number; seed: string }) {
    this.place = place;
    this.#pool = pool;
    this.timeout = options.timeout;
    this.random = new Random(options.seed);
  }

  get stage(): StageNumber {
    return this.place.stage;
  }

  /** The stage as a stage of the chat. */
  get chatStage(): ChatStage {
    if (this.stage === "01") throw new Error("stage 01 is no chat");
    return this.stage;
  }

  /** Fails the check: a step of its own has found what it should not. */
  fails(details: FailureDetails): never {
    throw new StepFailure(details);
  }

  /** A step of a check's own. */
  async step<Value>(description: string, action: () => Value | Promise<Value>): Promise<Value> {
    return this.transcript.step(description, action);
  }

  /** Something came from the program, seen by a step of a check's own. */
  observe(): void {
    this.transcript.observe();
  }

  /** Does something when the check is over. */
  afterwards(action: () => unknown): void {
    this.#cleanUp.push(action);
  }

  /** A running server. Without options it may have served other checks before, and nobody is connected to it. */
  async server(options: readonly string[] = []): Promise<ServerUnderTest> {
    if (options.length > 0) return this.startServer(options);
    for (;;) {
      const idle = this.#pool.servers.pop();
      if (idle === undefined) break;
      if (idle.program.hasEnded) continue;
      idle.program.lend(this);
      this.#programs.push(idle.program);
      this.#lent.push(idle);
      return idle;
    }
    const started = await this.startServer([]);
    this.#lent.push(started);
    return started;
  }

  /** A server of this check's own, on a port that the checker has chosen, as soon as it answers. */
  async startServer(options: readonly string[] = []): Promise<ServerUnderTest> {
    for (let attempt = 1; ; attempt += 1) {
      const port = await freePort();
      const started = { program: this.runServer({ port: String(port) }, options), port };
      try {
        await this.step(`the server answers on port ${port}`, () => this.#untilItAnswers(started));
        return started;
      } catch (error) {
        // Another program may have taken the port since we looked.
        const taken = error instanceof CouldNotRun && /\bin use\b|EADDRINUSE/i.test(error.message);
        if (!taken || attempt === ATTEMPTS) throw error;
        this.#programs.splice(this.#programs.indexOf(started.program), 1);
      }
    }
  }

  /** Runs the server as it is told to, and does not wait for anything. */
  runServer(values: { port?: string }, options: readonly string[] = []): ProgramUnderTest {
    const all = [...(this.place.serverOptions ?? []), ...options];
    const words = fillTemplate(this.#template("server"), { port: values.port }, all);
    return this.run("the server", words, this.place.server === undefined);
  }

  /** Runs the client as it is told to, and does not wait for anything. */
  runClient(values: ClientValues, { argv = [], environment = {} }: ClientOptions = {}): ClientUnderTest {
    const words = fillTemplate(this.#template("client"), { ...values }, argv);
    const start = { words, folder: this.#folder(this.place.client === undefined), environment };
    const client = new ClientUnderTest(values.name ?? "the client", start, this);
    this.#programs.push(client);
    return client;
  }

  /** Connects to a server that is checked, or to any port of this machine. */
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
        const received = `${(error as Error).message}${await this.lastWords(true)}`;
        return this.fails({ expected: `a connection to port ${server.port}`, received });
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

  /** A registered client of the checked stage; the registry is the played one, unless the port is that of another. */
  async client(name: string, options: ClientOptions = {}, registryPort?: number): Promise<ClientUnderTest> {
    const client = await this.startClient(name, options, registryPort);
    const port = registryPort === undefined ? (await this.#firstRegistration(client)).port : "[0-9]+";
    const shown = await client.shows(
      new RegExp(`^registered as ${name}, listening on 127\\.0\\.0\\.1:${port}$`),
    );
    client.port = Number(shown.slice(shown.lastIndexOf(":") + 1));
    return client;
  }

  /** @throws CouldNotRun if the client has ended instead: then nothing can be said about what the check is for */
  async #firstRegistration(client: ClientUnderTest): Promise<Registration> {
    try {
      return await this.registry.registration(client.name);
    } catch (error) {
      throw client.hasEndedEarly ? new CouldNotRun(client.lastWords) : error;
    }
  }

  /** A client that may not be registered yet; without a name it has none to give. */
  async startClient(
    name: string | undefined,
    options: ClientOptions = {},
    registryPort?: number,
  ): Promise<ClientUnderTest> {
    const port = registryPort ?? (await this.playRegistry()).port;
    return this.runClient({ name, registry: `127.0.0.1:${port}` }, options);
  }

  /** Runs stage 01's client to its end. */
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
      this.transcript.lastSent = shown.join(" ");
      const client = this.runClient({ port: String(server.port) }, { argv: expression });
      client.write(input);
      client.endInput();
      await within(this.timeout, client.ended, () => {
        const shown = client.lines.join("\n") || "nothing";
        return new StepFailure({ expected: "the end of the client", received: `${shown}; it still runs` });
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
   * @param role who the PEER is
   */
  async chat(
    role: ChatRole,
    { name = "alice", peer = "bob", argv = [] as readonly string[], environment = {} } = {},
  ): Promise<{ alice: ClientUnderTest; bob: Chat }> {
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
  }

  /** The functions of one of the stage's files. */
  async module(file: string): Promise<ModuleUnderTest> {
    while (this.#host === undefined || this.#host.hasEnded)
      this.#host = this.#pool.hosts.pop() ?? new ModuleHost(this.place, COURSE_FOLDER);
    return new ModuleUnderTest(file, this.#host, this);
  }

  /** One of the attack programs, beside the stage's folder. */
  async attack(name: string, argv: readonly string[] = []): Promise<ProgramUnderTest> {
    const folder = join(this.place.folder, "..");
    const words = [...NODE, join(folder, "attacks", "attack.ts"), name, ...argv];
    this.transcript.steps.push(`attack ${[name, ...argv].join(" ")}`);
    return this.run(`attack ${name}`, words, true);
  }

  /** Runs any program for this check. */
  run(name: string, words: readonly string[], inCourse = false): ProgramUnderTest {
    const program = new ProgramUnderTest(name, { words, folder: this.#folder(inCourse) }, this);
    this.#programs.push(program);
    return program;
  }

  async lastWords(lost = false): Promise<string> {
    // A connection may end a moment before we hear that its program has; on a busy machine that is a long moment.
    const patience = lost ? DYING : DYING_UNNOTICED;
    const timer = new AbortController();
    await Promise.race([this.anyEnd(), sleep(patience, undefined, { signal: timer.signal }).catch(() => {})]);
    timer.abort();
    const words = this.#programs
      .filter(({ hasEndedEarly }) => hasEndedEarly)
      .map(({ lastWords }) => lastWords);
    return words.map((one) => `\n${one}`).join("");
  }

  async anyBusy(): Promise<boolean> {
    return (await Promise.all(this.#programs.map((program) => program.isBusy()))).includes(true);
  }

  get hasEnded(): boolean {
    return this.#programs.some((program) => program.hasEndedEarly);
  }

  async anyEnd(): Promise<void> {
    // A program that has ended on purpose is nothing to be told of.
    const running = this.#programs.filter((program) => !program.hasEnded || program.hasEndedEarly);
    if (running.length === 0) return new Promise(() => {});
    await Promise.race(running.map(({ ended }) => ended));
  }

  /** The check has done its steps. @throws StepFailure for bytes that came and that nobody wanted */
  assertNothingUnread(): void {
    for (const held of [...this.#connections, ...this.#listeners]) held.assertNothingUnread();
  }

  /** Closes everything, and gives back what was lent. */
  async close(): Promise<void> {
    for (const action of this.#cleanUp.splice(0).reverse()) await action();
    for (const listener of this.#listeners) listener.close();
    this.#registry?.close();
    const lent = new Set(this.#lent.map(({ program }) => program));
    // The clients first: a registry has to forget them.
    for (const program of this.#programs) if (!lent.has(program)) await program.kill();
    for (const server of this.#lent) {
      if (!server.program.hasEnded && (await this.#isAsNew(server))) this.#pool.servers.push(server);
      else await server.program.kill();
    }
    if (this.#host !== undefined && !this.#host.hasEnded) this.#pool.hosts.push(this.#host);
  }

  /** Whether a server can be lent to another check: it answers, and a registry has forgotten everybody. */
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
        // Whoever lists the asker as well has forgotten everybody else, all the same.
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

  /** How one of the two programs is started. */
  #template(program: "server" | "client"): string {
    const file = join(this.place.folder, `${program}.ts`);
    return this.place[program] ?? [...NODE, file].map(quoted).join(" ");
  }

  #folder(inCourse: boolean): string {
    return inCourse ? COURSE_FOLDER : (this.place.workingFolder ?? process.cwd());
  }

  async #untilItAnswers({ program, port }: ServerUnderTest): Promise<void> {
    const until = Date.now() + Math.max(this.timeout, 10_000);
    while (!(await answers(port))) {
      if (program.hasEnded) throw new CouldNotRun(program.lastWords);
      if (Date.now() > until) throw new CouldNotRun(`the server does not answer on port ${port}`);
      await Promise.race([program.ended, new Promise<void>((resolve) => setTimeout(resolve, POLL))]);
    }
    // If it has said nothing yet, it may be another program that has answered, and ours is about to find out.
    const patience = Date.now() + SPEECHLESS;
    while (!program.hasPrinted && !program.hasEnded && Date.now() < patience) await sleep(POLL);
    if (program.hasEnded) throw new CouldNotRun(program.lastWords);
  }
}

/** Somebody whom the checker plays: listens, calls, and is called. */
export class Peer {
  readonly name: string;
  readonly listener: Listener;
  readonly #scene: Scene;

  constructor(name: string, listener: Listener, scene: Scene) {
    this.name = name;
    this.listener = listener;
    this.#scene = scene;
  }

  /** Connects to a client, and has said nothing yet. */
  async calls(client: ClientUnderTest): Promise<Chat> {
    const connection = await this.#scene.connect(client, this.name);
    return this.#chat(connection, "initiator", client);
  }

  /** Expects a client to connect, and has read and said nothing yet. */
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

async function answers(port: number): Promise<boolean> {
  const socket = tcpConnect({ host: "127.0.0.1", port });
  return new Promise((resolve) => {
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

function quoted(word: string): string {
  return `"${word}"`;
}

function text(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}

/** The stage's folder in the course itself: the reference. */
export function referencePlace(stage: StageNumber): Place {
  return { stage, folder: join(COURSE_FOLDER, STAGE_FOLDERS[stage]) };
}
