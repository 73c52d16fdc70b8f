// Starts the programs that a check needs, and says whether they still run.

import { connect as tcpConnect } from "node:net";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";
import { BUNDLES, bundleCommand, nodeCommand } from "../../programs/node-command.ts";
import { KEPT_HELLO } from "./bundles.ts";
import { ENDLESS } from "./busy.ts";
import type { CheckContext, LastWords } from "./check-context.ts";
import { fillTemplate, splitWords } from "./command.ts";
import { freePort } from "./free-port.ts";
import { tellingLines } from "./last-words.ts";
import { ModuleHost, ModuleUnderTest } from "./module-under-test.ts";
import type { Place, StageNumber } from "./place.ts";
import type { Pool, ServerUnderTest } from "./pool.ts";
import { ProgramUnderTest, type Start } from "./program-under-test.ts";
import { Recording } from "./recording.ts";
import { CouldNotRun } from "./step-failure.ts";
import { Transcript } from "./transcript.ts";

/** A client that is checked. */
export class ClientUnderTest extends ProgramUnderTest {
  /** The port where it listens; known when it is registered. */
  port = 0;
}

export interface ClientOptions {
  argv?: readonly string[];
  environment?: Readonly<Record<string, string>>;
}

/** The values of a client's options: in stage 01 the port, from stage 02 on the name and the registry. */
export interface ClientValues {
  port?: string;
  name?: string | undefined;
  registry?: string;
}

/** A program without a server that is checked (stage 05). */
export class PeerUnderTest extends ProgramUnderTest {
  /** The port where it listens, for TCP and UDP; known when it has said so. */
  port = 0;
  /** The absolute path of its data folder. */
  readonly data: string;

  constructor(name: string, start: Start, data: string, context: CheckContext) {
    super(name, start, context);
    this.data = data;
  }
}

/** The values of a peer's options. Files and folders are absolute paths. */
export interface PeerValues {
  name: string;
  team: string;
  port: string;
  data: string;
  "passphrase-file": string | undefined;
}

/** How many ports we try for a server. */
const ATTEMPTS = 3;
/** How long a server may take until it listens, in milliseconds, unless a step may take longer. */
const STARTING = 10_000;
/** How long a server may answer and print nothing, in milliseconds. */
const SPEECHLESS = 2000;
/** The pause between two attempts to reach a server, in milliseconds. */
const POLL = 20;
/** How long a program may run after its connection has ended, in milliseconds. The next: if no end was noticed. */
const DYING = 1500;
const DYING_UNNOTICED = 30;

export class Launcher implements CheckContext {
  readonly place: Place;
  readonly timeout: number;
  readonly transcript = new Transcript();
  readonly recording = new Recording();
  readonly #pool: Pool;
  readonly #lent: ServerUnderTest[] = [];
  #host: ModuleHost | undefined;
  #isOver = false;
  readonly #programs: ProgramUnderTest[] = [];

  /** @param timeout how long each step waits, in milliseconds */
  constructor(place: Place, pool: Pool, timeout: number) {
    this.place = place;
    this.#pool = pool;
    this.timeout = timeout;
  }

  get stage(): StageNumber {
    return this.place.stage;
  }

  /** Executes an action as a step of the check. */
  async step<Value>(description: string, action: () => Value | Promise<Value>): Promise<Value> {
    return this.transcript.step(description, action);
  }

  /** A running server to which nobody is connected. Without options, it may have served other checks before. */
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

