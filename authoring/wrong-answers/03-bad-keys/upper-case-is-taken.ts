// caught by: P4.4-refuses-other-forms
// says: 0C
  const bytes = decodeHex(typeof value === "string" ? value.toLowerCase() : value);
  if (bytes?.length !== group.bytes) throw new ProtocolError("bad-public-key", "the length is wrong");
  const publicKey = decodeInteger(bytes);
  if (!isAcceptable(publicKey, group)) throw new ProtocolError("bad-public-key", "this key is out of range");
  return publicKey;
