// caught by: P2.7-parse P2.7-no-message
// says: bad-encoding
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new ProtocolError("bad-encoding", "not JSON");
  }
  if (typeof value !== "object" || value === null || !("type" in value) || typeof value.type !== "string") {
    throw new ProtocolError("bad-request", "no message");
  }
  return value as JsonObject;