  /** Starts a server for this check only, on a port of our choice, and waits until it answers. */
  async startServer(options: readonly string[] = []): Promise<ServerUnderTest> {
    for (let attempt = 1; ; attempt += 1) {
      const port = await freePort();
      const started = { program: this.runServer({ port: String(port) }, options), port };
      try {
        await this.step(`the server answers on port ${port}`, () => this.#untilItAnswers(started));
        return started;
      } catch (error) {
        // Another program may have taken the port in the meantime.
        const taken = error instanceof CouldNotRun && /\bin use\b|EADDRINUSE/i.test(error.message);
        if (!taken || attempt === ATTEMPTS) throw error;
        this.#programs.splice(this.#programs.indexOf(started.program), 1);
      }
    }
  }

  /** Starts the server, and waits for nothing. */
  runServer(values: { port?: string }, options: readonly string[] = []): ProgramUnderTest {
    const all = [...(this.place.serverOptions ?? []), ...options];
    const words = fillTemplate(this.#command("server"), { port: values.port }, all);
    return this.run("the server", words, this.place.server === undefined);
  }

  /** Starts the client, and waits for nothing. */
  runClient(values: ClientValues, { argv = [], environment = {} }: ClientOptions = {}): ClientUnderTest {
    const words = fillTemplate(this.#command("client"), { ...values }, argv);
    const start = { words, folder: this.#folder(this.place.client === undefined), environment };
    this.#mustNotBeOver();
    const client = new ClientUnderTest(values.name ?? "the client", start, this);
    this.#programs.push(client);
    return client;
  }

  /** Starts a peer, and waits for nothing. */
  runPeer(values: PeerValues, argv: readonly string[] = []): PeerUnderTest {
    const words = fillTemplate(this.#command("peer"), { ...values }, argv);
    const start = { words, folder: this.#folder(this.place.peer === undefined) };
    this.#mustNotBeOver();
    const peer = new PeerUnderTest(values.name, start, values.data, this);
    this.#programs.push(peer);
    return peer;
  }

  /** Loads the functions of one of the stage's files. */
  async module(file: string): Promise<ModuleUnderTest> {
    while (this.#host === undefined || this.#host.hasEnded)
      this.#host = this.#pool.hosts.pop() ?? new ModuleHost(this.place);
    return new ModuleUnderTest(file, this.#host, this);
  }

  /** Starts one of the attack programs beside the stage's folder. */
  async attack(name: string, argv: readonly string[] = []): Promise<ProgramUnderTest> {
    const file = join(this.place.folder, "..", "attacks", "attack.ts");
    const command = this.#bundle("attacks/attack") ?? nodeCommand(file);
    const { bundles } = this.place;
    const words = [name, ...argv].join(" ");
    this.transcript.steps.push(`attack ${words}`);
    this.transcript.lastSent = { text: words, by: `attack ${name}` };
    return this.#start(`attack ${name}`, {
      words: [...command, name, ...argv],
      folder: COURSE_FOLDER,
      // The programs that it starts must use the same bundles, or none if there are none.
      environment: { ...this.place.recorder?.environment, [BUNDLES]: bundles ?? "" },
    });
  }

  /** Starts the program that prints which hello the stage's peer.ts has sent, and which it has kept. */
  keptHello(): ProgramUnderTest {
    const { bundles, folder } = this.place;
    const peer = bundles === undefined ? join(folder, "peer.ts") : join(bundles, basename(folder), "peer.js");
    return this.run("peer.ts", [...(this.#bundle("kept-hello") ?? nodeCommand(KEPT_HELLO)), peer], true);
  }

  /** Starts the Bob whom attacks on a cipher attack. We have started Bob, so what Bob shows has happened. */
  async labBob(argv: readonly string[]): Promise<ProgramUnderTest> {
    const file = join(this.place.folder, "..", "attacks", "lab-bob.ts");
    const command = this.#bundle("attacks/lab-bob") ?? nodeCommand(file);
    return this.#start("bob", { words: [...command, ...argv], folder: COURSE_FOLDER });
  }

  /** Starts any program for this check. */
  run(name: string, words: readonly string[], inCourse = false): ProgramUnderTest {
    return this.#start(name, { words, folder: this.#folder(inCourse) });
  }

  #start(name: string, start: Start): ProgramUnderTest {
    this.#mustNotBeOver();
    const program = new ProgramUnderTest(name, start, this);
    this.#programs.push(program);
    return program;
  }

  async lastWords(lost = false): Promise<LastWords> {
    // We may see the end of a connection before the end of its program. On a busy machine, that takes a while.
    const patience = lost ? DYING : DYING_UNNOTICED;
    const timer = new AbortController();
    await Promise.race([this.anyEnd(), sleep(patience, undefined, { signal: timer.signal }).catch(() => {})]);
    timer.abort();
    const said = this.#programs.map(({ words }) => words).filter(({ lastWords }) => lastWords !== undefined);
    if (said.length === 0) return {};
    return Object.assign({}, ...said, { lastWords: said.map(({ lastWords }) => lastWords).join("\n") });
  }

  async anyBusy(): Promise<boolean> {
    return (await Promise.all(this.#programs.map((program) => program.isBusy()))).includes(true);
  }

  get hasEnded(): boolean {
    return this.#programs.some((program) => program.hasEndedEarly);
  }

  async anyEnd(): Promise<void> {
    // A program that has ended as expected is not worth a word.
    const running = this.#programs.filter((program) => !program.hasEnded || program.hasEndedEarly);
    if (running.length === 0) return new Promise(() => {});
    await Promise.race(running.map(({ ended }) => ended));
  }

  /**
   * Ends the programs that were started, and gives back those that were lent.
   * @param isAsNew whether a server can be lent to another check
   */
  protected async endPrograms(isAsNew: (server: ServerUnderTest) => Promise<boolean>): Promise<void> {
    this.#isOver = true;
    const lent = new Set(this.#lent.map(({ program }) => program));
    // Clients end first, so that the registry forgets them.
    for (const program of this.#programs) if (!lent.has(program)) await program.kill();
    for (const server of this.#lent) {
      if (!server.program.hasEnded && (await isAsNew(server))) this.#pool.servers.push(server);
      else await server.program.kill();
    }
    if (this.#host !== undefined && !this.#host.hasEnded) this.#pool.hosts.push(this.#host);
  }

  /** The command that starts one of the programs. */
  #command(program: "server" | "client" | "peer"): string[] {
    const template = this.place[program];
    if (template !== undefined) return splitWords(template);
    const bundle = this.#bundle(`${basename(this.place.folder)}/${program}`);
    return bundle === undefined ? nodeCommand(join(this.place.folder, `${program}.ts`)) : bundle;
  }

  /** The command that runs a bundle; undefined if there is none. */
  #bundle(name: string): string[] | undefined {
    const { bundles } = this.place;
    return bundles === undefined ? undefined : bundleCommand(join(bundles, `${name}.js`));
  }

  /** A check that was given up may go on for a moment. What it started then, nobody would end. */
  #mustNotBeOver(): void {
    if (this.#isOver) throw new CouldNotRun("the check is over");
  }

  /** What was added to a command that has no place for the port. */
  get #added(): string {
    const { server } = this.place;
    return server === undefined || server.includes("{port}")
      ? ""
      : `: its command has no {port}, so --port was added at the end`;
  }

  async #whyNotReached(program: ProgramUnderTest, port: number): Promise<string> {
    const why = `the server runs, and does not listen on port ${port}, which it was given${this.#added}`;
    if (await program.isBusy()) return `${why}\n${ENDLESS}`;
    const [telling] = tellingLines(program.errors, program.lines);
    return telling === undefined ? `${why}; it has printed nothing` : `${why}; it has printed: ${telling}`;
  }

  #folder(inCourse: boolean): string {
    return inCourse ? COURSE_FOLDER : (this.place.workingFolder ?? process.cwd());
  }

  async #untilItAnswers({ program, port }: ServerUnderTest): Promise<void> {
    const started = Date.now();
    while (!(await answers(port))) {
      const waited = Date.now() - started;
      if (program.hasEnded) throw new CouldNotRun(program.lastWords);
      const other = otherPort([...program.lines, ...program.errors], port);
      if (other !== undefined && waited > SPEECHLESS)
        throw new CouldNotRun(
          `the server says that it listens on port ${other}, and was given ${port}${this.#added}`,
        );
      if (waited > Math.max(this.timeout, STARTING))
        throw new CouldNotRun(await this.#whyNotReached(program, port));
      await Promise.race([program.ended, new Promise<void>((resolve) => setTimeout(resolve, POLL))]);
    }
    // If ours has printed nothing yet, another program may have answered. Then ours soon ends with an error.
    const patience = Date.now() + SPEECHLESS;
    while (!program.hasPrinted && !program.hasEnded && Date.now() < patience) await sleep(POLL);
    if (program.hasEnded) throw new CouldNotRun(program.lastWords);
  }
}

/** The first port that a program names, if it names no port but others than its own. */
function otherPort(lines: readonly string[], own: number): string | undefined {
  const named = lines.flatMap((line) =>
    [...line.matchAll(/(?:\bport\W{1,3}|\bon |:)(\d{2,5})\b(?![.:]\d)/gi)].map(([, digits = ""]) => digits),
  );
  return named.includes(String(own)) ? undefined : named.find((digits) => Number(digits) <= 65_535);
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
