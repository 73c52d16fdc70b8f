// Reads pcapng, what Wireshark and dumpcap write unless told otherwise: blocks one behind the other, of which we need the
// ones about sections, interfaces and packets, and pass over all others (draft-ietf-opsawg-pcapng).

import { uint16, uint32 } from "./byte-order.ts";
import { ownCopy } from "./byte-store.ts";
import type { CaptureFile } from "./capture-file.ts";
import { CaptureError, type Packet } from "./packet.ts";
import { MOST_CAPTURED_BYTES } from "./pcap-records.ts";
import { type PcapngInterface, parseInterface, timeOf } from "./pcapng-interface.ts";

/** The types of blocks (section 11.3.1). This one reads the same in either byte order. */
export const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const OBSOLETE_PACKET = 2;
const SIMPLE_PACKET = 3;
const ENHANCED_PACKET = 6;

const BYTE_ORDER_MAGIC = 0x1a2b3c4d;

/** A block's type and its two lengths, in bytes. */
const FRAME_BYTES = 12;

/** How long the fixed part of each block's body is, in bytes. Blocks of other types are passed over. */
const FIXED_BYTES: ReadonlyMap<number, number> = new Map([
  [SECTION_HEADER, 16],
  [INTERFACE_DESCRIPTION, 8],
  [OBSOLETE_PACKET, 20],
  [SIMPLE_PACKET, 4],
  [ENHANCED_PACKET, 20],
]);

/** Blocks that Wireshark counts among the packets: journal entries of systemd, and custom blocks. We need none of them. */
const COUNTED: ReadonlySet<number> = new Set([9, 0x0bad, 0x40000bad]);

/** Blocks that we hold in memory may not be longer: Wireshark's limit, in bytes. */
const LONGEST_BLOCK = 16 * 2 ** 20;

/** More interfaces in a section are not believed, since each of them costs memory. */
const MOST_INTERFACES = 65_536;

/** A section has its own byte order, and numbers its own interfaces from 0 (section 4.1). */
interface Section {
  bigEndian: boolean;
  interfaces: PcapngInterface[];
}

interface Block {
  type: number;
  /** Without the type and the lengths: a view of what the file has in memory. */
  body: Buffer;
  /** Where the body begins in the file. */
  offset: number;
}

/** @throws CaptureError where the file is damaged, after the packets before the damage */
export async function* readPcapng(file: CaptureFile): AsyncGenerator<Packet> {
  let section: Section = { bigEndian: false, interfaces: [] };
  let number = 0;
  for (;;) {
    if (file.available < FRAME_BYTES && !(await file.fill(FRAME_BYTES))) {
      if (file.available === 0) return;
      throw cutShort(file, FRAME_BYTES);
    }
    if (uint32(file.bytes, file.position, false) === SECTION_HEADER) {
      section = { bigEndian: sectionByteOrder(file), interfaces: [] };
    }
    const { type, length } = blockHeader(file, section.bigEndian);
    if (!FIXED_BYTES.has(type)) {
      if (COUNTED.has(type)) number += 1;
      await passOver(file, length, section.bigEndian);
      continue;
    }
    // Nearly every block is in memory already, and then nobody has to wait.
    if (file.available < length && !(await file.fill(length))) throw cutShort(file, length);
    const block = takeBlock(file, type, length, section.bigEndian);
    if (type === SECTION_HEADER) {
      checkVersion(block, section.bigEndian);
    } else if (type === INTERFACE_DESCRIPTION) {
      addInterface(section, block);
    } else {
      number += 1;
      yield parsePacket(block, section, number);
    }
  }
}

/** A section says its byte order with a magic number behind its length (section 4.1). */
function sectionByteOrder({ bytes, position, offset }: CaptureFile): boolean {
  if (uint32(bytes, position + 8, true) === BYTE_ORDER_MAGIC) return true;
  if (uint32(bytes, position + 8, false) === BYTE_ORDER_MAGIC) return false;
  throw new CaptureError("no byte-order magic where a section should have it,", offset + 8);
}

/** The type and the length of the block that begins here (section 3.1), the length checked. */
function blockHeader(
  { bytes, position, offset }: CaptureFile,
  bigEndian: boolean,
): { type: number; length: number } {
  const type = uint32(bytes, position, bigEndian);
  const length = uint32(bytes, position + 4, bigEndian);
  const fixed = FIXED_BYTES.get(type);
  if (length % 4 !== 0 || length < FRAME_BYTES + (fixed ?? 0)) {
    throw new CaptureError(`a block of type ${type} cannot have a length of ${length} bytes,`, offset + 4);
  }
  if (fixed !== undefined && length > LONGEST_BLOCK) {
    throw new CaptureError(
      `a block of ${length} bytes, more than the ${LONGEST_BLOCK} possible,`,
      offset + 4,
    );
  }
  return { type, length };
}

