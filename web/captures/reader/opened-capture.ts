// A capture that was read: its packets in an index, its streams and conversations, the keys that were given for it.

import { PacketLister } from "../../../captures/explain/listed-packets.ts";
import type { Keys } from "../../../captures/explain/open-lines.ts";
import { isSegment, type Sent } from "../../../captures/follow/decode.ts";
import { type LoadedCapture, loadCapture } from "../../../captures/follow/load.ts";
import type { CaptureFile } from "../../../captures/read/capture-file.ts";
import type { Endpoint, Stream } from "../../../captures/read/packet.ts";
import { CallError } from "../../shared/fields.ts";
import { PacketBytesFile } from "./packet-bytes-file.ts";
import { isToldLater, PacketIndex } from "./packet-index.ts";
import { StreamViews } from "./stream-views.ts";

/** How often it is told how far reading is, in milliseconds. */
const TELL_EACH = 100;
/** How many packets are read between two looks at the clock. */
const PACKETS_BETWEEN = 256;

/** How much is read of a capture: each packet and each connection needs memory, also if nothing is said in it. */
export interface Limits {
  packets: number;
  /** Connections, and beside them as many conversations in UDP. */
  connections: number;
}

const LIMITS: Limits = { packets: 10_000_000, connections: 500_000 };

export class OpenedCapture {
  readonly loaded: LoadedCapture;
  readonly index: PacketIndex;
  readonly views: StreamViews;
  /** The keys, and the team that one of them is of. */
  keys: Keys & { team?: string } = {};

  constructor(loaded: LoadedCapture, index: PacketIndex) {
    this.loaded = loaded;
    this.index = index;
    this.views = new StreamViews(loaded);
  }

  /** @throws CallError */
  stream(number: number): Stream {
    const stream = this.loaded.streams[number];
    if (stream === undefined) throw new CallError(`there is no connection ${number} in this capture`);
    return stream;
  }

  /** Seconds since the first packet. @param time in nanoseconds since 1970 */
  seconds(time: bigint): number {
    return Number(time - this.index.first) / 1e9;
  }
}

/**
 * Reads a capture. What stands before a damage is read, too.
 * @param spillPath where a file of ours is made, if it is needed
 * @param tell is told how many bytes are read, and of how many
 * @throws CaptureError, FileError
 * @throws CallError if there are too many packets or connections
 */
export async function openCapture(
  path: string,
  spillPath: string,
  tell: (read: number, of: number) => void,
  limits = LIMITS,
): Promise<OpenedCapture> {
  const bytes = new PacketBytesFile(path, spillPath);
  const index = new PacketIndex(bytes);
  const lister = new PacketLister(undefined, isToldLater);
  const talks = new Beginnings();
  let file: CaptureFile | undefined;
  let told = 0;
  const loaded = await loadCapture(path, true, {
    opened: (opened) => {
      file = opened;
    },
    packet: (packet, sent, number) => {
      if (packet.number > limits.packets) throw tooMany(limits.packets, "packets");
      if (number !== undefined && number >= limits.connections)
        throw tooMany(limits.connections, "connections");
      const talk = sent === undefined || number === undefined ? undefined : talks.of(sent, number);
      const offset = file?.isPacked ? undefined : packet.offset;
      index.add(packet, sent, lister.list(packet, sent), talk, offset ?? bytes.keep(packet.data));
      if (file === undefined || packet.number % PACKETS_BETWEEN !== 0) return;
      const now = Date.now();
      if (now - told < TELL_EACH) return;
      told = now;
      tell(file.bytesRead, file.size);
    },
  });
  bytes.finish();
  if (loaded.damage !== undefined && index.length === 0 && loaded.damage.offset === 0) throw loaded.damage;
  return new OpenedCapture(loaded, index);
}

/** Remembers who has sent the first packet of each stream and conversation: that is `a`. */
class Beginnings {
  readonly #streams: Endpoint[] = [];
  readonly #conversations: Endpoint[] = [];

  of(sent: Sent, index: number): { index: number; isFromA: boolean } {
    const { source } = sent;
    const list = isSegment(sent) ? this.#streams : this.#conversations;
    list[index] ??= source;
    const a = list[index];
    return { index, isFromA: a?.port === source.port && a.address === source.address };
  }
}

function tooMany(most: number, what: string): CallError {
  return new CallError(
    `this capture has more than ${most.toLocaleString("en")} ${what}: take a part of it, as with editcap or tshark -Y`,
  );
}
