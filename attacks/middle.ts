// Mallory in the middle: she answers a call as the one who was called, makes it again as the caller, and so shares a key
// with each of the two, who share none with each other. Stage 03's and 04's own key exchange and cipher do the work.

import type { Lab } from "./lab.ts";
import type { LineSocket } from "./line-socket.ts";
import type { Stage } from "./list.ts";
import type { LyingRegistry } from "./lying-registry.ts";
import { type Hello, type Members, PlayedPeer, parse } from "./played-peer.ts";
import { AttackError } from "./report.ts";

export class Middle {
  readonly hello: Hello;
  /** Towards the one who called: here Mallory is the one who was called. */
  readonly caller: PlayedPeer;
  /** Towards the one who was called: here she is the caller. */
  readonly called: PlayedPeer;

  private constructor(hello: Hello, caller: PlayedPeer, called: PlayedPeer) {
    this.hello = hello;
    this.caller = caller;
    this.called = called;
  }

  /**
   * Takes a call that was meant for somebody else, and makes it again in the caller's name.
   * @throws AttackError if the one called does not want it
   */
  static async take(wire: LineSocket, lab: Lab, registry: LyingRegistry, stage: Stage): Promise<Middle> {
    const line = (await wire.line()) ?? "{}";
    const { from, to } = parse(line);
    const hello: Hello = { type: "hello", stage, from: String(from), to: String(to) };
    const port = registry.portOf(hello.to);
    if (port === undefined) throw new AttackError(`${hello.to} is gone`);
    const toCalled = await lab.connect(port);
    const called = await PlayedPeer.call(toCalled, stage, hello).catch((error: unknown) => {
      // The caller is to be told what Mallory was told: that the other does not want it.
      wire.send(JSON.stringify({ type: "bye", reason: "declined" }));
      wire.end();
      throw error;
    });
    const caller = await PlayedPeer.answer(wire, stage, line);
    return new Middle(hello, caller, called);
  }

  /**
   * Passes on what both say, until both have ended.
   * @param change is shown every message, and who said it, and returns what shall arrive instead
   */
  async passOn(change: (text: string, from: string) => string): Promise<void> {
    const pass = async (source: PlayedPeer, target: PlayedPeer, from: string): Promise<void> => {
      for (;;) {
        const line: Members | undefined = await source.hear(Infinity);
        if (line === undefined) return target.end();
        const isText = line.type === "message" && typeof line.text === "string";
        target.say(isText ? { ...line, text: change(String(line.text), from) } : line);
      }
    };
    const { caller, called, hello } = this;
    await Promise.all([pass(caller, called, hello.from), pass(called, caller, hello.to)]);
  }
}

/** What Mallory does to a text: a hundred becomes nine hundred. */
export function raise(text: string): string {
  return text.replace("pay 100", "pay 900");
}
