// One chat with one peer, from the first byte of its connection to the last: P3, on both ends.
// These are the rules between two programs. Those between several chats stand in contacts.ts.

import { connect, type Socket } from "node:net";
import { LineConnection } from "./line-connection.ts";
import { type JsonObject, nameKey, ProtocolError, parseObject } from "./messages.ts";
import {
  byeLine,
  type ChatLine,
  type Hello,
  helloLine,
  parseChatLine,
  parseHello,
  type Role,
} from "./peer-messages.ts";
import { shortText, type User } from "./registry-messages.ts";
import type { Channel, ChannelMaker, Hellos } from "./stage-interface.ts";

/** How many messages may be sent and not acknowledged (P3.10). */
const MAX_OPEN_MESSAGES = 64;

// In milliseconds: how long an ack may take, and connecting to a peer (P3.10); how long we read on after our goodbye (P3.8).
const ACK_TIMEOUT = 30_000;
const CONNECT_TIMEOUT = 5000;
const GOODBYE_TIMEOUT = 2000;

export interface PeerSettings {
  /** The number of the stage, as hellos say it. */
  stage: string;
  /** Our user's name; empty as long as they have none. */
  ownName: string;
  channels: ChannelMaker;
  /** How long a peer may take for each half of the handshake, in milliseconds (P3.7). */
  handshakeTimeout: number;
  /** How long a user may take to accept, in milliseconds. */
  requestTimeout: number;
}

export interface PeerEvents {
  /** A peer that called has said who it is, and waits for accept(), decline() or end(). */
  onRequest(peer: Peer): void;
  onStarted(peer: Peer): void;
  /** A message to be shown. It is acknowledged when this returns (P3.3). */
  onMessage(peer: Peer, text: string): void;
  onDelivered(peer: Peer, id: number): void;
  /** The chat, or the attempt, is over. Called once, with the ids of the messages that were not acknowledged. */
  onOver(peer: Peer, outcome: Outcome, undelivered: readonly number[]): void;
}

/** How it ended. */
export type Outcome =
  /** A connection that never said who it was. */
  | { kind: "nobody" }
  /** The peer's request ended before it was answered. */
  | { kind: "withdrawn" }
  /** Our user did not answer the peer's request in time. */
  | { kind: "unanswered" }
  /** We declined, or withdrew our own call. */
  | { kind: "dropped" }
  | { kind: "declined" }
  /** The peer has called us at the same time, and its call stands (P3.9). */
  | { kind: "crossed" }
  /** The chat did not come about. */
  | { kind: "failed"; reason: string }
  /** Ended by a goodbye of either side. */
  | { kind: "ended" }
  | { kind: "lost"; reason: string };

/**
 * hello: the peer has connected and has not said who it is.
 * request: it has, and our user has not answered.
 * calling: we have called, and the peer has not answered.
 * handshake: both hellos have passed; the channel is not ready.
 * open: messages pass.
 * leaving: we have said goodbye, and read on (P3.8).
 */
export type Phase = "hello" | "request" | "calling" | "handshake" | "open" | "leaving" | "over";

export class Peer {
  readonly #role: Role;
  readonly #settings: PeerSettings;
  readonly #connection: LineConnection;
  readonly #events: PeerEvents;
  #phase: Phase;
  /** The peer has called us, too, and its call stands instead of this one (P3.9). */
  #superseded = false;
  /** Runs out if the present phase lasts too long. */
  #deadline: NodeJS.Timeout | undefined;
  #name: string;
  #hello = "";
  #channel: Channel | undefined;
  #lastSentId = 0;
  #lastReceivedId = 0;
  /** Messages sent and not acknowledged, each with its deadline. */
  readonly #open = new Map<number, NodeJS.Timeout>();
  /** Lets room() go on: there is room for another message, or will never be. */
  #makeRoom = (): void => {};

