// The direct path of one session: attempts, a channel with keys of its own, and its end (P10.10).
// What makes the connection is an argument: page/rtc.ts does so with RTCPeerConnection.

import type { Bytes } from "./bytes.ts";
import type { Clock } from "./clock.ts";
import { decodeContent, encodeContent, MAX_SDP_BYTES } from "./contents.ts";
import type { SealedPair } from "./sealed-channel.ts";
import type { Session } from "./session.ts";
import { byteLength } from "./texts.ts";

/** One ordered, reliable channel to the other page. */
export interface DirectChannel {
  /** @returns when there is room for the next message @throws Error once it is closed */
  send(message: Bytes): Promise<void>;
  /** What the other side sent, to be read by one reader, once. It ends when the channel is closed, by whomever. */
  readonly messages: AsyncIterable<Bytes>;
  close(): void;
}

/** One attempt: one RTCPeerConnection without ICE servers, with one channel. */
export interface DirectAttempt {
  /** Initiator: the offer, with all its addresses. Rejects if there can be none. */
  offer(): Promise<string>;
  /** Responder: the answer to an offer. Rejects for an offer that is none. */
  answer(offer: string): Promise<string>;
  /** Initiator: takes the answer. Rejects for one that is none. */
  accept(answer: string): Promise<void>;
  /** The channel, as soon as it is open. Rejects if it never will be. */
  readonly opened: Promise<DirectChannel>;
  /** Ends it, and its channel. */
  close(): void;
}

export type MakeAttempt = () => DirectAttempt;

/** The shortest pause from the end of a direct path to the next attempt, in milliseconds (P10.10). */
export const FIRST_PAUSE = 30_000;

// In milliseconds: how long an attempt may take until the other's `ready`; the longest pause to the next one.
const ATTEMPT_TIME = 20_000;
const LONGEST_PAUSE = 10 * 60_000;

/**
 * Another offer within so many milliseconds is passed over: the other side has to wait for longer than that, and each offer
 * costs us a connection. It is shorter than their pause, since an offer may come late and the next one may not.
 */
const LEAST_BETWEEN_OFFERS = 10_000;

export interface DirectEvents {
  /** The other's `ready` came: from now on all may go this way. */
  ready(): void;
  /** One content, opened, as bytes. The next one comes when this is done. Must not reject. */
  received(content: Bytes): Promise<void>;
  /** A path that was ready is over: all goes over the stream again. */
  closed(): void;
}

export interface DirectOptions {
  session: Pick<Session, "role" | "directKeys">;
  clock: Clock;
  makeAttempt: MakeAttempt;
  /** Says `rtc` on the stream. */
  sayOnStream(n: number, sdp: string): Promise<void>;
  events: DirectEvents;
}

/** One attempt and all that belongs to it. */
interface Current {
  n: number;
  attempt: DirectAttempt;
  keys: SealedPair;
  channel?: DirectChannel;
  isReady: boolean;
  isAnswered: boolean;
  /** What is being sent: frames go out in the order of their counters. */
  sending: Promise<unknown>;
  cancelTimer: () => void;
}

export class Direct {
  readonly #options: DirectOptions;
  #current: Current | undefined;
  /** The number of the latest attempt. */
  #latest = 0;
  #isOn = false;
  #pause = FIRST_PAUSE;
  /** Before this moment there is no next attempt. */
  #notBefore = 0;
  /** Before this moment no further offer is taken. */
  #noOfferBefore = 0;
  #cancelNext = (): void => {};

  constructor(options: DirectOptions) {
    this.#options = options;
  }

  /** Whether the other's `ready` has come on a channel that is open. */
  get isReady(): boolean {
    return this.#current?.isReady === true;
  }

