// caught by: P4.4-takes-good-keys
// says: What is returned is no integer
  const bytes = decodeHex(value);
  if (bytes?.length !== group.bytes) throw new ProtocolError("bad-public-key", "the length is wrong");
  if (!isAcceptable(decodeInteger(bytes), group))
    throw new ProtocolError("bad-public-key", "this key is out of range");
  return value as never;
