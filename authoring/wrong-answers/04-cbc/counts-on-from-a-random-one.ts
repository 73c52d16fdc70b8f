// caught by: P6.2-fresh-iv
// says: A part of the IV does not change, or counts.
  readonly #key: Buffer;
  readonly #first: Buffer;
  #sequenceNumber = 0;

  constructor(key: Buffer, drawIv: () => Buffer = () => randomBytes(IV_BYTES)) {
    this.#key = key;
    this.#first = drawIv();
  }

  seal(line: string): string {
    const iv = Buffer.from(this.#first);
    iv.writeUInt32BE((iv.readUInt32BE(12) + this.#sequenceNumber) % 2 ** 32, 12);
    const { ciphertext, tag } = encrypt(
      this.#key,
      iv,
      Buffer.from(line),
      encodeSequenceNumber(this.#sequenceNumber),
    );
    const sealed = {
      type: "sealed",
      seq: this.#sequenceNumber,
      iv: iv.toString("hex"),
      ciphertext: ciphertext.toString("hex"),
      tag: tag.toString("hex"),
    };
    this.#sequenceNumber += 1;
    return JSON.stringify(sealed);
  }
