// caught by: P5.1-short-line
// says: XORed with byte i of the key
  return Buffer.from(data.map((byte) => byte ^ (key[0] ?? 0)));
