// caught by: P4.4-refuses-other-forms
// says: It was taken although it has 1 digits instead of 2.
  let publicKey: bigint;
  try {
    publicKey = BigInt(`0x${value}`);
  } catch {
    throw new ProtocolError("bad-public-key", "this is not hexadecimal");
  }
  if (!isAcceptable(publicKey, group)) throw new ProtocolError("bad-public-key", "this key is out of range");
  return publicKey;
