// Makes classic pcap files: one header for the file, then a record for each packet. The functions return bytes, and the
// caller writes them in order. The format is described in draft-ietf-opsawg-pcap.

/** The form of the file. It must be the same for the header and for all records. */
export interface PcapForm {
  /** Gives times in nanoseconds instead of microseconds. Tools from before about 2013 cannot read such files. */
  nanoseconds?: boolean;
  /** Writes numbers with the most significant byte first. Most files have the least significant byte first. */
  bigEndian?: boolean;
}

const MICROSECOND_MAGIC = 0xa1b2c3d4;
const NANOSECOND_MAGIC = 0xa1b23c4d;
const NANOSECONDS_PER_SECOND = 1_000_000_000n;
const NANOSECONDS_PER_MICROSECOND = 1_000n;

/** The longest packet in the file, in bytes: 262,144 is the limit of tcpdump and Wireshark. */
const SNAP_LENGTH = 262_144;

/** The 24 bytes at the file's beginning. `linkType` comes from tcpdump.org's LINKTYPE_ registry: 1 is Ethernet. */
export function pcapHeader(linkType: number, form: PcapForm = {}): Buffer {
  const header = Buffer.alloc(24);
  const write = writer(header, form);
  write.uint32(form.nanoseconds ? NANOSECOND_MAGIC : MICROSECOND_MAGIC, 0);
  write.uint16(2, 4); // This means version 2.4.
  write.uint16(4, 6);
  // Bytes 8 to 15 (time zone, accuracy) are 0 in all files.
  write.uint32(SNAP_LENGTH, 16);
  write.uint32(linkType, 20);
  return header;
}

/**
 * Makes a record: a header of 16 bytes, and the packet's data.
 *
 * @param time nanoseconds since 1970-01-01, UTC; rounded down to microseconds unless the form says nanoseconds
 * @param originalLength the length on the wire in bytes, if `data` is only the beginning of the packet
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

/** Writes numbers into `target`, in the byte order of the file. */
function writer(target: Buffer, { bigEndian }: PcapForm) {
  return {
    uint16: (value: number, offset: number) =>
      bigEndian ? target.writeUInt16BE(value, offset) : target.writeUInt16LE(value, offset),
    uint32: (value: number, offset: number) =>
      bigEndian ? target.writeUInt32BE(value, offset) : target.writeUInt32LE(value, offset),
  };
}
