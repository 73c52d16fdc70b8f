// Loads a capture: reads the file, decodes its packets, and follows its streams and conversations.

import type { CaptureError, Stream } from "../read/packet.ts";
import { readBatches } from "../read/read-capture.ts";
import { Conversations, type UdpConversation } from "./conversations.ts";
import { Decoder, isSegment } from "./decode.ts";
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

/**
 * @param partial whether to accept a damaged file, and to use the packets before the damage
 * @throws CaptureError if the file is no capture or, without `partial`, is damaged
 */
export async function loadCapture(path: string, partial: boolean): Promise<LoadedCapture> {
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
  let first = 0n;
  for await (const batch of readBatches(path, partial ? { onDamage } : {})) {
    for (const packet of batch) {
      if (loaded.packets === 0) first = packet.time;
      loaded.duration = packet.time - first;
      loaded.packets += 1;
      const sent = decoder.decodeSent(packet);
      if (sent === undefined) continue;
      if (isSegment(sent)) {
        loaded.segments += 1;
        follower.add(sent);
      } else {
        loaded.datagrams += 1;
        conversations.add(sent);
      }
    }
  }
  loaded.conversations = conversations.finish();
  loaded.streams = follower.finish();
  return loaded;
}
