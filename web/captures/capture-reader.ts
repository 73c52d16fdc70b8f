// The program's side of the process that reads one capture: starts it, asks it, and ends it.

import { type ChildProcess, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";
import { nodeCommand } from "../../programs/node-command.ts";
import { CallError } from "../shared/fields.ts";
import type { ReaderCalls, ReaderMessage, ReadSummary } from "./reader-calls.ts";

/** How much the process may have on its heap, in MiB. The bytes of a capture are beside it, and are as many as its file has. */
export const MOST_HEAP = 1536;

/** So much of what the process prints is kept, in characters: it says what was our mistake. */
const MOST_PRINTED = 8192;

const READER = "web/captures/reader/reader.ts";

const TOO_MUCH = "reading this capture has needed more memory than it may; nothing else is harmed";

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

export interface ReaderEvents {
  progress(read: number, of: number): void;
  searched(search: number, state: { hits: number; share: number; ended: boolean; isCut: boolean }): void;
  /** It has ended, and nobody has closed it. */
  ended(problem: string): void;
  /** Is told of what is a mistake of ours. */
  failed(error: unknown): void;
}

export class CaptureReader {
  /** What is in the capture. It fails with a CallError if that cannot be read, or if reading was given up. */
  readonly ready: Promise<ReadSummary>;
  /** Resolves when the process has ended. */
  readonly closed: Promise<void>;
  readonly #process: ChildProcess;
  readonly #events: ReaderEvents;
  readonly #waiting = new Map<number, Waiting>();
  #next = 1;
  #isClosed = false;
  #printed = "";

  /** @param spillPath where the process may make a file; it is removed at the end */
  constructor(path: string, spillPath: string, events: ReaderEvents, mostHeap = MOST_HEAP) {
    this.#events = events;
    const [node = "", ...words] = nodeCommand(READER);
    this.#process = spawn(node, [`--max-old-space-size=${mostHeap}`, ...words, path, spillPath], {
      cwd: COURSE_FOLDER,
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      serialization: "advanced",
      windowsHide: true,
    });
    this.#process.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#printed = (this.#printed + text).slice(-MOST_PRINTED);
    });
    this.ready = new Promise((resolve, reject) => {
      this.#waiting.set(0, { resolve: resolve as (result: unknown) => void, reject });
    });
    this.ready.catch(() => {}); // Whoever asks for it is told.
    this.#process.on("message", (message: ReaderMessage) => this.#receive(message));
    // `close` follows an error, too, but not if the process could not be started.
    this.#process.on("error", () => {});
    this.closed = new Promise((resolve) => {
      const end = (code: number | null): void => {
        this.#end(code);
        rmSync(spillPath, { force: true });
        resolve();
      };
      this.#process.once("close", end);
      this.#process.once("error", () => end(null));
    });
  }

  /** @throws CallError */
  async ask<Name extends keyof ReaderCalls>(
    call: Name,
    given: ReaderCalls[Name]["given"],
  ): Promise<ReaderCalls[Name]["result"]> {
    await this.ready;
    if (this.#isClosed) throw new CallError("this capture is closed");
    const id = this.#next;
    this.#next += 1;
    return await new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (result: unknown) => void, reject });
      this.#process.send({ id, call, given }, (error) => {
        if (error !== null) this.#take(id)?.reject(new CallError("this capture is closed"));
      });
    });
  }

  /** Ends the process, also while it reads. */
  close(): Promise<void> {
    this.#isClosed = true;
    this.#process.kill("SIGKILL");
    return this.closed;
  }

  #receive(message: ReaderMessage): void {
    switch (message.kind) {
      case "progress":
        return this.#events.progress(message.read, message.of);
      case "ready":
        return this.#take(0)?.resolve(message.summary);
      case "unreadable":
        this.#take(0)?.reject(new CallError(message.problem));
        return void this.close();
      case "answer":
        return this.#take(message.id)?.resolve(message.result);
      case "problem":
        return this.#take(message.id)?.reject(new CallError(message.problem));
      case "mistake":
        return this.#take(message.id)?.reject(new Error(message.mistake));
      case "searched": {
        const { search, hits, share, ended, isCut } = message;
        return this.#events.searched(search, { hits, share, ended, isCut });
      }
    }
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  /** @param code of the process; null if a signal ended it, as it does when V8 has no memory left */
  #end(code: number | null): void {
    const isOurs = !this.#isClosed && code === 1;
    const problem = this.#isClosed
      ? "reading was given up"
      : isOurs
        ? "something went wrong here; the program's terminal says what"
        : TOO_MUCH;
    for (const { reject } of this.#waiting.values()) reject(new CallError(problem));
    this.#waiting.clear();
    if (isOurs) this.#events.failed(new Error(this.#printed));
    if (!this.#isClosed) this.#events.ended(problem);
    this.#isClosed = true;
  }
}
