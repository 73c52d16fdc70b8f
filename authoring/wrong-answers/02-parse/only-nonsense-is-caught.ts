// caught by: P2.7-no-message
// says: the server has ended
  let value: JsonObject;
  try {
    value = JSON.parse(line);
  } catch {
    throw new ProtocolError("bad-request", "not JSON");
  }
  if (value.type === undefined) throw new ProtocolError("bad-request", "no type");
  return value;
