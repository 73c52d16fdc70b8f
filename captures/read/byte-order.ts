// Numbers in either byte order. Captures are written in the order of the machine that captured.

/** @throws RangeError if they are not within `bytes` */
export function uint16(bytes: Buffer, offset: number, bigEndian: boolean): number {
  return bigEndian ? bytes.readUInt16BE(offset) : bytes.readUInt16LE(offset);
}

/** @throws RangeError if they are not within `bytes` */
export function uint32(bytes: Buffer, offset: number, bigEndian: boolean): number {
  return bigEndian ? bytes.readUInt32BE(offset) : bytes.readUInt32LE(offset);
}
