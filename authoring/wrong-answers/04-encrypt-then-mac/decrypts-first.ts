// caught by: P6.3-tag-first
// says: It is decrypted before the tag is known to be right.
/** Decrypts and checks the tag. */
export function decrypt(key: Buffer, iv: Buffer, sealed: Sealed, additionalData: Buffer): Buffer | undefined {
  const { macKey, encryptionKey } = split(key);
  try {
    const decipher = createDecipheriv("aes-256-cbc", encryptionKey, iv);
    const plaintext = Buffer.concat([decipher.update(sealed.ciphertext), decipher.final()]);
    const expected = computeTag(macKey, iv, sealed.ciphertext, additionalData);
    if (sealed.tag.length !== TAG_BYTES || !timingSafeEqual(sealed.tag, expected)) return undefined;
    return plaintext;
  } catch {
    return undefined;
  }
}

function computeTag(macKey: Buffer, iv: Buffer, ciphertext: Buffer, additionalData: Buffer): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(additionalData.length) * 8n);
  const mac = createHmac("sha512", macKey);
  mac.update(additionalData).update(iv).update(ciphertext).update(length);
  return mac.digest().subarray(0, TAG_BYTES);
}
