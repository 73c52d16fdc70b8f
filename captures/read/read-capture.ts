// Reads captures of all known formats, packet by packet.

import { CaptureFile } from "./capture-file.ts";
import { readClassicPcap } from "./classic-pcap.ts";
import { ENOUGH_TO_TELL, recogniseFormat } from "./file-format.ts";
import { readNanosecondPcap } from "./nanosecond-pcap.ts";
import { CaptureError, type Packet, type ReadOptions } from "./packet.ts";
import { readPcapng } from "./pcapng.ts";

/**
 * The packets of a file, in order. The file is read while the caller takes packets. It is closed at the end, after an
 * error, and when the caller stops.
 *
 * @throws CaptureError if the file is no capture, at once; or if it is damaged, after all packets before the damage.
 * With `onDamage`, that is called instead
 * @throws FileError if the file cannot be opened or read
 */
export async function* readCapture(path: string, { onDamage }: ReadOptions = {}): AsyncGenerator<Packet> {
  const file = await CaptureFile.open(path);
  try {
    yield* await packetsOf(file);
  } catch (error) {
    if (!(error instanceof CaptureError) || onDamage === undefined) throw error;
    onDamage(error);
  } finally {
    await file.close();
  }
}

async function packetsOf(file: CaptureFile): Promise<AsyncGenerator<Packet>> {
  await file.fill(ENOUGH_TO_TELL);
  const format = recogniseFormat(file.bytes.subarray(0, ENOUGH_TO_TELL));
  switch (format.kind) {
    case "pcap":
      return readClassicPcap(file, format.bigEndian);
    case "nanosecond-pcap":
      return readNanosecondPcap(file, format.bigEndian);
    case "pcapng":
      return readPcapng(file);
    case "unknown":
      throw new CaptureError(format.problem, 0);
  }
}
