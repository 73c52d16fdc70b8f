// caught by: P4.4-refuses-other-forms
// says: It was taken although it has
  const bytes = decodeHex(value);
  if (bytes === undefined) throw new ProtocolError("bad-public-key", "this is not hexadecimal");
  const publicKey = decodeInteger(bytes);
  if (!isAcceptable(publicKey, group)) throw new ProtocolError("bad-public-key", "this key is out of range");
  return publicKey;
