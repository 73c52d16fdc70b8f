// caught by: P6.2-fresh-iv P6.2-on-the-wire
// says: with an IV used twice, equal beginnings show
  readonly #key: Buffer;
  #sequenceNumber = 0;

  constructor(key: Buffer, drawIv: () => Buffer = () => randomBytes(IV_BYTES)) {
    this.#key = key;
  }

  seal(line: string): string {
    const iv = Buffer.alloc(IV_BYTES);
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
