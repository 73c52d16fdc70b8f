// Reads classic pcap with the package pcap-parser. The parser gets only a valid header and whole records, because it
// trusts every length, is silent when a file ends too early, and joins chunks without a limit.

import { EventEmitter } from "node:events";
import { type ParsedPacket, parse } from "pcap-parser";
import type { CaptureFile } from "./capture-file.ts";
import { type Batch, CaptureError, type Packet } from "./packet.ts";
import { FILE_HEADER_BYTES, nextRecords, RECORD_HEADER_BYTES, readFileHeader } from "./pcap-records.ts";

/** @throws CaptureError after all packets before the damage, if the file is damaged */
export async function* readClassicPcap(file: CaptureFile, bigEndian: boolean): AsyncGenerator<Batch> {
  const header = await readFileHeader(file, bigEndian);
  const { linkType } = header;
  const parser = new SynchronousParser();
  parser.parse(file.bytes.subarray(file.position - FILE_HEADER_BYTES, file.position));
  let number = 0;
  for (;;) {
    const records = await nextRecords(file, header, number + 1);
    if (records === undefined) return;
    const parsed = parser.parse(records.bytes);
    if (parsed.length !== records.count) {
      const counts = `${parsed.length} of ${records.count} packets`;
      throw new CaptureError(`pcap-parser gave ${counts} (${parser.problem}) from the records`, file.offset);
    }
    const first = number + 1;
    let offset = file.offset - records.bytes.length;
    yield parsed.map((packet, index) => {
      offset += RECORD_HEADER_BYTES + packet.data.length;
      return packetOf(packet, first + index, linkType, offset - packet.data.length);
    });
    number += parsed.length;
  }
}

function packetOf({ header, data }: ParsedPacket, number: number, linkType: number, offset: number): Packet {
  const { timestampSeconds, timestampMicroseconds, originalLength } = header;
  const time = BigInt(timestampSeconds * 1_000_000 + timestampMicroseconds) * 1000n;
  return { number, time, linkType, data, originalLength, offset };
}

/**
 * Runs pcap-parser synchronously: it parses the given bytes before the call returns. So it never reads further than its
 * caller has asked, and leaves no stream open.
 */
class SynchronousParser {
  /** The parser's last error message. */
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

  /** The packets in a file header or in whole records. Their data are views, which the next call may change. */
  parse(bytes: Buffer): ParsedPacket[] {
    this.#packets = [];
    this.#input.emit("data", bytes);
    return this.#packets;
  }
}

/** The small part of a stream that the parser needs. We decide when it gets data, so it need not pause. */
class Input extends EventEmitter {
  pause(): void {}
  resume(): void {}
}
