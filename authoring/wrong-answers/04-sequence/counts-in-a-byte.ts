// caught by: P6.3-next-number
  open(object: JsonObject): Buffer | undefined {
    if (object.type !== "sealed" || object.seq !== this.#sequenceNumber) return undefined;
    const iv = decodeHex(object.iv);
    const ciphertext = decodeHex(object.ciphertext);
    const tag = decodeHex(object.tag);
    if (iv?.length !== IV_BYTES || ciphertext === undefined || tag === undefined) return undefined;
    const line = decrypt(this.#key, iv, { ciphertext, tag }, encodeSequenceNumber(this.#sequenceNumber));
    if (line !== undefined) this.#sequenceNumber = (this.#sequenceNumber + 1) & 0xff;
    return line;
  }
