// Reads pcapng, the default format of Wireshark and dumpcap. Such a file is a sequence of blocks. We read the blocks
// about sections, interfaces and packets, and skip all others (draft-ietf-opsawg-pcapng).

import { uint16, uint32 } from "./byte-order.ts";
import type { CaptureFile } from "./capture-file.ts";
import { type Batch, CaptureError, type Packet } from "./packet.ts";
import { MOST_CAPTURED_BYTES, MOST_PACKETS } from "./pcap-records.ts";
import { type PcapngInterface, parseInterface, timeOf } from "./pcapng-interface.ts";

/** The types of blocks (section 11.3.1). This one is the same in both byte orders. */
export const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const OBSOLETE_PACKET = 2;
const SIMPLE_PACKET = 3;
const ENHANCED_PACKET = 6;

const BYTE_ORDER_MAGIC = 0x1a2b3c4d;

/** The size of a block's type and its two lengths together, in bytes. */
const FRAME_BYTES = 12;

/** The length of the fixed part of each block's body, in bytes. Blocks of other types are skipped. */
const FIXED_BYTES: ReadonlyMap<number, number> = new Map([
  [SECTION_HEADER, 16],
  [INTERFACE_DESCRIPTION, 8],
  [OBSOLETE_PACKET, 20],
  [SIMPLE_PACKET, 4],
  [ENHANCED_PACKET, 20],
]);

/** Wireshark counts these blocks as packets: systemd's journal entries and custom blocks. We skip them. */
const COUNTED: ReadonlySet<number> = new Set([9, 0x0bad, 0x40000bad]);

/** The longest block that we take into memory, in bytes: Wireshark's limit. */
const LONGEST_BLOCK = 16 * 2 ** 20;

/** More interfaces in a section are an error, because each of them costs memory. */
const MOST_INTERFACES = 65_536;

/** Each section has its own byte order, and counts its interfaces from 0 (section 4.1). */
interface Section {
  bigEndian: boolean;
  interfaces: PcapngInterface[];
}

interface Block {
  type: number;
  /** The block without its type and lengths: a view of the part of the file in memory. */
  body: Buffer;
  /** The position of the body in the file. */
  offset: number;
}

/** How far the reader has come. */
interface Progress {
  section: Section;
  /** How many packets there were, including those that we skip. */
  packets: number;
}

/** @throws CaptureError after all packets before the damage, if the file is damaged */
export async function* readPcapng(file: CaptureFile): AsyncGenerator<Batch> {
  const progress: Progress = { section: { bigEndian: false, interfaces: [] }, packets: 0 };
  while (await findBlock(file, progress)) {
    const batch: Packet[] = [];
    try {
      takeBlocks(file, progress, batch);
    } finally {
      // If a block was damaged, the packets before it still go on. The error follows them.
      if (batch.length > 0) yield batch;
    }
  }
}

/** Passes over blocks until one that we read is completely in memory. @returns false at the end of the file */
async function findBlock(file: CaptureFile, progress: Progress): Promise<boolean> {
  for (;;) {
    if (!(await file.fill(FRAME_BYTES))) {
      if (file.available === 0) return false;
      throw cutShort(file, FRAME_BYTES);
    }
    const { type, length } = beginBlock(file, progress);
    if (FIXED_BYTES.has(type)) {
      if (await file.fill(length)) return true;
      throw cutShort(file, length);
    }
    if (COUNTED.has(type)) progress.packets += 1;
    await passOver(file, length, progress.section.bigEndian);
  }
}

/** Takes the blocks that are completely in memory, up to one that we do not read, and adds their packets to the batch. */
function takeBlocks(file: CaptureFile, progress: Progress, batch: Packet[]): void {
  while (batch.length < MOST_PACKETS && file.available >= FRAME_BYTES) {
    const { type, length } = beginBlock(file, progress);
    if (!FIXED_BYTES.has(type) || file.available < length) return;
    const { section } = progress;
    const block = takeBlock(file, type, length, section.bigEndian);
    if (type === SECTION_HEADER) {
      checkVersion(block, section.bigEndian);
    } else if (type === INTERFACE_DESCRIPTION) {
      addInterface(section, block);
    } else {
      progress.packets += 1;
      batch.push(parsePacket(block, section, progress.packets));
    }
  }
}

