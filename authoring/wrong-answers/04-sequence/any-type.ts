// caught by: P6.3-members
// says: before its type, its form or its length was checked
  /** The bytes of the line that was sealed, or undefined if this is not the next line that the other side sealed. */
  open(object: JsonObject): Buffer | undefined {
    if (object.seq !== this.#sequenceNumber) return undefined;
    const iv = decodeHex(object.iv);
    const ciphertext = decodeHex(object.ciphertext);
    const tag = decodeHex(object.tag);
    if (iv?.length !== IV_BYTES || ciphertext === undefined || tag === undefined) return undefined;
    const line = decrypt(this.#key, iv, { ciphertext, tag }, encodeSequenceNumber(this.#sequenceNumber));
    if (line !== undefined) this.#sequenceNumber += 1;
    return line;
  }
