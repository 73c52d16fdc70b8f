// caught by: P6.2-fresh-iv
// says: TLS 1.0 did that, and fell to BEAST.
  readonly #key: Buffer;
  #next: Buffer;
  #sequenceNumber = 0;

  constructor(key: Buffer, drawIv: () => Buffer = () => randomBytes(IV_BYTES)) {
    this.#key = key;
    this.#next = drawIv();
  }

  seal(line: string): string {
    const iv = this.#next;
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
    this.#next = ciphertext.subarray(-IV_BYTES);
    this.#sequenceNumber += 1;
    return JSON.stringify(sealed);
  }