  /** Takes over a connection: one that a peer has made (responder), or one being made to `name` (initiator). */
  private constructor(socket: Socket, role: Role, name: string, settings: PeerSettings, events: PeerEvents) {
    this.#role = role;
    this.#name = name;
    this.#settings = settings;
    this.#events = events;
    this.#phase = role === "responder" ? "hello" : "calling";
    this.#connection = new LineConnection(socket, {
      onLine: (line) => this.#receive(line),
      onWrong: (error) => this.#refuse(error),
      onEnd: () => this.#lose(),
      onClose: (reason) => this.#lose(reason),
    });
  }

  /** A peer has connected to us. */
  static answer(socket: Socket, settings: PeerSettings, events: PeerEvents): Peer {
    const peer = new Peer(socket, "responder", "", settings, events);
    peer.#limit(settings.handshakeTimeout, () => peer.#lose("no hello in time"));
    return peer;
  }

  /** Calls a user at the address that the registry gave. */
  static call({ username, host, port }: User, settings: PeerSettings, events: PeerEvents): Peer {
    const socket = connect({ host, port, noDelay: true, allowHalfOpen: true });
    const peer = new Peer(socket, "initiator", username, settings, events);
    peer.#limit(CONNECT_TIMEOUT, () => peer.#lose("no connection within 5 seconds"));
    socket.once("connect", () => {
      if (peer.#phase !== "calling") return; // Our user has ended the call while we were connecting.
      const patience = settings.requestTimeout + settings.handshakeTimeout;
      peer.#limit(patience, () => peer.#lose(`no answer within ${patience / 1000} seconds`));
      peer.#sayHello();
    });
    return peer;
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** The name the other one goes by; empty until it is known. */
  get name(): string {
    return this.#name;
  }

  get safetyNumber(): string | undefined {
    return this.#channel?.safetyNumber;
  }

  /** The user accepts the request of this peer. */
  accept(): void {
    if (this.#phase !== "request") return;
    const own = helloLine(this.#settings.stage, this.#settings.ownName, this.#name);
    this.#connection.send(own);
    this.#shakeHands({ initiator: this.#hello, responder: own });
  }

  /** Answers the request of this peer with a goodbye (P3.6, P3.9). */
  decline(reason: "declined" | "crossed"): void {
    if (this.#phase === "request") this.#finish({ kind: "dropped" }, byeLine(reason));
  }

  /** The peer's own call stands instead of ours (P3.9). This one ends with the peer's bye, or when the time is up. */
  supersede(): void {
    this.#superseded = true;
    this.#limit(this.#settings.handshakeTimeout, () => this.#finish({ kind: "dropped" }));
  }

  /** Sends a message. Call it only when the chat is open, after room(). */
  send(text: string): void {
    this.#lastSentId += 1;
    const id = this.#lastSentId;
    const giveUp = (): void => this.#lose("a message was not acknowledged within 30 seconds");
    this.#open.set(id, setTimeout(giveUp, ACK_TIMEOUT));
    this.#sendLine(JSON.stringify({ type: "message", id, text } satisfies ChatLine));
  }

  /** Resolves when another message may be sent, or when the chat is over. */
  async room(): Promise<void> {
    while (this.#phase === "handshake" || (this.#phase === "open" && this.#open.size >= MAX_OPEN_MESSAGES)) {
      await new Promise<void>((resolve) => (this.#makeRoom = resolve));
    }
  }

  /** Ends it, in whatever phase: an open chat with a goodbye, a request with a refusal. */
  end(): void {
    switch (this.#phase) {
      case "open":
        this.#phase = "leaving";
        this.#makeRoom();
        this.#connection.end(this.#channel?.wrap(byeLine()));
        this.#limit(GOODBYE_TIMEOUT, () => {
          this.#lose();
          this.#connection.destroy();
        });
        return;
      case "request":
        return this.decline("declined");
      case "calling":
        return this.#finish({ kind: "dropped" }, byeLine());
      case "hello":
      case "handshake":
        return this.#finish({ kind: "dropped" });
    }
  }

  /** @throws ProtocolError if the line is not allowed here */
  #receive(line: string): void {
    const object = parseObject(line);
    // Errors are always in clear: whoever sends one may have no key in common with us.
    if (object.type === "error") return this.#receiveError(object);
    switch (this.#phase) {
      case "hello":
        return this.#receiveRequest(object, line);
      case "request":
        if (object.type !== "bye")
          throw new ProtocolError("bad-request", "wait for the answer to your hello");
        return this.#finish({ kind: "withdrawn" }, byeLine());
      case "calling":
        return this.#receiveAnswer(object, line);
      case "handshake":
        return this.#receiveAgreement(object, line);
      case "open":
      case "leaving":
        return this.#receiveChatLine(object);
    }
  }

  /** Anybody on the way can send an error line. Once a chat is open, its words are not shown as if the peer had said them. */
  #receiveError(object: JsonObject): void {
    const code =
      typeof object.code === "string" && /^[a-z-]{1,32}$/.test(object.code) ? object.code : "no code";
    if (this.#phase === "open") return this.#lose(`an error line came (${code})`);
    this.#lose(`${this.#name} says ${code}: ${shortText(object.message)}`);
  }

  #receiveRequest(object: JsonObject, line: string): void {
    this.#name = this.#parseHello(object).from;
    this.#hello = line;
    this.#phase = "request";
    this.#limit(this.#settings.requestTimeout, () =>
      this.#finish({ kind: "unanswered" }, byeLine("declined")),
    );
    this.#events.onRequest(this);
  }

  #receiveAnswer(object: JsonObject, line: string): void {
    if (object.type === "bye") {
      return this.#finish({ kind: object.reason === "crossed" ? "crossed" : "declined" }, byeLine());
    }
    if (this.#superseded) return this.#finish({ kind: "dropped" }, byeLine());
    this.#checkAnswer(object);
    this.#shakeHands({ initiator: this.#hello, responder: line });
  }

  // BEGIN SOLUTION 02-hello
  /** We have called, and the connection stands: who calls speaks first (P3.1). */
  #sayHello(): void {
    this.#hello = helloLine(this.#settings.stage, this.#settings.ownName, this.#name);
    this.#connection.send(this.#hello);
  }

  /** @throws ProtocolError if what answers is not the one we called (P3.1) */
  #checkAnswer(object: JsonObject): void {
    const { from } = this.#parseHello(object);
    if (nameKey(from) !== nameKey(this.#name)) {
      throw new ProtocolError("wrong-peer", `${this.#name} was called, not ${from}`);
    }
  }
  // END SOLUTION 02-hello

  #parseHello(object: JsonObject): Hello {
    return parseHello(object, { stage: this.#settings.stage, name: this.#settings.ownName });
  }

  /** Both hellos have passed. The channel gets the lines that come now. */
  #shakeHands(hellos: Hellos): void {
    this.#phase = "handshake";
    this.#limit(this.#settings.handshakeTimeout, () => this.#lose("the handshake was not completed in time"));
    this.#channel = this.#settings.channels.open(this.#role, hellos);
    for (const line of this.#channel.opening) this.#connection.send(line);
    if (this.#channel.ready) this.#start();
  }

  #receiveAgreement(object: JsonObject, line: string): void {
    if (object.type === "bye") return this.#lose(`${this.#name} hung up`);
    this.#channel?.agree(object, line);
    if (this.#channel?.ready) this.#start();
  }

  #start(): void {
    this.#phase = "open";
    clearTimeout(this.#deadline);
    this.#makeRoom();
    this.#events.onStarted(this);
  }

  #receiveChatLine(object: JsonObject): void {
    if (this.#channel === undefined) return;
    const line = parseChatLine(this.#channel.unwrap(object));
    switch (line.type) {
      case "message":
        return this.#receiveMessage(line.id, line.text);
      case "ack":
        return this.#receiveAck(line.id);
      case "bye": {
        const answer = this.#phase === "open" ? this.#channel.wrap(byeLine()) : undefined;
        return this.#finish({ kind: "ended" }, answer);
      }
    }
  }

  // BEGIN SOLUTION 02-acks
  #receiveMessage(id: number, text: string): void {
    if (this.#phase === "leaving") return; // Not shown any more, and so not acknowledged (P3.8).
    if (id !== this.#lastReceivedId + 1) throw new ProtocolError("bad-request", "a message out of turn");
    this.#lastReceivedId = id;
    this.#events.onMessage(this, text);
    this.#sendLine(JSON.stringify({ type: "ack", id } satisfies ChatLine));
  }

  #receiveAck(id: number): void {
    const deadline = this.#open.get(id);
    if (deadline === undefined)
      throw new ProtocolError("bad-request", "an ack of a message that is not open");
    clearTimeout(deadline);
    this.#open.delete(id);
    this.#makeRoom();
    this.#events.onDelivered(this, id);
  }
  // END SOLUTION 02-acks

  #sendLine(line: string): void {
    if (this.#channel !== undefined) this.#connection.send(this.#channel.wrap(line));
  }

  /** A line broke a rule. The other side is told so, and that is the end. Who made the line, nobody can say. */
  #refuse(error: ProtocolError): void {
    const afterKeys = this.#phase === "open" || this.#phase === "leaving";
    const code = afterKeys && this.#channel !== undefined ? this.#channel.errorCode(error.code) : error.code;
    // Where one code stands for many faults, the message must not tell them apart either.
    const answer = code === error.code ? error : new ProtocolError(code, "refused");
    const wrong = afterKeys ? "somebody on the way, or a broken program, sent a wrong line" : error.message;
    this.#lose(`${wrong} (${code})`, answer.toLine());
  }

  /** The connection failed, or one side gave it up. What that means depends on how far we were. */
  #lose(reason = "the connection ended without a goodbye", lastLine?: string): void {
    switch (this.#phase) {
      case "hello":
        return this.#finish({ kind: "nobody" }, lastLine);
      case "request":
        return this.#finish({ kind: "withdrawn" }, lastLine);
      case "calling":
      case "handshake":
        return this.#finish({ kind: "failed", reason }, lastLine);
      case "open":
        return this.#finish({ kind: "lost", reason }, lastLine);
      case "leaving": // We have said goodbye: nothing is sent after it, and nothing is lost but acks.
        return this.#finish({ kind: "ended" });
    }
  }

  #finish(outcome: Outcome, lastLine?: string): void {
    if (this.#phase === "over") return;
    this.#phase = "over";
    clearTimeout(this.#deadline);
    for (const deadline of this.#open.values()) clearTimeout(deadline);
    this.#makeRoom();
    this.#connection.close(lastLine);
    this.#events.onOver(this, this.#superseded ? { kind: "dropped" } : outcome, [...this.#open.keys()]);
  }

  #limit(time: number, expired: () => void): void {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(expired, time);
  }
}
