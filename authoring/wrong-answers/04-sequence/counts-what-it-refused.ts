// caught by: P6.3-next-number
// says: a line that was refused is counted
  /** The bytes of the line that was sealed, or undefined if this is not the next line that the other side sealed. */
  open(object: JsonObject): Buffer | undefined {
    const due = this.#sequenceNumber;
    this.#sequenceNumber += 1;
    if (object.type !== "sealed" || object.seq !== due) return undefined;
    const iv = decodeHex(object.iv);
    const ciphertext = decodeHex(object.ciphertext);
    const tag = decodeHex(object.tag);
    if (iv?.length !== IV_BYTES || ciphertext === undefined || tag === undefined) return undefined;
    const line = decrypt(this.#key, iv, { ciphertext, tag }, encodeSequenceNumber(due));
    return line;
  }
