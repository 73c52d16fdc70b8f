// Reads classic pcap, through the package pcap-parser. It gets nothing but a valid header and whole records, because it
// trusts every length, says nothing when a file ends too early, and puts chunks together without bound.

import { EventEmitter } from "node:events";
import { type ParsedPacket, parse } from "pcap-parser";
import { ownCopy } from "./byte-store.ts";
import type { CaptureFile } from "./capture-file.ts";
import { CaptureError, type Packet } from "./packet.ts";
import { FILE_HEADER_BYTES, nextRecords, readFileHeader } from "./pcap-records.ts";

/** @throws CaptureError where the file is damaged, after the packets before the damage */
export async function* readClassicPcap(file: CaptureFile, bigEndian: boolean): AsyncGenerator<Packet> {
  const { linkType } = await readFileHeader(file, bigEndian);
  const parser = new SynchronousParser();
  parser.parse(file.bytes.subarray(file.position - FILE_HEADER_BYTES, file.position));
  let number = 0;
  for (;;) {
    const records = await nextRecords(file, bigEndian, number + 1);
    if (records === undefined) return;
    const parsed = parser.parse(records.bytes);
    if (parsed.length !== records.count) {
      const counts = `${parsed.length} of ${records.count} packets`;
      throw new CaptureError(`pcap-parser gave ${counts} (${parser.problem}) from the records`, file.offset);
    }
    for (const { header, data } of parsed) {
      number += 1;
      const { timestampSeconds, timestampMicroseconds, originalLength } = header;
      yield {
        number,
        time: BigInt(timestampSeconds * 1_000_000 + timestampMicroseconds) * 1000n,
        linkType,
        data: ownCopy(data),
        originalLength,
      };
    }
  }
}

/**
 * pcap-parser, fed by hand: what it is given, it parses before the call returns. So it never runs ahead of whoever takes
 * the packets, and there is no stream that could be left open.
 */
class SynchronousParser {
  /** What the parser complained about last. */
  problem = "without an error";
  readonly #input = new Input();
  #packets: ParsedPacket[] = [];

  constructor() {
    parse(this.#input)
      .on("packet", (packet) => this.#packets.push(packet))
      .on("error", (error) => {
        this.problem = error.message;
      });
  }

  /** The packets in these bytes: the header of the file, or whole records. Their data are views that the next call may change. */
  parse(bytes: Buffer): ParsedPacket[] {
    this.#packets = [];
    this.#input.emit("data", bytes);
    return this.#packets;
  }
}

/** As much of a stream as the parser asks for. It gets its data when we say, so pausing means nothing. */
class Input extends EventEmitter {
  pause(): void {}
  resume(): void {}
}
