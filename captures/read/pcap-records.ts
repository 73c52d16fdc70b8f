// Reads what classic pcap files with microseconds and with nanoseconds share: the header of the file, and the records
// (draft-ietf-opsawg-pcap). All lengths are checked here, before other code relies on them.

import { uint16, uint32 } from "./byte-order.ts";
import type { CaptureFile } from "./capture-file.ts";
import { CaptureError } from "./packet.ts";

/** The sizes of the headers of a file and of a record, in bytes. */
export const FILE_HEADER_BYTES = 24;
export const RECORD_HEADER_BYTES = 16;

/** A packet in a file holds at most so many bytes: the limit of tcpdump and Wireshark. More means damage. */
export const MOST_CAPTURED_BYTES = 262_144;

/** How many packets a batch has at most. The objects of tiny packets need much more memory than the file. */
export const MOST_PACKETS = 512;

/** The version that all programs write today is 2.4. Before it, in the nineties, there were 2.0 to 2.3. */
const MAJOR = 2;
const NEWEST_MINOR = 4;

export interface PcapFileHeader {
  bigEndian: boolean;
  linkType: number;
  /** Before version 2.4, the two lengths of a record may stand in the other order. */
  lengthsInAnyOrder: boolean;
}

/**
 * Checks the header of a file whose magic number is already known, and moves behind the header.
 * @throws CaptureError if the header is cut short, or of an unknown version
 */
export async function readFileHeader(file: CaptureFile, bigEndian: boolean): Promise<PcapFileHeader> {
  if (!(await file.fill(FILE_HEADER_BYTES))) {
    throw new CaptureError(
      `the file ends within its header (it has ${file.available} of ${FILE_HEADER_BYTES} bytes),`,
      file.offset + file.available,
    );
  }
  const { bytes, position } = file;
  const major = uint16(bytes, position + 4, bigEndian);
  const minor = uint16(bytes, position + 6, bigEndian);
  if (major !== MAJOR || minor > NEWEST_MINOR) {
    throw new CaptureError(
      `pcap of version ${major}.${minor}, and only 2.0 to 2.4 are known,`,
      file.offset + 4,
    );
  }
  // Only the lower 16 bits are the link type. The upper ones may give the length of a checksum after each frame.
  const linkType = uint32(bytes, position + 20, bigEndian) & 0xffff;
  file.position += FILE_HEADER_BYTES;
  return { bigEndian, linkType, lengthsInAnyOrder: minor < NEWEST_MINOR };
}

/** Whole records, one behind the other. */
export interface Records {
  /** A view of the part of the file that is in memory. */
  bytes: Buffer;
  count: number;
}

/**
 * Takes the next records that are completely in memory, at least one, and moves behind them.
 * @param number the number of the first of these records in the file, for errors
 * @returns undefined at the end of the file
 * @throws CaptureError if the next record is cut short, or its length cannot be right
 */
export async function nextRecords(
  file: CaptureFile,
  header: PcapFileHeader,
  number: number,
): Promise<Records | undefined> {
  let records = recordsInMemory(file, header);
  if (records.count === 0) {
    if (!(await file.fill(RECORD_HEADER_BYTES))) {
      if (file.available === 0) return undefined;
      throw cutShort(file, number, "header", RECORD_HEADER_BYTES);
    }
    const length = capturedLength(file.bytes, file.position, header);
    if (length > MOST_CAPTURED_BYTES) {
      throw new CaptureError(
        `packet ${number} claims to have ${length} bytes, more than the ${MOST_CAPTURED_BYTES} possible,`,
        file.offset + 8,
      );
    }
    const whole = RECORD_HEADER_BYTES + length;
    if (!(await file.fill(whole))) throw cutShort(file, number, "record", whole);
    records = recordsInMemory(file, header);
  }
  file.position += records.bytes.length;
  return records;
}

/** The whole and valid records from the position on; empty if the next record is not whole or not valid. */
function recordsInMemory({ bytes, position }: CaptureFile, header: PcapFileHeader): Records {
  let end = position;
  let count = 0;
  while (count < MOST_PACKETS && end + RECORD_HEADER_BYTES <= bytes.length) {
    const length = capturedLength(bytes, end, header);
    const next = end + RECORD_HEADER_BYTES + length;
    if (length > MOST_CAPTURED_BYTES || next > bytes.length) break;
    end = next;
    count += 1;
  }
  return { bytes: bytes.subarray(position, end), count };
}

/**
 * The captured length in the header of a record. If the two lengths may stand in any order, it is the lower one, and is
 * put before the length on the wire: so what reads the record later finds both as in version 2.4.
 */
function capturedLength(
  bytes: Buffer,
  start: number,
  { bigEndian, lengthsInAnyOrder }: PcapFileHeader,
): number {
  const first = uint32(bytes, start + 8, bigEndian);
  if (!lengthsInAnyOrder || first <= uint32(bytes, start + 12, bigEndian)) return first;
  const lengths = bytes.subarray(start + 8, start + 16);
  lengths.swap64().swap32(); // This reverses all 8 bytes, then each half: the halves change places.
  return uint32(bytes, start + 8, bigEndian);
}

function cutShort(file: CaptureFile, number: number, what: string, whole: number): CaptureError {
  return new CaptureError(
    `the file ends within packet ${number} (it has ${file.available} of the ${whole} bytes of its ${what}),`,
    file.offset + file.available,
  );
}
