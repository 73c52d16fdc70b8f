// Writes classic pcap files: a header once, then a record for each packet. Bytes in, bytes out; the caller puts them
// into a file one behind the other. The format is draft-ietf-opsawg-pcap.

/** How the file is written. Header and records of a file must be given the same. */
export interface PcapForm {
  /** Times in nanoseconds instead of microseconds. Tools older than about 2013 do not know such files. */
  nanoseconds?: boolean;
  /** Numbers with the most significant byte first. Most files have the least significant first, and so has ours. */
  bigEndian?: boolean;
}

const MICROSECOND_MAGIC = 0xa1b2c3d4;
const NANOSECOND_MAGIC = 0xa1b23c4d;
const NANOSECONDS_PER_SECOND = 1_000_000_000n;
const NANOSECONDS_PER_MICROSECOND = 1_000n;

/** The most bytes a packet in the file may have: 262,144, the limit that tcpdump and Wireshark agree on. */
const SNAP_LENGTH = 262_144;

/** The 24 bytes at the beginning of the file. `linkType` is a number of the LINKTYPE_ registry of tcpdump.org: 1 is Ethernet. */
export function pcapHeader(linkType: number, form: PcapForm = {}): Buffer {
  const header = Buffer.alloc(24);
  const write = writer(header, form);
  write.uint32(form.nanoseconds ? NANOSECOND_MAGIC : MICROSECOND_MAGIC, 0);
  write.uint16(2, 4); // the version: 2.4
  write.uint16(4, 6);
  // Bytes 8 to 15 (time zone, accuracy) are 0 in every file that anybody writes.
  write.uint32(SNAP_LENGTH, 16);
  write.uint32(linkType, 20);
  return header;
}

/**
 * One packet: 16 bytes of header, and its data.
 *
 * @param time when it passed: nanoseconds since 1970-01-01, UTC. Rounded down to a microsecond, unless the form says nanoseconds.
 * @param originalLength its length on the wire, in bytes, if `data` is only the beginning of it.
 */
export function pcapRecord(
  time: bigint,
  data: Buffer,
  originalLength: number = data.length,
  form: PcapForm = {},
): Buffer {
  const header = Buffer.alloc(16);
  const write = writer(header, form);
  const fraction = time % NANOSECONDS_PER_SECOND;
  write.uint32(Number(time / NANOSECONDS_PER_SECOND), 0);
  write.uint32(Number(form.nanoseconds ? fraction : fraction / NANOSECONDS_PER_MICROSECOND), 4);
  write.uint32(data.length, 8);
  write.uint32(originalLength, 12);
  return Buffer.concat([header, data]);
}

/** Writes numbers at offsets of `target`, in the byte order of the file. */
function writer(target: Buffer, { bigEndian }: PcapForm) {
  return {
    uint16: (value: number, offset: number) =>
      bigEndian ? target.writeUInt16BE(value, offset) : target.writeUInt16LE(value, offset),
    uint32: (value: number, offset: number) =>
      bigEndian ? target.writeUInt32BE(value, offset) : target.writeUInt32LE(value, offset),
  };
}
