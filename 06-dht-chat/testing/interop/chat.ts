// What is said in a session (P10.7 to P10.9): messages that are acknowledged, and files in both directions.

import { randomBytes, randomInt } from "node:crypto";
import { objectOf, sha256 } from "./person.ts";
import type { Said, Session } from "./session.ts";
import type { Over } from "./wire.ts";

const MOST_CHUNK = 65_536;
const WINDOW = 4_194_304;
const CHUNK_HEAD = 9;

export interface OfferedFile {
  offer: Said;
  bytes: Buffer;
}

export function makeOffer(bytes: Buffer, name: string, media: string): OfferedFile {
  const [file, size] = [randomInt(2 ** 32), bytes.length];
  return { offer: { type: "offer", file, name, media, size, sha256: sha256(bytes).toString("hex") }, bytes };
}

export function newId(): string {
  return randomBytes(16).toString("hex");
}

export function chunkOf(file: number, offset: number, bytes: Uint8Array): Buffer {
  const head = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(file, 1);
  head.writeUInt32BE(offset, 5);
  return Buffer.concat([head, bytes]);
}

/** Reads all that comes, from the first moment on. Tests take it out by its type, in order. */
export class Chat {
  readonly session: Session;
  /** How the stream is over; undefined while it is open. */
  over: Over | undefined;
  /** Whether messages are acknowledged by themselves. */
  readonly #acknowledges: boolean;
  readonly #said: Said[] = [];
  /** Those who wait for any change. */
  readonly #waiting = new Set<() => void>();

  constructor(session: Session, { acknowledges = true } = {}) {
    this.session = session;
    this.#acknowledges = acknowledges;
    void this.#read();
  }

  say(content: Said): void {
    this.session.say(content);
  }

  message(text: string, id = newId()): string {
    this.say({ type: "message", id, text });
    return id;
  }

  /**
   * The next content of a type that has come or comes yet; others stay.
   * @throws Error if none comes within `limit` ms, or before the stream is over
   */
  async take(type: string, limit = 60_000): Promise<Said> {
    const end = Date.now() + limit;
    for (;;) {
      const index = this.#said.findIndex((content) => content.type === type);
      if (index >= 0) return this.#said.splice(index, 1)[0] as Said;
      if (this.over !== undefined) throw new Error(`the stream was ${this.over}, before any ${type}`);
      if (Date.now() >= end) throw new Error(`no ${type} within ${limit} ms, but ${this.#types()}`);
      await this.#change(end - Date.now());
    }
  }

  /** What has come of a type by now, and was not taken. */
  come(type: string): Said[] {
    return this.#said.filter((content) => content.type === type);
  }

  /** Waits until the stream is over. */
  async closed(limit = 60_000): Promise<Over> {
    const end = Date.now() + limit;
    while (this.over === undefined) {
      if (Date.now() >= end)
        throw new Error(`the stream stands after ${limit} ms; there is ${this.#types()}`);
      await this.#change(end - Date.now());
    }
    return this.over;
  }

  /**
   * Sends a file that was accepted, from the accepted offset on. An acknowledgement names the offset of its chunk, as in
   * P9.9; P10.9 does not say it.
   * @param stopAfter resets the stream once so many bytes were acknowledged
   * @returns the accepted offset
   */
  async sendAccepted({ offer, bytes }: OfferedFile, stopAfter = Number.POSITIVE_INFINITY): Promise<number> {
    const file = Number(offer.file);
    const start = Number((await this.take("accept")).offset);
    let [sent, acknowledged] = [start, start];
    while (acknowledged < bytes.length) {
      while (sent < bytes.length && sent - acknowledged + MOST_CHUNK <= WINDOW) {
        const part = bytes.subarray(sent, sent + MOST_CHUNK);
        this.session.send(chunkOf(file, sent, part));
        sent += part.length;
        await this.session.wire.drained();
      }
      const { offset } = await this.take("chunk-ack");
      // Chunks that came over the stream before may be acknowledged on this one: also while they are being stored, and
      // once more when they come again.
      if (start > 0 && Number(offset) < acknowledged) continue;
      if (offset !== acknowledged) throw new Error(`an acknowledgement of ${offset}, not of ${acknowledged}`);
      acknowledged = Math.min(acknowledged + MOST_CHUNK, bytes.length);
      if (acknowledged >= stopAfter) {
        this.session.wire.reset();
        break;
      }
    }
    return start;
  }

  /**
   * Accepts an offer, and takes its chunks.
   * @param had the bytes that came before
   * @param stopAfter resets the stream once so many bytes are there
   */
  async receive(
    offer: Said,
    had: Buffer = Buffer.alloc(0),
    stopAfter = Number.POSITIVE_INFINITY,
  ): Promise<Buffer> {
    const { file } = offer;
    this.say({ type: "accept", file, offset: had.length });
    const parts = [had];
    for (let offset = had.length; offset < Number(offer.size); ) {
      const { bytes, offset: at } = await this.take("chunk");
      if (at !== offset || !Buffer.isBuffer(bytes)) throw new Error(`a chunk at ${at} instead of ${offset}`);
      parts.push(bytes);
      this.say({ type: "chunk-ack", file, offset });
      offset += bytes.length;
      if (offset >= stopAfter) {
        this.session.wire.reset();
        return Buffer.concat(parts);
      }
    }
    const whole = Buffer.concat(parts);
    const isRight = sha256(whole).toString("hex") === offer.sha256;
    this.say({ type: isRight ? "done" : "cancel", file });
    return whole;
  }

  async #read(): Promise<void> {
    while (this.over === undefined) {
      const content = await this.session.next(600_000).catch((): Over => "reset");
      if (typeof content === "string") this.over = content;
      else this.#take(content);
      this.#changed();
    }
  }

  #take(content: Buffer): void {
    if (content[0] === 1) {
      const [file, offset] = [content.readUInt32BE(1), content.readUInt32BE(5)];
      this.#said.push({ type: "chunk", file, offset, bytes: content.subarray(CHUNK_HEAD) });
      return;
    }
    const fields = objectOf(content);
    if (content[0] !== 0x20 || typeof fields?.type !== "string")
      throw new Error("a content of no known form");
    this.#said.push({ ...fields, type: fields.type });
    if (fields.type === "message" && this.#acknowledges) this.say({ type: "ack", id: fields.id });
  }

  #types(): string {
    return this.#said.map(({ type }) => type).join(", ") || "nothing";
  }

  #change(limit: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, limit);
      this.#waiting.add(wake);
    });
  }

  #changed(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}