  /**
   * Allows a direct path. The initiator, and only it, opens an attempt.
   * @param notBefore when it may do so at the earliest, in milliseconds: after a path of an older session
   */
  turnOn(notBefore = 0): void {
    if (this.#isOn) return;
    this.#isOn = true;
    this.#notBefore = Math.max(this.#notBefore, notBefore);
    this.#scheduleNext();
  }

  /** Closes the path; attempts of the other side are passed over. */
  turnOff(): void {
    this.#isOn = false;
    this.#cancelNext();
    this.close();
  }

  /** Closes the path, or gives the attempt up. The initiator opens the next one after a pause. */
  close(): void {
    const current = this.#current;
    if (current) this.#end(current);
  }

  /** Takes an `rtc` of the stream. Never rejects. */
  async receive(n: number, sdp: string): Promise<void> {
    if (!this.#isOn) return;
    if (this.#options.session.role === "responder") await this.#receiveOffer(n, sdp);
    else await this.#receiveAnswer(n, sdp);
  }

  /**
   * Seals a content and sends it, after all that were sent before.
   * @returns the sealed frame, when there is room for the next one
   * @throws Error if the path is closed
   */
  async send(content: Bytes): Promise<Bytes> {
    const current = this.#current;
    if (!current?.isReady || !current.channel) throw new Error("there is no direct path now");
    return sealAndSend(current, current.channel, content);
  }

  #scheduleNext(): void {
    this.#cancelNext();
    if (!this.#isOn || this.#options.session.role !== "initiator") return;
    const wait = Math.max(0, this.#notBefore - this.#options.clock.now());
    this.#cancelNext = this.#options.clock.after(wait, () => void this.#open());
  }

  /** The initiator's part: an offer. */
  async #open(): Promise<void> {
    const n = this.#latest + 1;
    const current = await this.#begin(n);
    if (!current) return;
    try {
      const sdp = await current.attempt.offer();
      if (this.#current === current) await this.#say(n, sdp);
    } catch {
      this.#end(current);
    }
  }

  /** The responder's part: an answer. Another n than a later one is passed over. */
  async #receiveOffer(n: number, sdp: string): Promise<void> {
    const now = this.#options.clock.now();
    if (n <= this.#latest || now < this.#noOfferBefore) return;
    this.#noOfferBefore = now + LEAST_BETWEEN_OFFERS;
    if (this.#current) this.#end(this.#current);
    const current = await this.#begin(n);
    if (!current) return;
    try {
      const answer = await current.attempt.answer(sdp);
      if (this.#current === current) await this.#say(n, answer);
    } catch {
      this.#end(current);
    }
  }

  async #receiveAnswer(n: number, sdp: string): Promise<void> {
    const current = this.#current;
    if (current?.n !== n || current.isAnswered) return;
    current.isAnswered = true;
    try {
      await current.attempt.accept(sdp);
    } catch {
      this.#end(current);
    }
  }

  /** @throws RangeError for a description that is too long for P10.10: then there is no direct path */
  async #say(n: number, sdp: string): Promise<void> {
    if (byteLength(sdp) > MAX_SDP_BYTES) throw new RangeError("too many addresses for one description");
    await this.#options.sayOnStream(n, sdp);
  }

  /** Keys and a connection for attempt n. @returns undefined if another one has begun meanwhile, or it is not possible */
  async #begin(n: number): Promise<Current | undefined> {
    this.#latest = n;
    const keys = await this.#options.session.directKeys(n).catch(() => undefined);
    if (!keys || this.#latest !== n || !this.#isOn) return undefined;
    const attempt = this.#makeAttempt();
    if (!attempt) return undefined;
    const cancelTimer = this.#options.clock.after(ATTEMPT_TIME, () => this.#end(current));
    const current: Current = {
      n,
      attempt,
      keys,
      isReady: false,
      isAnswered: false,
      sending: Promise.resolve(),
      cancelTimer,
    };
    this.#current = current;
    void this.#carry(current);
    return current;
  }

  /** @returns undefined where the browser makes none: then all is relayed */
  #makeAttempt(): DirectAttempt | undefined {
    try {
      return this.#options.makeAttempt();
    } catch {
      return undefined;
    }
  }

  /** From the opening of the channel to its end. Never rejects. */
  async #carry(current: Current): Promise<void> {
    try {
      const channel = await current.attempt.opened;
      if (this.#current !== current) return;
      current.channel = channel;
      await sealAndSend(current, channel, encodeContent({ type: "ready" }));
      for await (const message of channel.messages) {
        if (this.#current !== current || !(await this.#receiveMessage(current, message))) break;
      }
    } catch {
      // A channel that breaks is one that is closed.
    }
    this.#end(current);
  }

  /** @returns false if the channel has to be closed: what came is not the next that the other side sealed */
  async #receiveMessage(current: Current, message: Bytes): Promise<boolean> {
    const content = await current.keys.opener.open(message);
    if (content === undefined) return false;
    if (current.isReady) {
      await this.#options.events.received(content);
      return true;
    }
    const first = decodeContent(content);
    if (first?.type !== "ready" || this.#current !== current) return false;
    current.isReady = true;
    current.cancelTimer();
    this.#pause = FIRST_PAUSE;
    this.#options.events.ready();
    return true;
  }

  #end(current: Current): void {
    if (this.#current !== current) return;
    this.#current = undefined;
    current.cancelTimer();
    current.attempt.close();
    this.#notBefore = this.#options.clock.now() + this.#pause;
    this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE);
    this.#scheduleNext();
    if (current.isReady) this.#options.events.closed();
  }
}

function sealAndSend(current: Current, channel: DirectChannel, content: Bytes): Promise<Bytes> {
  const sent = current.sending.then(async () => {
    const frame = await current.keys.sealer.seal(content);
    await channel.send(frame);
    return frame;
  });
  current.sending = sent.catch(() => undefined);
  return sent;
}
