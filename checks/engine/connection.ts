// A TCP connection of the checker, as an actor: most methods are steps of the check.

import type { Socket } from "node:net";
import { isDeepStrictEqual } from "node:util";
import type { Role } from "../../captures/record/recorder-log.ts";
import { patientTimeout } from "../../programs/patience.ts";
import { ENDLESS } from "./busy.ts";
import type { CheckContext } from "./check-context.ts";
import { quote, quoteBytes } from "./readable-bytes.ts";
import type { RecordedConnection } from "./recording.ts";
import { type FailureDetails, StepFailure } from "./step-failure.ts";

export type Members = Record<string, unknown>;

const LINE_FEED = 0x0a;
/** The pause between two pieces, in milliseconds: much longer than the loopback interface needs. */
const PAUSE = 60;
/** How many times longer than the timeout a step may wait if bytes go on arriving. */
const PATIENCE = 5;
/** The likely cause if a line has begun and does not end. */
const UNFINISHED = "The line has no LF at its end, so it is not over (P0.1).";
/** How much of the last line is remembered, in bytes. */
const LONGEST_REMEMBERED = 16 * 1024;
/** How many unread bytes one connection may hold. No answer of the protocol is so long. */
const MOST_UNREAD = 64 * 1024 * 1024;
/** How many seconds a timer may be early. */
const TIMER_TOLERANCE = 0.1;

export class Connection {
  /** The checker's role on this connection, such as "a client" or "bob". */
  readonly name: string;
  readonly socket: Socket;
  readonly #context: CheckContext;
  readonly #recorded: RecordedConnection;
  #chunks: Buffer[] = [];
  #length = 0;
  #ended = false;
  #restIgnored = false;
  #isRegistered = false;
  /** The last line that a step has read, with its LF. */
  #lastLine = "";
  #changed: (() => void)[] = [];

