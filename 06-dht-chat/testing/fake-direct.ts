// Direct connections in memory, for tests: offers and answers name each other, and the channels carry bytes.

import type { Bytes } from "../bytes.ts";
import type { DirectAttempt, DirectChannel, MakeAttempt } from "../direct.ts";

/** So many messages are on their way at most; then `send` waits. */
const ROOM = 16;

/** All direct connections of a test. */
export class FakeDirect {
  readonly #attempts = new Map<string, FakeAttempt>();
  /** Whether connections come about at all. */
  isPossible = true;
  /** The browser makes none. */
  fails = false;
  /** What is sent on channels is lost, and neither side hears of that. */
  isSevered = false;
  /** What arrives in place of a message. */
  alter: (message: Bytes) => Bytes = (message) => message;
  /** How many attempts were made, by both sides together. */
  made = 0;
  /** How many channels were opened, by both sides together. */
  opened = 0;
  /** How many messages have arrived. */
  arrived = 0;

  readonly make: MakeAttempt = () => {
    if (this.fails) throw new Error("this browser makes no direct connections");
    this.made += 1;
    const attempt = new FakeAttempt(this, `attempt ${this.made}`);
    this.#attempts.set(attempt.name, attempt);
    return attempt;
  };

  /** All channels are closed, as when a laptop leaves the network. */
  closeAll(): void {
    for (const attempt of this.#attempts.values()) attempt.close();
  }

  /** How many channels are open, of both sides together. */
  get open(): number {
    return [...this.#attempts.values()].filter(({ isOpen }) => isOpen).length;
  }

  /** @internal */
  find(name: string): FakeAttempt | undefined {
    return this.#attempts.get(name);
  }
}

class FakeAttempt implements DirectAttempt {
  readonly name: string;
  readonly opened: Promise<DirectChannel>;
  isOpen = false;
  readonly #all: FakeDirect;
  #open: (channel: DirectChannel) => void = () => {};
  #fail: (error: Error) => void = () => {};
  #peer: FakeAttempt | undefined;
  #isClosed = false;
  #queue: Bytes[] = [];
  #waiting: (() => void)[] = [];

  constructor(all: FakeDirect, name: string) {
    this.#all = all;
    this.name = name;
    this.opened = new Promise((resolve, reject) => {
      this.#open = resolve;
      this.#fail = reject;
    });
    this.opened.catch(() => undefined);
  }

  async offer(): Promise<string> {
    return this.name;
  }

  async answer(offer: string): Promise<string> {
    this.#peer = this.#all.find(offer);
    if (!this.#peer) throw new Error("this is no offer");
    return this.name;
  }

  async accept(answer: string): Promise<void> {
    const peer = this.#all.find(answer);
    if (!peer) throw new Error("this is no answer");
    this.#peer = peer;
    if (!this.#all.isPossible) return;
    this.begin();
    peer.begin();
  }

  begin(): void {
    if (this.#isClosed) return;
    this.isOpen = true;
    this.#all.opened += 1;
    this.#open({
      send: (message) => this.#send(message),
      messages: this.#read(),
      close: () => this.close(),
    });
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.isOpen = false;
    this.#fail(new Error("closed"));
    this.#wake();
    if (!this.#all.isSevered) this.#peer?.close();
  }

  async #send(message: Bytes): Promise<void> {
    if (this.#isClosed) throw new Error("the channel is closed");
    const peer = this.#peer;
    if (!peer || this.#all.isSevered) return;
    this.#all.arrived += 1;
    peer.#queue.push(this.#all.alter(message.slice()));
    peer.#wake();
    while (peer.#queue.length >= ROOM && !peer.#isClosed && !this.#isClosed)
      await new Promise<void>((resolve) => peer.#waiting.push(resolve));
  }

  async *#read(): AsyncGenerator<Bytes, void> {
    for (;;) {
      const message = this.#queue.shift();
      if (message !== undefined) {
        this.#wake();
        yield message;
      } else if (this.#isClosed) return;
      else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
