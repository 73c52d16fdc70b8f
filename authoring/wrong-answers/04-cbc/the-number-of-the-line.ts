// caught by: P6.2-fresh-iv
// says: The IV is computed, from the number or the text of the line. It has to be random.
  readonly #key: Buffer;
  #sequenceNumber = 0;

  constructor(key: Buffer, drawIv: () => Buffer = () => randomBytes(IV_BYTES)) {
    this.#key = key;
  }

  seal(line: string): string {
    // Never the same twice under one key.
    const iv = Buffer.concat([Buffer.alloc(8), encodeSequenceNumber(this.#sequenceNumber)]);
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
