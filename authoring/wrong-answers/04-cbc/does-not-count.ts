// caught by: P6.2-sealed P6.2-on-the-wire
// says: "seq":1
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
    return JSON.stringify(sealed);
  }
