// caught by: P4.4-refuses-traps
// says: with what is the same modulo p
  const bytes = decodeHex(value);
  if (bytes?.length !== group.bytes) throw new ProtocolError("bad-public-key", "the length is wrong");
  const publicKey = decodeInteger(bytes);
  if ([0n, 1n, group.prime - 1n].includes(publicKey))
    throw new ProtocolError("bad-public-key", "this key is a trap");
  return publicKey;
