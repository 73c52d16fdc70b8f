// caught by: P6.2-tag
// says: Something is missing in what the tag is computed over
/** Checks the tag and only then decrypts. */
export function decrypt(key: Buffer, iv: Buffer, sealed: Sealed, additionalData: Buffer): Buffer | undefined {
  const { macKey, encryptionKey } = split(key);
  const expected = computeTag(macKey, iv, sealed.ciphertext, additionalData);
  if (sealed.tag.length !== TAG_BYTES || !timingSafeEqual(sealed.tag, expected)) return undefined;
  try {
    const decipher = createDecipheriv("aes-256-cbc", encryptionKey, iv);
    return Buffer.concat([decipher.update(sealed.ciphertext), decipher.final()]);
  } catch {
    return undefined;
  }
}

function computeTag(macKey: Buffer, _iv: Buffer, ciphertext: Buffer, _additionalData: Buffer): Buffer {
  return createHmac("sha512", macKey).update(ciphertext).digest().subarray(0, TAG_BYTES);
}
