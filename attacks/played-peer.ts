// A peer that the attacker plays. It keeps to the protocol, but lies about who it is.
// Key exchange and cipher are the stage's own.

import { PlainChannel } from "../02-basic-p2p/channel.ts";
import { XoredChannel } from "../03-dh-chat/channel.ts";
import { modp2048 } from "../03-dh-chat/groups.ts";
import { SealedChannel } from "../04-aes-chat/channel.ts";
import type { Channel, Hellos } from "../04-aes-chat/stage-interface.ts";
import type { LineSocket } from "./line-socket.ts";
import type { ChatStage } from "./list.ts";
import { AttackError } from "./report.ts";

/** A JSON object that was read from a line, or will be sent in one. */
export type Members = Readonly<Record<string, unknown>>;

/** The first line of a chat (P3). */
export interface Hello {
  type: "hello";
  stage: string;
  from: string;
  to: string;
}

export class PlayedPeer {
  readonly #wire: LineSocket;
  readonly #channel: Channel;

  /** Use call() or answer() instead: they prepare the channel. */
  constructor(wire: LineSocket, channel: Channel) {
    this.#wire = wire;
    this.#channel = channel;
  }

  /** Calls with this hello, waits for the answer, and agrees on keys. @throws AttackError if the call is declined */
  static async call(wire: LineSocket, stage: ChatStage, hello: Hello): Promise<PlayedPeer> {
    const initiator = JSON.stringify(hello);
    wire.send(initiator);
    const responder = await wire.line();
    if (responder === undefined || parse(responder).type !== "hello")
      throw refusal("the one who was called", responder);
    return shakeHands(wire, openChannel(stage, "initiator", { initiator, responder }));
  }

  /**
   * Answers a call in the name of the called user, and agrees on keys.
   * @param initiator the caller's hello, as it was received
   */
  static async answer(wire: LineSocket, stage: ChatStage, initiator: string): Promise<PlayedPeer> {
    const { from, to } = parse(initiator);
    const responder = JSON.stringify({ type: "hello", stage, from: to, to: from });
    wire.send(responder);
    return shakeHands(wire, openChannel(stage, "responder", { initiator, responder }));
  }

  /** The safety number that the other side shows to its user; undefined in stage 02, which has none. */
  get safetyNumber(): string | undefined {
    return this.#channel.safetyNumber;
  }

  /** Sends a line of the chat (P3), encrypted as the stage does it. @returns the line that stands on the wire */
  say(line: Members): string {
    const wire = this.#channel.wrap(JSON.stringify(line));
    this.#wire.send(wire);
    return wire;
  }

  /**
   * Waits for the next line of the chat.
   * @param patience how long to wait, in milliseconds
   * @returns undefined if the other side has ended its half
   * @throws AttackError if it is an error line, or none comes in time
   */
  async hear(patience?: number): Promise<Members | undefined> {
    const line = await this.#wire.line(patience);
    if (line === undefined) return undefined;
    const object = parse(line);
    if (object.type === "error") throw new AttackError(`the other side answered: ${line}`);
    return this.#channel.unwrap(object);
  }

  end(): void {
    this.#wire.end();
  }
}

async function shakeHands(wire: LineSocket, channel: Channel): Promise<PlayedPeer> {
  for (const line of channel.opening) wire.send(line);
  while (!channel.ready) {
    const line = await wire.line();
    if (line === undefined || parse(line).type !== "key") throw refusal("the other side", line);
    channel.agree(parse(line), line);
  }
  return new PlayedPeer(wire, channel);
}

function openChannel(stage: ChatStage, role: "initiator" | "responder", hellos: Hellos): Channel {
  switch (stage) {
    case "02":
      return new PlainChannel();
    case "03":
      return new XoredChannel(modp2048);
    case "04":
      return new SealedChannel(modp2048, role, hellos, () => {});
  }
}

function refusal(who: string, answer: string | undefined): AttackError {
  return new AttackError(`${who} ${answer === undefined ? "hung up" : `answered: ${answer}`}`);
}

/** Parses a line that a victim has sent. */
export function parse(line: string): Members & { type: string } {
  return JSON.parse(line);
}
