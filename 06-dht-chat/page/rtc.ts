// A direct connection to another page: an RTCPeerConnection without ICE servers, with one ordered, reliable channel (P10.10).

import type { Bytes } from "../bytes.ts";
import type { DirectAttempt, DirectChannel } from "../direct.ts";
import { MAX_FRAME_BYTES } from "../frames.ts";

/** How long addresses are gathered, in milliseconds: all go into one offer. Without servers this takes a moment. */
const GATHERING_TIME = 3000;

// In bytes: above the first, `send` waits until only the second is left to be sent.
const FULL = 1024 * 1024;
const ROOM = 256 * 1024;

/** So many bytes that nobody has read yet are kept; more than that no honest page sends before it waits (P10.9). */
const MOST_UNREAD = 16 * 1024 * 1024;

/** What a message counts beside its bytes: many tiny ones take memory, too. */
const MESSAGE_COST = 256;

/** Our page's part of one attempt. */
export function makeAttempt(): DirectAttempt {
  return new RtcAttempt();
}

class RtcAttempt implements DirectAttempt {
  readonly opened: Promise<DirectChannel>;
  readonly #connection = new RTCPeerConnection({ iceServers: [] });
  #channel: RtcChannel | undefined;
  #open: (channel: DirectChannel) => void = () => {};
  #fail: (error: Error) => void = () => {};

  constructor() {
    this.opened = new Promise((resolve, reject) => {
      this.#open = resolve;
      this.#fail = reject;
    });
    // Whoever waits for it hears of it; nobody may wait.
    this.opened.catch(() => undefined);
    this.#connection.addEventListener("connectionstatechange", () => {
      if (/failed|closed/.test(this.#connection.connectionState)) this.close();
    });
  }

  async offer(): Promise<string> {
    this.#use(this.#connection.createDataChannel("p2p-chat 06"));
    await this.#connection.setLocalDescription();
    return this.#gather();
  }

  async answer(offer: string): Promise<string> {
    this.#connection.addEventListener("datachannel", ({ channel }) => this.#use(channel));
    await this.#connection.setRemoteDescription({ type: "offer", sdp: offer });
    await this.#connection.setLocalDescription();
    return this.#gather();
  }

  async accept(answer: string): Promise<void> {
    await this.#connection.setRemoteDescription({ type: "answer", sdp: answer });
  }

  close(): void {
    this.#channel?.close();
    this.#connection.close();
    this.#fail(new Error("the direct connection is closed"));
  }

  /** The one channel; another one is not listened to. */
  #use(channel: RTCDataChannel): void {
    if (this.#channel) {
      channel.close();
      return;
    }
    const used = new RtcChannel(channel, () => this.close());
    this.#channel = used;
    if (channel.readyState === "open") this.#open(used);
    else channel.addEventListener("open", () => this.#open(used), { once: true });
  }

  /** @returns our description, with all our addresses in it */
  async #gather(): Promise<string> {
    const connection = this.#connection;
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (connection.iceGatheringState === "complete" || connection.connectionState === "closed") resolve();
      };
      connection.addEventListener("icegatheringstatechange", look);
      setTimeout(resolve, GATHERING_TIME);
      look();
    });
    const sdp = connection.localDescription?.sdp;
    if (sdp === undefined) throw new Error("the direct connection has no description");
    return sdp;
  }
}

class RtcChannel implements DirectChannel {
  readonly messages: AsyncIterable<Bytes>;
  readonly #channel: RTCDataChannel;
  readonly #closed: () => void;
  #isOver = false;
  #unread: Bytes[] = [];
  #unreadBytes = 0;
  #wakeReader = (): void => {};
  /** Who waits for room. */
  #waiting: (() => void)[] = [];

  /** @param closed called once, when the channel is closed by whomever */
  constructor(channel: RTCDataChannel, closed: () => void) {
    this.#channel = channel;
    this.#closed = closed;
    this.messages = this.#read();
    channel.binaryType = "arraybuffer";
    channel.bufferedAmountLowThreshold = ROOM;
    channel.addEventListener("message", ({ data }) => this.#take(data));
    channel.addEventListener("bufferedamountlow", () => this.#wakeSenders());
    channel.addEventListener("close", () => this.close());
    channel.addEventListener("error", () => this.close());
  }

  async send(message: Bytes): Promise<void> {
    if (this.#isOver) throw new Error("the direct channel is closed");
    this.#channel.send(message);
    while (this.#channel.bufferedAmount > FULL && !this.#isOver)
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#wakeReader();
    this.#wakeSenders();
    this.#channel.close();
    this.#closed();
  }

  /** What is no frame of bytes, or too much, closes the channel. */
  #take(data: unknown): void {
    if (this.#isOver) return;
    if (!(data instanceof ArrayBuffer) || data.byteLength > MAX_FRAME_BYTES) return this.close();
    this.#unread.push(new Uint8Array(data));
    this.#unreadBytes += data.byteLength + MESSAGE_COST;
    if (this.#unreadBytes > MOST_UNREAD) return this.close();
    this.#wakeReader();
  }

  async *#read(): AsyncGenerator<Bytes, void> {
    for (;;) {
      const message = this.#unread.shift();
      if (message !== undefined) {
        this.#unreadBytes -= message.length + MESSAGE_COST;
        yield message;
      } else if (this.#isOver) return;
      else
        await new Promise<void>((resolve) => {
          this.#wakeReader = resolve;
        });
    }
  }

  #wakeSenders(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}
