// A capture that this page has open: its reading with progress, its keys, and opening it again when the server has come back.

import type { CaptureSummary, KeysState } from "../../shared/captures.ts";
import { server } from "../server.ts";
import { problemWords } from "../words.ts";

export type CaptureState =
  /** Bytes of the file. `of` is 0 until the first of them are read. */
  | { name: "reading"; read: number; of: number }
  | { name: "ready"; opened: number; summary: CaptureSummary }
  /** `file` is what it is called; empty if it is not in the list. */
  | { name: "failed"; problem: string; file: string };

export class OpenCapture {
  /** Its id in the server's list. */
  readonly capture: string;
  state: CaptureState = { name: "reading", read: 0, of: 0 };
  readonly #changed: () => void;
  readonly #unhear: (() => void)[];
  #opened: number | undefined;
  #isClosed = false;
  /** The server knows its numbers only as long as it runs. */
  #isLost = false;

  /** Begins to read. @param changed called whenever `state` is another */
  constructor(capture: string, changed: () => void) {
    this.capture = capture;
    this.#changed = changed;
    this.#unhear = [
      server.on("captures/progress", ({ opened, read, of }) => {
        if (opened === this.#opened && this.state.name === "reading")
          this.#become({ name: "reading", read, of });
      }),
      server.on("captures/keys", ({ opened, keys }) => {
        if (opened === this.#opened) this.takeKeys(keys);
      }),
      server.on("captures/ended", ({ opened, problem }) => {
        if (opened === this.#opened) void this.#fail(problem);
      }),
      server.watch(() => this.#onConnection()),
    ];
    void this.#start();
  }

  /** The keys of this capture, as the answer to a call said. */
  takeKeys(keys: KeysState): void {
    if (this.state.name !== "ready" || keys.version < this.state.summary.keys.version) return;
    this.#become({ ...this.state, summary: { ...this.state.summary, keys } });
  }

  /** Closes it, or gives up reading it. */
  close(): void {
    this.#isClosed = true;
    for (const unhear of this.#unhear) unhear();
    this.#tellClosed();
  }

  async #start(): Promise<void> {
    this.#become({ name: "reading", read: 0, of: 0 });
    try {
      const { opened } = await server.call("captures/open", { capture: this.capture });
      this.#opened = opened;
      if (this.#isClosed) return this.#tellClosed();
      const summary = await server.call("captures/ready", { opened });
      if (opened === this.#opened) this.#become({ name: "ready", opened, summary });
    } catch (problem) {
      if (!this.#isLost) await this.#fail(problemWords(problem));
    }
  }

  async #fail(problem: string): Promise<void> {
    const list = await server.call("captures/list", {}).catch(() => []);
    if (this.#isLost) return;
    const file = list.find(({ id }) => id === this.capture)?.name ?? "";
    this.#become({ name: "failed", problem, file });
  }

  #onConnection(): void {
    if (server.state === "gone") {
      this.#isLost = true;
      this.#opened = undefined;
    } else if (server.state === "open" && this.#isLost) {
      this.#isLost = false;
      void this.#start();
    }
  }

  #tellClosed(): void {
    const opened = this.#opened;
    this.#opened = undefined;
    // What is closed already, or closes with its server, needs no answer.
    if (opened !== undefined && server.state === "open")
      server.call("captures/close", { opened }).catch(() => {});
  }

  #become(state: CaptureState): void {
    this.state = state;
    if (!this.#isClosed) this.#changed();
  }
}
