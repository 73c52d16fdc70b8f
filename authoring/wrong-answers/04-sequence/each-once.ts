// caught by: P6.3-next-number P6.3-out-of-turn
// says: The number in the line is not compared with the one that is due
  readonly #seen = new Set<number>();

  /** The bytes of the line that was sealed, or undefined if this is not the next line that the other side sealed. */
  open(object: JsonObject): Buffer | undefined {
    const { seq } = object;
    if (object.type !== "sealed" || typeof seq !== "number" || !Number.isSafeInteger(seq)) return undefined;
    if (seq < 0 || this.#seen.has(seq)) return undefined;
    const iv = decodeHex(object.iv);
    const ciphertext = decodeHex(object.ciphertext);
    const tag = decodeHex(object.tag);
    if (iv?.length !== IV_BYTES || ciphertext === undefined || tag === undefined) return undefined;
    const line = decrypt(this.#key, iv, { ciphertext, tag }, encodeSequenceNumber(seq));
    if (line !== undefined) this.#seen.add(seq);
    return line;
  }
