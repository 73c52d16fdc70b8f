// caught by: P6.3-wrong-padding
// says: the padding oracle
/** Checks the tag and only then decrypts. */
export function decrypt(key: Buffer, iv: Buffer, sealed: Sealed, additionalData: Buffer): Buffer | undefined {
  const { macKey, encryptionKey } = split(key);
  const expected = computeTag(macKey, iv, sealed.ciphertext, additionalData);
  if (sealed.tag.length !== TAG_BYTES || !timingSafeEqual(sealed.tag, expected)) return undefined;
  const decipher = createDecipheriv("aes-256-cbc", encryptionKey, iv);
  return Buffer.concat([decipher.update(sealed.ciphertext), decipher.final()]);
}

function computeTag(macKey: Buffer, iv: Buffer, ciphertext: Buffer, additionalData: Buffer): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(additionalData.length) * 8n);
  const mac = createHmac("sha512", macKey);
  mac.update(additionalData).update(iv).update(ciphertext).update(length);
  return mac.digest().subarray(0, TAG_BYTES);
}
