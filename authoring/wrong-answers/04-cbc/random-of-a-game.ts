// caught by: P6.2-fresh-iv
// says: Math.random is for games
  readonly #key: Buffer;
  readonly #drawIv: () => Buffer;
  #sequenceNumber = 0;

  constructor(key: Buffer, drawIv = (): Buffer =>
    Buffer.from(Array.from({ length: IV_BYTES }, () => Math.floor(256 * Math.random())))) {
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
    this.#sequenceNumber += 1;
    return JSON.stringify(sealed);
  }
