// caught by: P4.4-refuses-other-forms
// says: TypeError
  const bytes = Buffer.from(value as string, "hex");
  if ((value as string).length !== 2 * group.bytes || bytes.toString("hex") !== value)
    throw new ProtocolError("bad-public-key", "the form is wrong");
  const publicKey = decodeInteger(bytes);
  if (!isAcceptable(publicKey, group)) throw new ProtocolError("bad-public-key", "this key is out of range");
  return publicKey;
