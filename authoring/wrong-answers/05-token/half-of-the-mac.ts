// caught by: P8.4-mac-first P8.4-changed-token
/**
 * What is in a token. The MAC is checked first, in constant time: nothing else of a token that somebody else made, or
 * has changed, is looked at. The time is given back and not judged.
 * @returns undefined if it is no token under this key, whatever is wrong with it
 */
export function decryptToken(key: Buffer, token: string): OpenedToken | undefined {
  const bytes = fromTokenText(token);
  if (bytes === undefined || bytes.length < CIPHERTEXT_START + BLOCK_BYTES + MAC_BYTES) return undefined;
  const signed = bytes.subarray(0, -MAC_BYTES);
  if (!timingSafeEqual(bytes.subarray(-MAC_BYTES, -16), mac(key, signed).subarray(0, 16))) return undefined;
  if (signed.readUInt8() !== VERSION) return undefined;
  const decipher = createDecipheriv("aes-128-cbc", aesKey(key), signed.subarray(IV_START, CIPHERTEXT_START));
  try {
    const plaintext = Buffer.concat([decipher.update(signed.subarray(CIPHERTEXT_START)), decipher.final()]);
    return { seconds: Number(signed.readBigUInt64BE(1)), plaintext };
  } catch {
    return undefined; // No whole blocks, or wrong padding, under a right MAC: whoever has the key made it wrong.
  }
}
