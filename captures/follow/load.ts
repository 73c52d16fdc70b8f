// Loads a capture: reads the file, decodes its packets, and follows its streams and conversations.

import type { CaptureFile } from "../read/capture-file.ts";
import type { CaptureError, Packet, Stream } from "../read/packet.ts";
import { readBatches } from "../read/read-capture.ts";
import { Conversations, type UdpConversation } from "./conversations.ts";
import { Decoder, isSegment, type Sent } from "./decode.ts";
import { Follower } from "./follow.ts";

export interface LoadedCapture {
  path: string;
  packets: number;
  /** How many packets hold a TCP segment. */
  segments: number;
  /** How many packets hold a UDP datagram, or complete one. */
  datagrams: number;
  /** How many packets may hold TCP or UDP, but could not be read: by their link type, and what stands in them. */
  notUnderstood: ReadonlyMap<string, number>;
  /** The time from the first packet to the last, in nanoseconds. */
  duration: bigint;
  streams: Stream[];
  /** What was said in UDP. */
  conversations: UdpConversation[];
  /** The damage in a file that was read up to there; undefined if the file is whole. */
  damage: CaptureError | undefined;
}

/** Sees a capture while it is loaded: whoever wants to know more of each packet. */
export interface LoadWatcher {
  opened?(file: CaptureFile): void;
  /**
   * @param packet its data are a view, which the next packets overwrite
   * @param index of the stream or conversation that it belongs to; undefined if it holds neither segment nor datagram
   */
  packet?(packet: Packet, sent: Sent | undefined, index: number | undefined): void;
}

/**
 * @param partial whether to accept a damaged file, and to use the packets before the damage
 * @throws CaptureError if the file is no capture or, without `partial`, is damaged
 */
export async function loadCapture(
  path: string,
  partial: boolean,
  watcher: LoadWatcher = {},
): Promise<LoadedCapture> {
  const decoder = new Decoder();
  const follower = new Follower();
  const conversations = new Conversations();
  const loaded: LoadedCapture = {
    path,
    packets: 0,
    segments: 0,
    datagrams: 0,
    notUnderstood: decoder.notUnderstood,
    duration: 0n,
    streams: [],
    conversations: [],
    damage: undefined,
  };
  const onDamage = (damage: CaptureError): void => {
    loaded.damage = damage;
  };
  const options = {
    ...(partial ? { onDamage } : {}),
    onOpened: (file: CaptureFile) => watcher.opened?.(file),
  };
  let first = 0n;
  for await (const batch of readBatches(path, options)) {
    for (const packet of batch) {
      if (loaded.packets === 0) first = packet.time;
      loaded.duration = packet.time - first;
      loaded.packets += 1;
      const sent = decoder.decodeSent(packet);
      let index: number | undefined;
      if (sent !== undefined && isSegment(sent)) {
        loaded.segments += 1;
        index = follower.add(sent);
      } else if (sent !== undefined) {
        loaded.datagrams += 1;
        index = conversations.add(sent);
      }
      watcher.packet?.(packet, sent, index);
    }
  }
  loaded.conversations = conversations.finish();
  loaded.streams = follower.finish();
  return loaded;
}