/** Moves behind a block that we do not need. It may be longer than what should be in memory. */
async function passOver(file: CaptureFile, length: number, bigEndian: boolean): Promise<void> {
  const start = file.offset;
  if (!(await file.skip(length - 4)) || !(await file.fill(4))) {
    throw new CaptureError(`the file ends within a block of ${length} bytes, which begins`, start);
  }
  checkSecondLength(file, length, file.position, bigEndian);
  file.position += 4;
}

/** The block that begins here, all of it in memory; moves behind it. */
function takeBlock(file: CaptureFile, type: number, length: number, bigEndian: boolean): Block {
  const { bytes, position, offset } = file;
  checkSecondLength(file, length, position + length - 4, bigEndian);
  file.position += length;
  return { type, body: bytes.subarray(position + 8, position + length - 4), offset: offset + 8 };
}

/** A block's length stands at its end once more, so that a file can be read backwards: if it differs, one is wrong. */
function checkSecondLength(file: CaptureFile, length: number, position: number, bigEndian: boolean): void {
  const second = uint32(file.bytes, position, bigEndian);
  if (second === length) return;
  throw new CaptureError(
    `a block says at its beginning that it has ${length} bytes, and at its end ${second},`,
    file.offset + position - file.position,
  );
}

function checkVersion({ body, offset }: Block, bigEndian: boolean): void {
  const major = uint16(body, 4, bigEndian);
  const minor = uint16(body, 6, bigEndian);
  // 1.2 is what some programs write for 1.0 (section 4.1).
  if (major === 1 && (minor === 0 || minor === 2)) return;
  throw new CaptureError(`pcapng of version ${major}.${minor}, and only 1.0 is known,`, offset + 4);
}

function addInterface({ bigEndian, interfaces }: Section, { body, offset }: Block): void {
  if (interfaces.length === MOST_INTERFACES) {
    throw new CaptureError(`a section with more than ${MOST_INTERFACES} interfaces`, offset);
  }
  interfaces.push(parseInterface(body, bigEndian, offset));
}

function parsePacket(block: Block, section: Section, number: number): Packet {
  const { bigEndian } = section;
  const { type, body, offset } = block;
  if (type === SIMPLE_PACKET) return parseSimplePacket(block, section, number);
  // Enhanced packet (section 4.3) and the obsolete packet (appendix A) differ in how long the interface's number is.
  const interfaceNumber = type === ENHANCED_PACKET ? uint32(body, 0, bigEndian) : uint16(body, 0, bigEndian);
  const source = interfaceOf(section, interfaceNumber, number, offset);
  const capturedLength = uint32(body, 12, bigEndian);
  return {
    number,
    time: timeOf(source, uint32(body, 4, bigEndian), uint32(body, 8, bigEndian)),
    linkType: source.linkType,
    data: packetData(block, 20, capturedLength, number, offset + 12),
    originalLength: uint32(body, 16, bigEndian),
  };
}

/**
 * Section 4.4: no time, and no captured length but what follows from the limit of the section's first interface.
 */
function parseSimplePacket(block: Block, section: Section, number: number): Packet {
  const { linkType, snapLength } = interfaceOf(section, 0, number, block.offset);
  const originalLength = uint32(block.body, 0, section.bigEndian);
  const capturedLength = snapLength === 0 ? originalLength : Math.min(originalLength, snapLength);
  const data = packetData(block, 4, capturedLength, number, block.offset);
  return { number, time: 0n, linkType, data, originalLength };
}

function interfaceOf(section: Section, index: number, number: number, offset: number): PcapngInterface {
  const found = section.interfaces[index];
  if (found !== undefined) return found;
  throw new CaptureError(
    `packet ${number} is of interface ${index}, which its section does not have,`,
    offset,
  );
}

/** A copy of the data, its length checked. */
function packetData({ body }: Block, start: number, length: number, number: number, offset: number): Buffer {
  const possible = Math.min(MOST_CAPTURED_BYTES, body.length - start);
  if (length > possible) {
    const claim = `packet ${number} claims to have ${length} bytes`;
    throw new CaptureError(`${claim}, more than the ${possible} possible,`, offset);
  }
  return ownCopy(body.subarray(start, start + length));
}

function cutShort(file: CaptureFile, length: number): CaptureError {
  return new CaptureError(
    `the file ends within a block (it has ${file.available} of its ${length} bytes),`,
    file.offset + file.available,
  );
}
