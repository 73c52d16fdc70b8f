// Mallory in the middle of a chat plays the called user for the caller, and the caller for the called user. Mallory
// shares a key with each of them, and they share none with each other. Key exchange and cipher are the stage's.

import type { Lab } from "./lab.ts";
import type { LineSocket } from "./line-socket.ts";
import type { ChatStage } from "./list.ts";
import type { LyingRegistry } from "./lying-registry.ts";
import { type Hello, type Members, PlayedPeer, parse } from "./played-peer.ts";
import { AttackError } from "./report.ts";

export class Middle {
  readonly hello: Hello;
  /** The connection to the caller. Here Mallory plays the called user. */
  readonly caller: PlayedPeer;
  /** The connection to the called user. Here Mallory plays the caller. */
  readonly called: PlayedPeer;

  private constructor(hello: Hello, caller: PlayedPeer, called: PlayedPeer) {
    this.hello = hello;
    this.caller = caller;
    this.called = called;
  }

  /**
   * Accepts a call that was meant for somebody else, and calls that user in the caller's name.
   * @throws AttackError if the called user declines
   */
  static async take(wire: LineSocket, lab: Lab, registry: LyingRegistry, stage: ChatStage): Promise<Middle> {
    const line = (await wire.line()) ?? "{}";
    const { from, to } = parse(line);
    const hello: Hello = { type: "hello", stage, from: String(from), to: String(to) };
    const port = registry.portOf(hello.to);
    if (port === undefined) throw new AttackError(`${hello.to} is gone`);
    const toCalled = await lab.connect(port);
    const called = await PlayedPeer.call(toCalled, stage, hello).catch((error: unknown) => {
      // The called user declined, so Mallory declines the caller's call, too.
      wire.send(JSON.stringify({ type: "bye", reason: "declined" }));
      wire.end();
      throw error;
    });
    const caller = await PlayedPeer.answer(wire, stage, line);
    return new Middle(hello, caller, called);
  }

  /**
   * Passes on what both users say, until both have ended.
   * @param change receives each message and its sender; the text that it returns is sent in its place
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

/** Mallory's change to a text: a hundred becomes nine hundred. */
export function raise(text: string): string {
  return text.replace("pay 100", "pay 900");
}
