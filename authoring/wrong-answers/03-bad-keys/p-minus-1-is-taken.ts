// caught by: P4.4-refuses-traps
// says: With 0, 1 or p - 1
  const bytes = decodeHex(value);
  const publicKey = bytes?.length === group.bytes ? decodeInteger(bytes) : 0n;
  if (publicKey < 2n || publicKey >= group.prime)
    throw new ProtocolError("bad-public-key", "a public key is from 2 to p - 1");
  return publicKey;
