// caught by: P6.3-tag-first
// says: Give timingSafeEqual both whole tags
export function decrypt(key: Buffer, iv: Buffer, sealed: Sealed, additionalData: Buffer): Buffer | undefined {
  const { macKey, encryptionKey } = split(key);
  const expected = computeTag(macKey, iv, sealed.ciphertext, additionalData);
  if (sealed.tag.length !== TAG_BYTES) return undefined;
  if (!timingSafeEqual(sealed.tag.subarray(0, 1), expected.subarray(0, 1))) return undefined;
  if (sealed.tag.compare(expected) !== 0) return undefined;
  try {
    const decipher = createDecipheriv("aes-256-cbc", encryptionKey, iv);
    return Buffer.concat([decipher.update(sealed.ciphertext), decipher.final()]);
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
