// caught by: P4.4-refuses-traps
// says: carries no code
  const bytes = decodeHex(value);
  if (bytes?.length !== group.bytes) throw new Error("the length is wrong");
  const publicKey = decodeInteger(bytes);
  if (!isAcceptable(publicKey, group)) throw new Error("this key is out of range");
  return publicKey;