  constructor(socket: Socket, role: Role, name: string, context: CheckContext) {
    this.name = name;
    this.socket = socket;
    this.#context = context;
    this.#recorded = context.recording.open(socket, role);
    socket.on("data", (chunk: Buffer) => {
      this.#recorded.record({ event: "received", data: chunk });
      this.#chunks.push(chunk);
      this.#length += chunk.length;
      if (this.#length > MOST_UNREAD) socket.destroy();
      this.#change();
    });
    socket.on("end", () => {
      this.#recorded.record({ event: "end-received" });
      this.#end();
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ECONNRESET") this.#recorded.record({ event: "reset-received" });
    });
    socket.on("close", () => {
      this.#recorded.record({ event: "closed" });
      this.#end();
    });
  }

  /** The checker's own port. */
  get port(): number {
    return this.socket.localPort ?? 0;
  }

  /**
   * Sends exactly these bytes.
   * @param meaning what they mean, if that cannot be seen in them
   */
  async sends(bytes: string | Buffer, meaning?: string): Promise<void> {
    const data = Buffer.from(bytes);
    const shown = meaning === undefined ? quoteBytes(data) : `${meaning}, as ${quoteBytes(data)}`;
    await this.#sending(`${this.name} sends ${shown}`, shown, () => this.#write(data));
  }

  /** Sends an object as a line of JSON. */
  async sendsJson(object: unknown): Promise<void> {
    await this.sends(`${JSON.stringify(object)}\n`);
  }

  /**
   * Sends bytes, cut at these offsets. Each piece is a write and a segment of its own, and the next piece waits until
   * the system has taken it.
   */
  async sendsInPieces(bytes: string | Buffer, cuts: readonly number[]): Promise<void> {
    const data = Buffer.from(bytes);
    const offsets = [...new Set([0, ...cuts, data.length])].sort((left, right) => left - right);
    const pieces = offsets.slice(1).map((end, index) => data.subarray(offsets[index], end));
    const shown = pieces.map(quoteBytes).join(", then ");
    await this.#sending(`${this.name} sends in pieces ${shown}`, shown, async () => {
      for (const piece of pieces) {
        this.#recorded.sent(piece);
        await new Promise<void>((resolve) => this.socket.write(piece, () => resolve()));
        // The pause keeps pieces from being sent or read as one, even on a busy machine. No answer depends on it.
        await new Promise<void>((resolve) => setTimeout(resolve, PAUSE));
      }
    });
  }

  /** Expects exactly these bytes next. */
  async receives(expected: string | Buffer): Promise<void> {
    const wanted = Buffer.from(expected);
    await this.#step(`${this.name} receives ${quoteBytes(wanted)}`, async () => {
      // A wrong byte fails at once: there is no need to wait for the rest.
      await this.#until(() => {
        const have = this.#peek(Math.min(this.#length, wanted.length));
        return this.#length >= wanted.length || !have.equals(wanted.subarray(0, have.length));
      });
      const have = this.#bytes();
      if (!have.subarray(0, wanted.length).equals(wanted))
        await this.#failWaiting({
          expected: quoteBytes(wanted),
          received: this.#shown(),
          exact: this.#length > 0,
          ...(stopsInLine(have, wanted) && { likelyCause: UNFINISHED }),
        });
      this.#take(wanted.length);
    });
  }

  /**
   * Expects a line with any contents, and returns it without its LF.
   * @param expected what line is due, for the report if none comes
   */
  async receivesLine(expected = "a line"): Promise<string> {
    return this.#step(`${this.name} receives ${expected}`, () => this.#line(expected));
  }

  /**
   * Expects the three lines of a frame (P9.1), and returns them without their LF.
   * @param expected what is due inside of it
   */
  async receivesFrame(expected: string): Promise<readonly [string, string, string]> {
    return this.#step(`${this.name} receives ${expected}`, async () => [
      await this.#line(expected),
      await this.#line(`${expected}: the line with the token`),
      await this.#line(`${expected}: the line <end>`),
    ]);
  }

  /** Expects a line of JSON with exactly these members; without `expected`, any members. */
  async receivesJson(expected?: Members): Promise<Members> {
    const description = expected === undefined ? "a line of JSON" : JSON.stringify(expected);
    return this.#step(`${this.name} receives ${description}`, async () => {
      const { object } = await this.#object(description, expected === undefined || expected.type === "ping");
      if (expected !== undefined && !isDeepStrictEqual(object, expected))
        await this.#fail({ expected: description, received: ordered(object, expected), exact: true });
      return object;
    });
  }

  /** Expects an error line with this code, a message, and nothing else. */
  async receivesError(code: string): Promise<Members> {
    const description = `{"type":"error","code":"${code}","message":…}`;
    return this.#step(`${this.name} receives ${description}`, async () => {
      const { line, object } = await this.#object(description);
      const { type, code: received, message, ...rest } = object;
      const right =
        type === "error" &&
        received === code &&
        typeof message === "string" &&
        message !== "" &&
        Object.keys(rest).length === 0;
      if (!right) await this.#fail({ expected: description, received: line, exact: true });
      return object;
    });
  }

  /** Expects that the other side ends the connection, and has sent nothing that is still unread. */
  async isClosed(): Promise<void> {
    await this.#step(`the connection of ${this.name} is closed`, async () => {
      await this.#expectEnd();
      this.socket.end(); // Any program does this, and the other side may wait for it.
    });
  }

  /** The same, but the checker's half stays open, so the other side may still read. */
  async isHalfClosed(): Promise<void> {
    await this.#step(`the other half of the connection of ${this.name} is ended`, () => this.#expectEnd());
  }

  /** Expects that the other side ends the connection. @returns what it has sent that is still unread */
  async isClosedAfter(): Promise<string> {
    return this.#step(`the connection of ${this.name} is closed in the end`, async () => {
      await this.#until(() => this.#ended);
      if (!this.#ended)
        await this.#failWaiting({
          expected: "the end of the connection",
          received: `${this.#shown()}; it stays open`,
        });
      this.socket.end();
      const rest = this.#bytes().toString();
      this.#take(this.#length);
      return rest;
    });
  }

  /**
   * The same, and the end must not come earlier than this many seconds.
   * @param since when the seconds begin, as a value of performance.now()
   * @returns what the other side has sent that is still unread
   */
  async isClosedAfterSeconds(seconds: number, since: number): Promise<string> {
    const description = `the connection of ${this.name} is closed after ${seconds} s, and not before`;
    return this.#step(description, async () => {
      const left = Math.max(0, since + 1000 * seconds - performance.now());
      const timeout = this.#context.timeout + left;
      // The end is due at this time, whatever comes before it.
      await this.#until(() => this.#ended, timeout, timeout);
      const after = (performance.now() - since) / 1000;
      if (!this.#ended)
        await this.#fail({
          expected: `the end of the connection after ${seconds} s`,
          received: `none within ${after.toFixed(1)} s`,
        });
      if (after < seconds - TIMER_TOLERANCE)
        await this.#fail({
          expected: `the end of the connection after ${seconds} s`,
          received: `it after ${after.toFixed(1)} s`,
        });
      this.socket.end();
      const rest = this.#bytes().toString();
      this.#take(this.#length);
      this.#context.transcript.observe();
      return rest;
    });
  }

  /** Registers at a registry, and expects its confirmation. */
  async registers(username: string, port = 50_001): Promise<void> {
    await this.#context.transcript.preparing(async () => {
      await this.sendsJson({ type: "register", username, port });
      await this.answer({ type: "registered", username });
      this.#isRegistered = true;
    });
  }

  /** Expects an answer of a registry: the next line that is neither news of other users nor a ping. */
  async answer(expected?: Members): Promise<Members> {
    const description = expected === undefined ? "an answer" : JSON.stringify(expected);
    return this.#step(`${this.name} receives ${description}`, async () => {
      const answer = await this.#answer(description);
      if (expected !== undefined && !isDeepStrictEqual(answer, expected))
        await this.#fail({ expected: description, received: ordered(answer, expected), exact: true });
      return answer;
    });
  }

  /** Says goodbye to a registry, and expects it to close the connection. */
  async leaves(): Promise<void> {
    await this.sendsJson({ type: "leave" });
    await this.isClosedAfter();
  }

  /** Ends the checker's half of the connection, and continues to read. */
  async endsHalf(): Promise<void> {
    await this.#sending(
      `${this.name} ends its half of the connection`,
      this.#then("the end of its half (FIN)"),
      () => {
        this.#recorded.record({ event: "end-sent" });
        this.socket.end();
      },
    );
  }

  /** Ends the connection with a reset. */
  async resets(): Promise<void> {
    await this.#sending(`${this.name} resets the connection`, this.#then("a reset (RST)"), () => {
      this.#recorded.record({ event: "reset-sent" });
      this.socket.resetAndDestroy();
    });
  }

  /** Closes the connection. */
  async closes(): Promise<void> {
    await this.#sending(
      `${this.name} closes the connection`,
      this.#then("the end of the connection (FIN)"),
      () => {
        this.#restIgnored = true;
        this.socket.end();
        this.socket.destroySoon();
      },
    );
  }

  /** From now on, other lines may arrive unread. */
  ignoresTheRest(): void {
    this.#restIgnored = true;
  }

  /**
   * Reads nothing more. What arrives stays with the system, and is not recorded. This is no step.
   */
  leavesAllUnread(): void {
    this.#restIgnored = true;
    this.socket.removeAllListeners("data").pause();
  }

  /**
   * After leavesAllUnread(): reads until the other side ends the connection, and waits as long as bytes come. This is
   * no step.
   * @returns how many copies of these bytes came, and nothing else
   * @throws StepFailure if anything else came, or the end did not come
   */
  async readsCopies(copy: Buffer): Promise<number> {
    let length = 0;
    let wrong: Buffer | undefined;
    this.socket.on("data", (chunk: Buffer) => {
      const start = length % copy.length;
      const expected = Buffer.alloc(start + chunk.length, copy).subarray(start);
      if (!chunk.equals(expected)) wrong ??= chunk;
      length += chunk.length;
      this.#change();
    });
    this.socket.resume();
    await this.#until(() => wrong !== undefined, Number.POSITIVE_INFINITY);
    if (length > 0) this.#context.transcript.observe();
    if (wrong !== undefined || length % copy.length > 0)
      await this.#fail({
        expected: `${quoteBytes(copy)}, again and again`,
        received: quoteBytes(wrong ?? Buffer.alloc(length % copy.length, copy)),
      });
    if (!this.#ended) await this.#failWaiting({ expected: "the end of the connection", received: "no end" });
    return length / copy.length;
  }

  /** All lines that will arrive, for a server that the checker plays. Reading them is no step. */
  async *lines(): AsyncGenerator<string, void> {
    for (;;) {
      while (!this.#bytes().includes(LINE_FEED) && !this.#ended)
        await new Promise<void>((resolve) => this.#changed.push(resolve));
      const end = this.#bytes().indexOf(LINE_FEED);
      if (end === -1) return;
      yield this.#take(end + 1).toString("utf8", 0, end);
    }
  }

  /** Sends text. This is no step. */
  write(text: string): void {
    this.#write(Buffer.from(text));
  }

  /** Ends the checker's half. This is no step. */
  end(): void {
    this.#recorded.record({ event: "end-sent" });
    this.socket.end();
  }

  /** Called at the end of a check. @throws StepFailure if bytes have arrived that no step has read */
  assertNothingUnread(): void {
    if (this.#restIgnored || this.#length === 0) return;
    throw new StepFailure({
      expected: `nothing more on the connection of ${this.name}`,
      received: this.#shown(),
      likelyCause:
        this.#bytes().toString() === this.#lastLine
          ? "The last line is sent twice."
          : "Something is sent that nobody has asked for.",
      port: this.port,
    });
  }

  destroy(): void {
    this.socket.destroy();
  }

  async #expectEnd(): Promise<void> {
    await this.#until(() => this.#ended || this.#length > 0);
    if (this.#length > 0)
      await this.#fail({ expected: "the end of the connection", received: this.#shown() });
    if (!this.#ended)
      await this.#failWaiting({
        expected: "the end of the connection",
        received: `nothing within ${this.#context.timeout / 1000} s; it stays open`,
      });
  }

  async #sending(description: string, shown: string, action: () => void | Promise<void>): Promise<void> {
    this.#context.transcript.lastSent = { text: shown, by: this.name };
    await this.#step(description, action);
  }

  /** What is sent without bytes follows what was sent before. */
  #then(what: string): string {
    const { lastSent } = this.#context.transcript;
    return lastSent?.by === this.name ? `${lastSent.text}, then ${what}` : what;
  }

  #write(data: Buffer): void {
    this.#recorded.sent(data);
    this.socket.write(data);
  }

  #step<Value>(description: string, action: () => Value | Promise<Value>): Promise<Value> {
    return this.#context.transcript.step(description, action);
  }

  async #line(expected: string): Promise<string> {
    let end = -1;
    await this.#until(() => {
      end = this.#bytes().indexOf(LINE_FEED);
      return end !== -1;
    });
    if (end === -1) {
      const begun = this.#length > 0;
      return this.#failWaiting({
        expected,
        received: this.#shown(),
        ...(begun && { likelyCause: UNFINISHED }),
      });
    }
    return this.#take(end + 1).toString("utf8", 0, end);
  }

  async #parse(line: string): Promise<Members> {
    try {
      const object: unknown = JSON.parse(line);
      if (typeof object === "object" && object !== null && !Array.isArray(object)) return object as Members;
    } catch {
      // The failure below reports that.
    }
    return this.#fail({ expected: "a line that is a JSON object", received: quote(line) });
  }

  /** The next line as an object. Who is registered may be pinged at any time (P2.6): a ping that is not due is passed over. */
  async #object(expected: string, isPingDue = false): Promise<{ line: string; object: Members }> {
    for (;;) {
      const line = await this.#line(expected);
      const object = await this.#parse(line);
      if (object.type !== "ping" || isPingDue || !this.#isRegistered) return { line, object };
    }
  }

  async #answer(expected: string): Promise<Members> {
    for (;;) {
      const { object } = await this.#object(expected);
      if (!["joined", "left", "ping"].includes(String(object.type))) return object;
    }
  }

  /**
   * Waits until the condition holds, the connection has ended or the time is over. The caller finds out which. The time
   * begins anew when bytes arrive, so that much data may take long, but not forever.
   * @param longest for how long it may go on like this, in milliseconds
   * @param timeout how long to wait when nothing arrives, in milliseconds
   */
  async #until(
    condition: () => boolean,
    longest = PATIENCE * this.#context.timeout,
    timeout = this.#context.timeout,
  ): Promise<void> {
    let late = false;
    const end = (): void => {
      late = true;
      this.#change();
    };
    let cancelIdle = patientTimeout(end, timeout);
    const cancelLimit = longest === Number.POSITIVE_INFINITY ? () => {} : patientTimeout(end, longest);
    const refresh = (): void => {
      cancelIdle();
      cancelIdle = patientTimeout(end, timeout);
    };
    this.socket.on("data", refresh);
    try {
      while (!condition() && !this.#ended && !late)
        await new Promise<void>((resolve) => this.#changed.push(resolve));
    } finally {
      this.socket.off("data", refresh);
      cancelIdle();
      cancelLimit();
    }
  }

  async #fail(details: FailureDetails): Promise<never> {
    const lastWords = await this.#context.lastWords(this.#ended);
    throw new StepFailure({ port: this.port, ...lastWords, ...details });
  }

  /** Fails a step that has waited in vain. If nothing has arrived at all, the program may be in an endless loop. */
  async #failWaiting(details: FailureDetails): Promise<never> {
    if (this.#length > 0) return this.#fail(details);
    if (this.#ended) return this.#fail({ came: "ended", ...details });
    const busy = await this.#context.anyBusy();
    return this.#fail({ came: "nothing", ...(busy && { likelyCause: ENDLESS }), ...details });
  }

  /** The unread bytes as text. */
  #shown(): string {
    if (this.#length > 0) return quoteBytes(this.#bytes());
    return this.#ended ? "the end of the connection" : `nothing within ${this.#context.timeout / 1000} s`;
  }

  #bytes(): Buffer {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0] ?? Buffer.alloc(0);
  }

  #peek(count: number): Buffer {
    return this.#bytes().subarray(0, count);
  }

  #take(count: number): Buffer {
    const bytes = this.#bytes();
    if (count > 0) this.#context.transcript.observe();
    const taken = bytes.toString("utf8", Math.max(0, count - LONGEST_REMEMBERED), count);
    if (taken.endsWith("\n")) this.#lastLine = taken.slice(taken.lastIndexOf("\n", taken.length - 2) + 1);
    this.#chunks = [bytes.subarray(count)];
    this.#length -= count;
    return bytes.subarray(0, count);
  }

  #end(): void {
    this.#ended = true;
    this.#change();
  }

  #change(): void {
    for (const resolve of this.#changed.splice(0)) resolve();
  }
}

/** Whether what was wanted has begun, and stops in the middle of a line. */
function stopsInLine(have: Buffer, wanted: Buffer): boolean {
  return have.length > 0 && have.at(-1) !== LINE_FEED && wanted.subarray(0, have.length).equals(have);
}

/** An object as JSON. Its members are in the order of another object, so that differences are easy to see. */
export function ordered(object: Members, like: Members): string {
  const names = [...new Set([...Object.keys(like), ...Object.keys(object)])].filter((name) => name in object);
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, object[name]])));
}
