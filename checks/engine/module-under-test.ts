// Calls functions from one of a stage's files in a process of their own (module-host.ts).

import { type ChildProcess, spawn } from "node:child_process";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { inspect, isDeepStrictEqual } from "node:util";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";
import { bundleCommand, nodeCommand } from "../../programs/node-command.ts";
import { patientTimeout } from "../../programs/patience.ts";
import type { CheckContext } from "./check-context.ts";
import type { Place } from "./place.ts";
import { CouldNotRun, type FailureDetails, StepFailure } from "./step-failure.ts";
import type { TouchedBytes } from "./touched-bytes.ts";
import { within } from "./transcript.ts";
import {
  decodeValue,
  encodeValue,
  GivesArgument,
  GivesInTurn,
  NotesCalls,
  Reference,
  type Thrown,
} from "./values.ts";
import type { CryptoCalls } from "./watched-crypto.ts";

const HOST = fileURLToPath(new URL("module-host.ts", import.meta.url));

/** How long the process may take to start, in milliseconds. If the machine is busy, the functions are not to blame. */
const START = 30_000;

/** The result of a call. */
type Outcome = ({ value: unknown } & TouchedBytes) | { thrown: Thrown };

interface Request {
  kind: "call" | "create" | "method" | "crypto-calls" | "noted-calls";
  file: string;
  name: string;
  handle?: number;
  arguments: readonly unknown[];
}

/** The processes that still run: they end with us, also if the functions never return. */
const running = new Set<ModuleHost>();
process.on("exit", () => {
  for (const host of running) host.kill();
});

/** The process that holds the functions. One process serves many checks. */
export class ModuleHost {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (answer: string | undefined) => void>();
  readonly #started: Promise<void>;
  readonly #isCompiled: boolean;
  #unfinished = "";
  #requests = 0;
  #errors = "";
  #ended = false;

  constructor({ folder, bundles }: Place) {
    this.#isCompiled = bundles !== undefined;
    const [command = "", ...argv] =
      bundles === undefined
        ? [...nodeCommand(HOST), folder]
        : [...bundleCommand(join(bundles, "module-host.js")), join(bundles, basename(folder))];
    this.#child = spawn(command, argv, {
      cwd: COURSE_FOLDER,
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.#child.stdin?.on("error", () => {});
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => this.#read(text));
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#errors = (this.#errors + text).slice(-4000);
    });
    this.#started = new Promise((resolve) => this.#waiting.set(0, () => resolve()));
    running.add(this);
    this.#child.on("close", () => {
      running.delete(this);
      this.#ended = true;
      for (const answer of this.#waiting.values()) answer(undefined);
    });
    this.#child.on("error", () => {});
  }

  get hasEnded(): boolean {
    return this.#ended;
  }

  /**
   * @param timeout in milliseconds
   * @returns undefined if no answer comes in time; then the process is killed, because it may be in an endless loop
   * @throws CouldNotRun if the file is not valid TypeScript, or the process has ended
   */
  async request(request: Request, timeout: number): Promise<Outcome | undefined> {
    await within(
      START,
      this.#started,
      () => new CouldNotRun(`the process for ${request.file} does not start`),
    );
    this.#requests += 1;
    const id = this.#requests;
    const answer = await new Promise<string | undefined | "late">((resolve) => {
      if (this.#ended) return resolve(undefined);
      const cancel = patientTimeout(() => resolve("late"), timeout);
      this.#waiting.set(id, (line) => {
        cancel();
        resolve(line);
      });
      const file = this.#isCompiled ? request.file.replace(/\.ts$/, ".js") : request.file;
      const line = { id, ...request, file, arguments: encodeValue([...request.arguments]) };
      // The newest Node.js also ends lines at U+2028 and U+2029. JSON may contain these as escapes.
      const json = JSON.stringify(line).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
      this.#child.stdin?.write(`${json}\n`);
    });
    this.#waiting.delete(id);
    if (answer === "late") {
      this.kill();
      return undefined;
    }
    if (answer === undefined)
      throw new CouldNotRun(`the process that runs ${request.file} has ended:\n${this.#errors.trim()}`);
    const { value, thrown, compiled, touched } = JSON.parse(answer);
    if (thrown === undefined) return { value: decodeValue(value), ...touched };
    const error = decodeValue(thrown) as Thrown;
    if (compiled === false) throw new CouldNotRun(`${request.file} cannot be loaded: ${error.message}`);
    return { thrown: error };
  }

  kill(): void {
    this.#ended = true;
    this.#child.kill("SIGKILL");
  }

  #read(text: string): void {
    const lines = (this.#unfinished + text).split("\n");
    this.#unfinished = lines.pop() ?? "";
    for (const line of lines) this.#waiting.get(JSON.parse(line).id)?.(line);
  }
}

export interface ExpectedError {
  code?: string;
  message?: RegExp;
}

/** Tells the likeliest mistake from the value that came instead of the expected one; undefined if it tells none. */
export type Why = (value: unknown) => string | undefined;

