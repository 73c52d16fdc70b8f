// caught by: P4.4-takes-good-keys
// says: 2 and p - 2 themselves are allowed
  const bytes = decodeHex(value);
  if (bytes?.length !== group.bytes) throw new ProtocolError("bad-public-key", "the length is wrong");
  const publicKey = decodeInteger(bytes);
  if (publicKey <= 2n || publicKey >= group.prime - 2n)
    throw new ProtocolError("bad-public-key", "this key is out of range");
  return publicKey;
