// Reads classic pcap with times in nanoseconds, as `tcpdump --time-stamp-precision=nano` writes it. pcap-parser does
// not know its magic number.

import { uint32 } from "./byte-order.ts";
import type { CaptureFile } from "./capture-file.ts";
import type { Batch, Packet } from "./packet.ts";
import { nextRecords, RECORD_HEADER_BYTES, readFileHeader } from "./pcap-records.ts";

/** @throws CaptureError after all packets before the damage, if the file is damaged */
export async function* readNanosecondPcap(file: CaptureFile, bigEndian: boolean): AsyncGenerator<Batch> {
  const header = await readFileHeader(file, bigEndian);
  const { linkType } = header;
  let number = 0;
  for (;;) {
    const records = await nextRecords(file, header, number + 1);
    if (records === undefined) return;
    const { bytes } = records;
    const batch: Packet[] = [];
    const offset = file.offset - bytes.length;
    let position = 0;
    while (position < bytes.length) {
      number += 1;
      const seconds = uint32(bytes, position, bigEndian);
      const nanoseconds = uint32(bytes, position + 4, bigEndian);
      const start = position + RECORD_HEADER_BYTES;
      const end = start + uint32(bytes, position + 8, bigEndian);
      batch.push({
        number,
        time: BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds),
        linkType,
        data: bytes.subarray(start, end),
        originalLength: uint32(bytes, position + 12, bigEndian),
        offset: offset + start,
      });
      position = end;
    }
    yield batch;
  }
}
