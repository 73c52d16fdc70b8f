// Searches the packets of a capture, or its lines and datagrams, step by step: between the steps, whoever waits for rows gets
// them.

import { setImmediate as nextTurn } from "node:timers/promises";
import { wireBytes } from "../../../captures/explain/stream-lines.ts";
import { openToken } from "../../../captures/explain/team-tokens.ts";
import type { UdpConversation } from "../../../captures/follow/conversations.ts";
import type { Stream } from "../../../captures/read/packet.ts";
import { type Hit, MOST_HITS } from "../../shared/captures.ts";
import type { OpenedCapture } from "./opened-capture.ts";
import { shown } from "./text.ts";

/** How long a step takes, and how often it is told how far the search is, in milliseconds. */
const STEP = 15;
const TELL_EACH = 150;
/** How many packets are searched between two looks at the clock. */
const PACKETS_BETWEEN = 64;

/** How much is shown around a hit, and of it, in characters. */
const AROUND = 40;
const MOST_OF_HIT = 200;

export interface SearchState {
  hits: number;
  share: number;
  ended: boolean;
  isCut: boolean;
}

export class Search {
  readonly hits: Hit[] = [];
  readonly #capture: OpenedCapture;
  readonly #sought: Buffer;
  #isStopped = false;
  #isCut = false;

  constructor(capture: OpenedCapture, sought: Buffer) {
    this.#capture = capture;
    this.#sought = sought;
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** Runs to the end, or until it is stopped. @param tell is told from time to time, and at the end */
  async run(where: "packets" | "lines", tell: (state: SearchState) => void): Promise<void> {
    const shares = where === "packets" ? this.#inPackets() : this.#inLines();
    let stepped = Date.now();
    let told = stepped;
    for (const share of shares) {
      if (this.#isStopped) return;
      if (this.#isCut) break;
      const now = Date.now();
      if (now - stepped < STEP) continue;
      if (now - told >= TELL_EACH) {
        told = now;
        tell({ hits: this.hits.length, share, ended: false, isCut: false });
      }
      await nextTurn();
      stepped = Date.now();
    }
    tell({ hits: this.hits.length, share: 1, ended: true, isCut: this.#isCut });
  }

  /** @returns after each bit, how much is done, from 0 to 1 */
  *#inPackets(): Generator<number> {
    const { index } = this.#capture;
    for (let at = 0; at < index.length; at += 1) {
      if (at % PACKETS_BETWEEN === 0) yield at / index.length;
      const { data } = index.packet(at);
      const [kind, talk] = [index.kind(at), index.talk(at)];
      this.#look(data, {
        where: "packet",
        packet: at + 1,
        stream: kind === "tcp" ? talk : null,
        conversation: kind === "udp" ? talk : null,
      });
    }
  }

  *#inLines(): Generator<number> {
    const { streams, conversations } = this.#capture.loaded;
    const all = streams.length + conversations.length;
    for (const [done, stream] of streams.entries()) {
      yield done / all;
      for (const _ of this.#inStream(stream)) yield done / all;
    }
    for (const [done, conversation] of conversations.entries())
      for (const _ of this.#inConversation(conversation)) yield (streams.length + done) / all;
  }

  *#inStream(stream: Stream): Generator<void> {
    const { lines, opened } = this.#capture.views.read(stream);
    for (const [number, line] of lines.entries()) {
      yield;
      if (line.kind === "missing") continue;
      const place = { where: "line", packet: line.packet, stream: stream.index, line: number } as const;
      if (this.#look(wireBytes(line), place)) continue;
      const inside = opened.get(line);
      if (inside !== undefined && "line" in inside) this.#look(inside.line, { ...place, decrypted: true });
    }
  }

  *#inConversation({ index, datagrams }: UdpConversation): Generator<void> {
    const { teamKey } = this.#capture.keys;
    for (const { payload, packet } of datagrams()) {
      yield;
      const place = { where: "datagram", packet, conversation: index } as const;
      if (this.#look(payload, place) || teamKey === undefined) continue;
      const inside = openToken(payload, teamKey);
      if (inside !== undefined) this.#look(inside, { ...place, decrypted: true });
    }
  }

  /** @returns whether it was found there */
  #look(bytes: Buffer, place: Pick<Hit, "where" | "packet"> & Partial<Hit>): boolean {
    const offset = bytes.indexOf(this.#sought);
    if (offset === -1) return false;
    if (this.hits.length === MOST_HITS) {
      this.#isCut = true;
      return true;
    }
    const end = offset + this.#sought.length;
    const before = shown(bytes.subarray(Math.max(0, offset - AROUND), offset), AROUND);
    const text = shown(bytes.subarray(offset, end), MOST_OF_HIT);
    const after = shown(bytes.subarray(end, end + AROUND), AROUND);
    const rest = { stream: null, line: null, conversation: null, decrypted: false };
    this.hits.push({ ...rest, ...place, offset, length: this.#sought.length, before, text, after });
    return true;
  }
}