/** The functions of one file or the methods of one object, as an actor. */
export class ModuleUnderTest {
  readonly #file: string;
  readonly #host: ModuleHost;
  readonly #context: CheckContext;
  readonly #object: { name: string; handle: number } | undefined;

  constructor(
    file: string,
    host: ModuleHost,
    context: CheckContext,
    object?: { name: string; handle: number },
  ) {
    this.#file = file;
    this.#host = host;
    this.#context = context;
    this.#object = object;
  }

  /** Calls a function, and returns its value. */
  async calls(name: string, argv: readonly unknown[]): Promise<unknown> {
    return this.#step(`calls ${this.#call(name, argv)}`, async () => this.#value(name, argv));
  }

  /** Calls a function, and expects exactly this value. */
  async returns(name: string, argv: readonly unknown[], expected: unknown, why?: Why): Promise<void> {
    await this.#step(`${this.#call(name, argv)} returns ${show(expected)}`, async () => {
      const value = await this.#value(name, argv, show(expected));
      if (!isDeepStrictEqual(plain(value), plain(expected)))
        this.#fail(name, argv, show(expected), {
          received: show(value),
          exact: true,
          ...because(why, value),
        });
    });
  }

  /** Calls a function, and expects that it throws. `why` is asked if it returns a value instead. */
  async throws(
    name: string,
    argv: readonly unknown[],
    expected: ExpectedError = {},
    why?: Why,
  ): Promise<void> {
    const description = `an error${expected.code ? ` with code ${expected.code}` : ""}${expected.message ? ` that says ${expected.message}` : ""}`;
    await this.#step(`${this.#call(name, argv)} throws ${description}`, async () => {
      const outcome = await this.#outcome("call", name, argv, description);
      if ("value" in outcome)
        return this.#fail(name, argv, description, {
          received: show(outcome.value),
          ...because(why, outcome.value),
        });
      const { thrown } = outcome;
      const right =
        (expected.code === undefined || thrown.code === expected.code) &&
        (expected.message === undefined || expected.message.test(thrown.message));
      if (!right) this.#fail(name, argv, description, wrongError(thrown, expected));
      this.#context.transcript.observe();
    });
  }

  /** Makes an object of a class that the file exports. */
  async creates(name: string, argv: readonly unknown[]): Promise<ModuleUnderTest> {
    return this.#step(`new ${this.#call(name, argv)}`, async () => {
      const outcome = await this.#outcome("create", name, argv, `an object of ${name}`);
      if ("thrown" in outcome)
        return this.#fail(name, argv, `an object of ${name}`, wrongError(outcome.thrown));
      const { value } = outcome;
      const handle = value instanceof Reference ? value.handle : -1;
      return new ModuleUnderTest(this.#file, this.#host, this.#context, { name, handle });
    });
  }

  /** What has been called in node:crypto since the last time (see watched-crypto.ts). */
  async cryptoCalls(): Promise<CryptoCalls> {
    const request = { kind: "crypto-calls" as const, file: this.#file, name: "", arguments: [] };
    const outcome = await this.#host.request(request, this.#context.timeout);
    return outcome !== undefined && "value" in outcome
      ? (outcome.value as CryptoCalls)
      : { calls: [], hasDrawn: false };
  }

  /** The calls of all NotesCalls that were handed in (see values.ts), in order, since the last time. */
  async notedCalls(): Promise<string[]> {
    const request = { kind: "noted-calls" as const, file: this.#file, name: "", arguments: [] };
    const outcome = await this.#host.request(request, this.#context.timeout);
    return outcome !== undefined && "value" in outcome ? (outcome.value as string[]) : [];
  }

  /**
   * Calls a function, and expects that it gives new bytes, and leaves those that it was given as they were.
   * @param names what the function calls its arguments
   */
  async makesNewBytes(name: string, argv: readonly unknown[], names: readonly string[]): Promise<void> {
    await this.#step(`${this.#call(name, argv)} leaves ${names.join(" and ")} as they were`, async () => {
      const outcome = await this.#outcome("call", name, argv, "new bytes");
      if ("thrown" in outcome) return this.#fail(name, argv, "new bytes", wrongError(outcome.thrown));
      const { changed = [], returned } = outcome;
      const [first] = changed;
      if (first !== undefined)
        return this.#fail(name, argv, `${names[first]} as it was`, {
          received: `${names[first]}, changed`,
          likelyCause: `${name} writes into ${names[first]} itself. Make a new Buffer, and write into that one.`,
        });
      if (returned !== undefined)
        return this.#fail(name, argv, "a new Buffer", {
          received: `the bytes of ${names[returned]} themselves`,
          likelyCause: `What is returned shares its bytes with ${names[returned]}: slice and subarray copy nothing. Make a new Buffer.`,
        });
      this.#context.transcript.observe();
    });
  }

  /** The object as an argument for another call. */
  get reference(): Reference {
    return new Reference(this.#object?.handle ?? -1);
  }

  async #value(name: string, argv: readonly unknown[], expected = "a value"): Promise<unknown> {
    const outcome = await this.#outcome("call", name, argv, expected);
    if ("thrown" in outcome) return this.#fail(name, argv, expected, wrongError(outcome.thrown));
    this.#context.transcript.observe();
    return outcome.value;
  }

  async #outcome(
    kind: "call" | "create",
    name: string,
    argv: readonly unknown[],
    expected: string,
  ): Promise<Outcome> {
    const target =
      this.#object === undefined ? { kind } : { kind: "method" as const, handle: this.#object.handle };
    const request = { ...target, file: this.#file, name, arguments: argv };
    const outcome = await this.#host.request(request, this.#context.timeout);
    if (outcome !== undefined) return outcome;
    throw new StepFailure({
      sent: this.#call(name, argv),
      expected,
      received: `nothing within ${this.#context.timeout / 1000} s`,
      came: "nothing",
      likelyCause: "A loop has no end, or does far too much work.",
    });
  }

  #fail(
    name: string,
    argv: readonly unknown[],
    expected: string,
    instead: Omit<FailureDetails, "expected">,
  ): never {
    throw new StepFailure({ sent: this.#call(name, argv), expected, ...instead });
  }

  #call(name: string, argv: readonly unknown[]): string {
    const where = this.#object === undefined ? "" : `${this.#object.name}.`;
    return `${where}${name}(${argv.map(show).join(", ")})`;
  }

  #step<Value>(description: string, action: () => Promise<Value>): Promise<Value> {
    this.#context.transcript.lastSent = undefined;
    return this.#context.transcript.step(`${this.#file}: ${description}`, action);
  }
}

