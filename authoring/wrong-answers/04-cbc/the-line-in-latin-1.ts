// caught by: P6.2-sealed
// says: What is encrypted is not the line as it is
  readonly #key: Buffer;
  readonly #drawIv: () => Buffer;
  #sequenceNumber = 0;

  constructor(key: Buffer, drawIv: () => Buffer = () => randomBytes(IV_BYTES)) {
    this.#key = key;
    this.#drawIv = drawIv;
  }

  seal(line: string): string {
    const iv = this.#drawIv();
    const { ciphertext, tag } = encrypt(
      this.#key,
      iv,
      Buffer.from(line, "latin1"),
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
