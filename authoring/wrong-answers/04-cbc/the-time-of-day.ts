// caught by: P6.2-fresh-iv
// says: The IVs are computed, perhaps from the time
  readonly #key: Buffer;
  readonly #drawIv: () => Buffer;
  #sequenceNumber = 0;

  constructor(key: Buffer, drawIv?: () => Buffer) {
    // Looks like chance, and is the time, scrambled.
    const scramble = (text: string): Buffer =>
      encrypt(key, Buffer.alloc(IV_BYTES), Buffer.from(text), Buffer.alloc(8)).tag.subarray(0, IV_BYTES);
    this.#key = key;
    this.#drawIv = drawIv ?? (() => scramble(String(performance.now())));
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
