// caught by: P6.2-fresh-iv
// says: seq counts the lines that are sealed
  readonly #key: Buffer;
  readonly #drawIv: () => Buffer;
  #sequenceNumber = 0;

  constructor(key: Buffer, drawIv: () => Buffer = () => randomBytes(IV_BYTES)) {
    this.#key = key;
    this.#drawIv = drawIv;
  }

  seal(line: string): string {
    const seq = this.#sequenceNumber;
    const iv = this.#drawIv();
    const { ciphertext, tag } = encrypt(this.#key, iv, Buffer.from(line), encodeSequenceNumber(seq));
    this.#sequenceNumber = (seq + 1) & 0xff;
    return JSON.stringify({
      type: "sealed",
      seq,
      iv: iv.toString("hex"),
      ciphertext: ciphertext.toString("hex"),
      tag: tag.toString("hex"),
    });
  }
