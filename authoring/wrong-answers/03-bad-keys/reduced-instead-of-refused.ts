// caught by: P4.4-refuses-traps
// says: an error with code bad-public-key
  const bytes = decodeHex(value);
  if (bytes?.length !== group.bytes) throw new ProtocolError("bad-public-key", "the length is wrong");
  const publicKey = decodeInteger(bytes) % group.prime;
  if (!isAcceptable(publicKey, group)) throw new ProtocolError("bad-public-key", "this key is a trap");
  return publicKey;
