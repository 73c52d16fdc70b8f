// The page's connection to its server: calls, events, and coming back when the server has gone for a while.

import { type AllCalls, type AllEvents, type ServerMessage, SUBPROTOCOL } from "../shared/calls.ts";
import { CallError } from "../shared/fields.ts";
import { TokenKeeper } from "./token.ts";

/** How the connection is. */
export type State = "connecting" | "open" | "gone";

/** How long to wait before the next attempt, in milliseconds: longer each time, up to the last. */
const WAITS = [100, 250, 500, 1000, 2000];

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

type Handler<Name extends keyof AllEvents> = (data: AllEvents[Name]) => void;

class ServerConnection {
  state: State = "connecting";
  #socket: WebSocket | undefined;
  #attempts = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #next = 0;
  readonly #waiting = new Map<number, Waiting>();
  readonly #handlers = new Map<string, Set<(data: never) => void>>();
  readonly #watchers = new Set<() => void>();
  /** By what this page knows the run of the server whose token it has; empty before the first connection. */
  #run = "";
  readonly #tokens = new TokenKeeper(() => {
    this.#run = "";
    this.#reconnect();
  });

  constructor() {
    addEventListener("hashchange", () => this.#tokens.readAddress());
    this.#tokens.start();
    if (this.#socket === undefined) this.#connect();
  }

  /**
   * Asks the server to do something. Before the connection stands, the call waits for it.
   * @throws CallError with a sentence for the user
   */
  async call<Name extends keyof AllCalls>(
    name: Name,
    given: AllCalls[Name] extends { given: infer Given } ? Given : never,
  ): Promise<AllCalls[Name] extends { result: infer Result } ? Result : never> {
    await this.#opened();
    const id = this.#next;
    this.#next += 1;
    return await new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (result: unknown) => void, reject });
      this.#socket?.send(JSON.stringify({ id, call: name, given }));
    });
  }

  /** Hears events of one name. @returns what ends that */
  on<Name extends keyof AllEvents>(name: Name, handler: Handler<Name>): () => void {
    const handlers = this.#handlers.get(name) ?? new Set();
    this.#handlers.set(name, handlers);
    handlers.add(handler);
    return () => handlers.delete(handler);
  }

  /** Is told whenever `state` has changed. @returns what ends that */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Asks by HTTP, with the token: for files. */
  async request(path: string, options: RequestInit = {}): Promise<Response> {
    return await fetch(path, { ...options, headers: { Authorization: `Bearer ${this.#tokens.token}` } });
  }

  /**
   * Sends a file by HTTP, with the token. It is not read here: the browser takes it from the disk.
   * @param progress is told how many bytes have been sent
   * @returns the answer, as JSON
   * @throws CallError with the server's sentence, or if it was given up
   */
  upload(
    path: string,
    file: Blob,
    headers: Readonly<Record<string, string>>,
    progress: (sent: number) => void,
    signal: AbortSignal,
  ): Promise<unknown> {
    // Only this older way tells how much has been sent.
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.setRequestHeader("Authorization", `Bearer ${this.#tokens.token}`);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", ({ loaded }) => progress(loaded));
    signal.addEventListener("abort", () => request.abort());
    return new Promise((resolve, reject) => {
      const fail = (why: string): void => reject(new CallError(why));
      request.addEventListener("load", () => {
        if (request.status === 200) resolve(JSON.parse(request.responseText));
        else fail(request.responseText.trim());
      });
      request.addEventListener("abort", () => fail("it was given up"));
      request.addEventListener("error", () => fail("the program in the terminal did not take it"));
      request.send(file);
    });
  }

  /** Tries again at once. */
  tryNow(): void {
    this.#tokens.ask();
    this.#reconnect();
  }

  #opened(): Promise<void> {
    return new Promise((resolve) => {
      if (this.state === "open") return resolve();
      const unwatch = this.watch(() => {
        if (this.state !== "open") return;
        unwatch();
        resolve();
      });
    });
  }

  #reconnect(): void {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
    this.#lose();
    // What ran for this page has ended with the connection: whoever watches has to hear of it.
    this.#become("gone");
    this.#become("connecting");
    this.#attempts = 0;
    this.#connect();
  }

  #connect(): void {
    if (this.#tokens.token === "") return this.#become("gone");
    const socket = new WebSocket(`ws://${location.host}/socket`, [SUBPROTOCOL, this.#tokens.token]);
    this.#socket = socket;
    socket.addEventListener("message", ({ data }: MessageEvent<string>) => {
      if (socket !== this.#socket) return;
      const message = JSON.parse(data) as ServerMessage;
      if (this.state === "open") this.#receive(message);
      else if (!this.#isOurs(message)) socket.close();
    });
    socket.addEventListener("close", () => {
      if (socket !== this.#socket) return;
      this.#lose();
      this.#become("gone");
      // Perhaps the token is an old one, and another tab has the new one.
      this.#tokens.ask();
      const wait = WAITS[Math.min(this.#attempts, WAITS.length - 1)];
      this.#attempts += 1;
      this.#timer = setTimeout(() => this.#connect(), wait);
    });
  }

  /** Takes the first message of a connection. @returns whether it comes from the server that this page knows */
  #isOurs(message: ServerMessage): boolean {
    if (!("event" in message) || message.event !== "server/run") return false;
    const { run } = message.data as AllEvents["server/run"];
    if (this.#run !== "" && run !== this.#run) return false;
    this.#run = run;
    this.#attempts = 0;
    this.#tokens.works = true;
    this.#become("open");
    return true;
  }

  /** Calls that wait for an answer get none any more. */
  #lose(): void {
    this.#tokens.works = false;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting)
      reject(new CallError("the program in the terminal has ended; start it again: npm run web"));
  }

  #receive(message: ServerMessage): void {
    if ("event" in message) {
      for (const handler of this.#handlers.get(message.event) ?? []) handler(message.data as never);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if ("problem" in message) waiting?.reject(new CallError(message.problem));
    else waiting?.resolve(message.result);
  }

  #become(state: State): void {
    if (state === this.state) return;
    this.state = state;
    for (const watcher of [...this.#watchers]) watcher();
  }
}

/** The one connection of this page. */
export const server = new ServerConnection();