/** Makes a value that can be compared: Buffers and other byte arrays get the same form. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString("hex")}`;
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Error) return { name: value.name, message: value.message };
  if (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype)
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
  return value;
}

/** A value in one line. A long one is cut, and its length is added. */
function show(value: unknown): string {
  if (value instanceof GivesArgument)
    return value.index === 0 ? "(smallest, largest) => smallest" : "(smallest, largest) => largest";
  if (value instanceof NotesCalls) return value.name;
  if (value instanceof GivesInTurn) return `() => ${value.values.map(show).join(", then ")}`;
  if (value instanceof Uint8Array) {
    const hex = Buffer.from(value).toString("hex");
    return hex.length <= 128 ? `bytes ${hex}` : `${value.length} bytes ${hex.slice(0, 96)}…`;
  }
  if (typeof value === "bigint" && value > 2n ** 64n) {
    const hex = value.toString(16);
    return hex.length <= 72 ? `0x${hex}n` : `0x${hex.slice(0, 32)}…${hex.slice(-8)}n (${hex.length} digits)`;
  }
  if (Array.isArray(value) && value.some((one) => one instanceof Uint8Array || typeof one === "bigint"))
    return `[${value.map(show).join(", ")}]`;
  if (typeof value === "string")
    return JSON.stringify(value.length > 400 ? `${value.slice(0, 400)}…` : value);
  if (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype)
    return `{ ${Object.entries(value)
      .map(([name, member]) => `${name}: ${show(member)}`)
      .join(", ")} }`;
  return inspect(value, { breakLength: Number.POSITIVE_INFINITY, maxStringLength: 400, maxArrayLength: 40 });
}

function because(why: Why | undefined, value: unknown): { likelyCause?: string } {
  const likelyCause = why?.(value);
  return likelyCause === undefined ? {} : { likelyCause };
}

/** What leads to errors that the language throws by itself. */
const BUILT_IN: Readonly<Record<string, string>> = {
  TypeError: "the code uses a value before it knows what it is",
  SyntaxError: "the code hands it a text that may have any form, and does not catch the error",
  RangeError: "something has become too large",
  ReferenceError: "the code uses a name that it does not declare",
};

/** The details of a failure because of an error: one that was not expected, or another than the expected one. */
function wrongError(thrown: Thrown, expected?: ExpectedError): Omit<FailureDetails, "expected"> {
  // An error with a code is what the function has to say: it differs from what it should say.
  const { code } = thrown;
  const isBuiltIn = code === undefined || String(code).startsWith("ERR_INVALID_");
  const why = isBuiltIn ? BUILT_IN[thrown.name] : undefined;
  const came = why === undefined && code !== undefined ? "different" : "thrown";
  const likelyCause = why
    ? `JavaScript itself has thrown this ${thrown.name}: ${why}.`
    : expected?.code !== undefined && code === undefined
      ? "This error carries no code, so the caller cannot tell what was wrong. Throw the kind of error that carries one."
      : undefined;
  return { received: showThrown(thrown), came, ...(likelyCause && { likelyCause }) };
}

function showThrown({ name, message, code }: Thrown): string {
  return `thrown: ${name}${code === undefined ? "" : ` (${String(code)})`}: ${message}`;
}