/** Reads the header of the block that begins here. If it is that of a section, the section begins. */
function beginBlock(file: CaptureFile, progress: Progress): { type: number; length: number } {
  if (uint32(file.bytes, file.position, false) === SECTION_HEADER) {
    progress.section = { bigEndian: sectionByteOrder(file), interfaces: [] };
  }
  return blockHeader(file, progress.section.bigEndian);
}

/** A magic number after the length shows the byte order of a section (section 4.1). */
function sectionByteOrder({ bytes, position, offset }: CaptureFile): boolean {
  if (uint32(bytes, position + 8, true) === BYTE_ORDER_MAGIC) return true;
  if (uint32(bytes, position + 8, false) === BYTE_ORDER_MAGIC) return false;
  throw new CaptureError("no byte-order magic where a section should have it,", offset + 8);
}

/** Reads the type of the block that begins here and its length, and checks the length (section 3.1). */
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

/** Skips a block that we do not need. It may be too long for our memory. */
async function passOver(file: CaptureFile, length: number, bigEndian: boolean): Promise<void> {
  const start = file.offset;
  if (!(await file.skip(length - 4)) || !(await file.fill(4))) {
    throw new CaptureError(`the file ends within a block of ${length} bytes, which begins`, start);
  }
  checkSecondLength(file, length, file.position, bigEndian);
  file.position += 4;
}

/** Takes the block that begins here and is completely in memory, and moves behind it. */
function takeBlock(file: CaptureFile, type: number, length: number, bigEndian: boolean): Block {
  const { bytes, position, offset } = file;
  checkSecondLength(file, length, position + length - 4, bigEndian);
  file.position += length;
  return { type, body: bytes.subarray(position + 8, position + length - 4), offset: offset + 8 };
}

/** The length is repeated at the end of a block, to read files backwards. If the two differ, one is wrong. */
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
  // Some programs write 1.2 instead of 1.0 (section 4.1).
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
  // The number of the interface has 32 bits in an enhanced packet (section 4.3), and 16 in the old one (appendix A).
  const interfaceNumber = type === ENHANCED_PACKET ? uint32(body, 0, bigEndian) : uint16(body, 0, bigEndian);
  const source = interfaceOf(section, interfaceNumber, number, offset);
  const capturedLength = uint32(body, 12, bigEndian);
  return {
    number,
    time: timeOf(source, uint32(body, 4, bigEndian), uint32(body, 8, bigEndian)),
    linkType: source.linkType,
    data: packetData(block, 20, capturedLength, number, offset + 12),
    originalLength: uint32(body, 16, bigEndian),
    offset: offset + 20,
  };
}

/** A simple packet (4.4) has no time. The limit of the first interface gives its captured length. */
function parseSimplePacket(block: Block, section: Section, number: number): Packet {
  const { linkType, snapLength } = interfaceOf(section, 0, number, block.offset);
  const originalLength = uint32(block.body, 0, section.bigEndian);
  const capturedLength = snapLength === 0 ? originalLength : Math.min(originalLength, snapLength);
  const data = packetData(block, 4, capturedLength, number, block.offset);
  return { number, time: 0n, linkType, data, originalLength, offset: block.offset + 4 };
}

function interfaceOf(section: Section, index: number, number: number, offset: number): PcapngInterface {
  const found = section.interfaces[index];
  if (found !== undefined) return found;
  throw new CaptureError(
    `packet ${number} is of interface ${index}, which its section does not have,`,
    offset,
  );
}

/** A view of the data, after its length has been checked. */
function packetData({ body }: Block, start: number, length: number, number: number, offset: number): Buffer {
  const possible = Math.min(MOST_CAPTURED_BYTES, body.length - start);
  if (length > possible) {
    const claim = `packet ${number} claims to have ${length} bytes`;
    throw new CaptureError(`${claim}, more than the ${possible} possible,`, offset);
  }
  return body.subarray(start, start + length);
}

function cutShort(file: CaptureFile, length: number): CaptureError {
  return new CaptureError(
    `the file ends within a block (it has ${file.available} of its ${length} bytes),`,
    file.offset + file.available,
  );
}
