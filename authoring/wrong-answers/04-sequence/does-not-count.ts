// caught by: P6.3-next-number P6.2-on-the-wire
  /** The bytes of the line that was sealed, or undefined if this is not the next line that the other side sealed. */
  open(object: JsonObject): Buffer | undefined {
    if (object.type !== "sealed" || object.seq !== this.#sequenceNumber) return undefined;
    const iv = decodeHex(object.iv);
    const ciphertext = decodeHex(object.ciphertext);
    const tag = decodeHex(object.tag);
    if (iv?.length !== IV_BYTES || ciphertext === undefined || tag === undefined) return undefined;
    const line = decrypt(this.#key, iv, { ciphertext, tag }, encodeSequenceNumber(this.#sequenceNumber));
    return line;
  }
