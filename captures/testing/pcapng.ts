// pcapng files for tests, made block by block (draft-ietf-opsawg-pcapng).

export class PcapngWriter {
  readonly #bigEndian: boolean;

  constructor(bigEndian = false) {
    this.#bigEndian = bigEndian;
  }

  uint16(value: number): Buffer {
    const bytes = Buffer.alloc(2);
    if (this.#bigEndian) bytes.writeUInt16BE(value);
    else bytes.writeUInt16LE(value);
    return bytes;
  }

  uint32(value: number): Buffer {
    const bytes = Buffer.alloc(4);
    if (this.#bigEndian) bytes.writeUInt32BE(value);
    else bytes.writeUInt32LE(value);
    return bytes;
  }

  /** @param time in the interface's units */
  #timestamp(time: bigint): Buffer {
    return Buffer.concat([this.uint32(Number(time >> 32n)), this.uint32(Number(time & 0xffff_ffffn))]);
  }

  /** A block of any type. */
  block(type: number, ...parts: readonly Buffer[]): Buffer {
    const body = padded(Buffer.concat(parts));
    const length = this.uint32(12 + body.length);
    return Buffer.concat([this.uint32(type), length, body, length]);
  }

  option(code: number, value: Buffer): Buffer {
    return Buffer.concat([this.uint16(code), this.uint16(value.length), padded(value)]);
  }

  section(minor = 0): Buffer {
    const unknownLength = Buffer.alloc(8, 0xff);
    return this.block(0x0a0d0d0a, this.uint32(0x1a2b3c4d), this.uint16(1), this.uint16(minor), unknownLength);
  }

  interface(linkType: number, { snapLength = 0, resolution = -1, offset = 0n } = {}): Buffer {
    const options: Buffer[] = [];
    if (resolution >= 0) options.push(this.option(9, Buffer.from([resolution])));
    if (offset !== 0n) {
      const value = Buffer.alloc(8);
      if (this.#bigEndian) value.writeBigInt64BE(offset);
      else value.writeBigInt64LE(offset);
      options.push(this.option(14, value));
    }
    if (options.length > 0) options.push(this.option(0, Buffer.alloc(0)));
    return this.block(1, this.uint16(linkType), this.uint16(0), this.uint32(snapLength), ...options);
  }

  enhanced(interfaceNumber: number, time: bigint, data: Buffer, originalLength = data.length): Buffer {
    const lengths = [this.uint32(data.length), this.uint32(originalLength)];
    // With a comment behind the data, which nobody may take for data.
    const comment = this.option(1, Buffer.from("a comment"));
    const options = [comment, this.option(0, Buffer.alloc(0))];
    return this.block(
      6,
      this.uint32(interfaceNumber),
      this.#timestamp(time),
      ...lengths,
      padded(data),
      ...options,
    );
  }

  obsolete(interfaceNumber: number, time: bigint, data: Buffer, originalLength = data.length): Buffer {
    const lengths = [this.uint32(data.length), this.uint32(originalLength)];
    const drops = this.uint16(0xffff);
    return this.block(2, this.uint16(interfaceNumber), drops, this.#timestamp(time), ...lengths, data);
  }

  simple(data: Buffer, originalLength = data.length): Buffer {
    return this.block(3, this.uint32(originalLength), data);
  }
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
}
