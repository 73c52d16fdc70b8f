// Reads numbers in either byte order. A capture has the byte order of the machine that wrote it.

/** @throws RangeError if the number is not within `bytes` */
export function uint16(bytes: Buffer, offset: number, bigEndian: boolean): number {
  return bigEndian ? bytes.readUInt16BE(offset) : bytes.readUInt16LE(offset);
}

/** @throws RangeError if the number is not within `bytes` */
export function uint32(bytes: Buffer, offset: number, bigEndian: boolean): number {
  return bigEndian ? bytes.readUInt32BE(offset) : bytes.readUInt32LE(offset);
}
