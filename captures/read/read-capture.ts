// Reads captures of all known formats, in batches or packet by packet. A batch is what was read at once: each step of an
// asynchronous loop costs a promise, and a promise for each packet would cost more than decoding the packet.

import { CaptureFile } from "./capture-file.ts";
import { readClassicPcap } from "./classic-pcap.ts";
import { ENOUGH_TO_TELL, recogniseFormat } from "./file-format.ts";
import { readNanosecondPcap } from "./nanosecond-pcap.ts";
import { ownCopy } from "./own-copy.ts";
import { type Batch, CaptureError, type Packet, type ReadOptions } from "./packet.ts";
import { readPcapng } from "./pcapng.ts";

/** The same as readBatches, packet by packet. The data of each packet is a copy that keeps no other bytes in memory. */
export async function* readCapture(path: string, options: ReadOptions = {}): AsyncGenerator<Packet> {
  for await (const batch of readBatches(path, options)) {
    for (const packet of batch) yield { ...packet, data: ownCopy(packet.data) };
  }
}

export interface BatchOptions extends ReadOptions {
  /** Gets the file before it is read, to ask it how far it is. */
  onOpened?(file: CaptureFile): void;
}

/**
 * The packets of a file, in order. Those of a batch are to be used before the next batch is taken. The file is read while the caller takes packets. It is closed at the end, after an
 * error, and when the caller stops.
 *
 * @throws CaptureError if the file is no capture, at once; or if it is damaged, after all packets before the damage.
 * With `onDamage`, that is called instead
 * @throws FileError if the file cannot be opened or read
 */
export async function* readBatches(
  path: string,
  { onDamage, onOpened }: BatchOptions = {},
): AsyncGenerator<Batch> {
  const file = await CaptureFile.open(path);
  try {
    onOpened?.(file);
    yield* await batchesOf(file);
  } catch (error) {
    if (error instanceof CaptureError && file.isPacked) error.message += " of what is packed in it";
    if (!(error instanceof CaptureError) || onDamage === undefined) throw error;
    onDamage(error);
  } finally {
    await file.close();
  }
}

async function batchesOf(file: CaptureFile): Promise<AsyncGenerator<Batch>> {
  await file.fill(ENOUGH_TO_TELL);
  const format = recogniseFormat(file.bytes.subarray(0, ENOUGH_TO_TELL));
  switch (format.kind) {
    case "pcap":
      return readClassicPcap(file, format.bigEndian);
    case "nanosecond-pcap":
      return readNanosecondPcap(file, format.bigEndian);
    case "pcapng":
      return readPcapng(file);
    case "gzip":
      if (file.isPacked) throw new CaptureError("the file is gzipped twice (unpack it with gunzip),", 0);
      file.unpack();
      return batchesOf(file);
    case "unknown":
      throw new CaptureError(format.problem, 0);
  }
}
