// A page without a browser, for tests: its socket, calls, and the events that it has heard.

import { WebSocket } from "ws";
import { DEADLINE } from "../../programs/child-program.ts";
import { patientTimeout } from "../../programs/patience.ts";
import { type AllCalls, type AllEvents, type ServerMessage, SUBPROTOCOL } from "../shared/calls.ts";
import { CallError } from "../shared/fields.ts";

type Answered = (message: { result: unknown } | { problem: string }) => void;

export class PageClient {
  readonly #socket: WebSocket;
  readonly #answers = new Map<number, Answered>();
  readonly #listeners = new Set<(event: string, data: unknown) => void>();
  #next = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data) => this.#receive(JSON.parse(String(data))));
  }

  static async open(port: number, token: string): Promise<PageClient> {
    const host = `127.0.0.1:${port}`;
    const socket = new WebSocket(`ws://${host}/socket`, [SUBPROTOCOL, token], { origin: `http://${host}` });
    await new Promise((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
    });
    return new PageClient(socket);
  }

  /** @throws CallError with what the server says */
  async call<Name extends keyof AllCalls>(
    name: Name,
    given: AllCalls[Name] extends { given: infer Given } ? Given : never,
  ): Promise<AllCalls[Name] extends { result: infer Result } ? Result : never> {
    const id = this.#next;
    this.#next += 1;
    return await new Promise((resolve, reject) => {
      this.#answers.set(id, (message) => {
        if ("problem" in message) reject(new CallError(message.problem));
        else resolve(message.result as never);
      });
      this.#socket.send(JSON.stringify({ id, call: name, given }));
    });
  }

  /** The next event of one name that fits. */
  async heard<Name extends keyof AllEvents>(
    name: Name,
    fits: (data: AllEvents[Name]) => boolean,
  ): Promise<AllEvents[Name]> {
    return await new Promise((resolve, reject) => {
      const end = (): void => {
        cancel();
        this.#listeners.delete(listener);
      };
      const cancel = patientTimeout(() => {
        end();
        reject(new Error(`in vain: an event ${name}`));
      }, DEADLINE);
      const listener = (event: string, data: unknown): void => {
        if (event !== name || !fits(data as AllEvents[Name])) return;
        end();
        resolve(data as AllEvents[Name]);
      };
      this.#listeners.add(listener);
    });
  }

  close(): void {
    this.#socket.close();
  }

  #receive(message: ServerMessage): void {
    if ("event" in message) {
      for (const listener of [...this.#listeners]) listener(message.event, message.data);
      return;
    }
    this.#answers.get(message.id)?.(message);
    this.#answers.delete(message.id);
  }
}
