// caught by: P2.7-parse P2.7-no-message
// says: Cannot use 'in' operator
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new ProtocolError("bad-request", "not JSON");
  }
  if (typeof value !== "object" || Array.isArray(value)) {
    throw new ProtocolError("bad-request", "not a JSON object");
  }
  if (!("type" in (value as object))) throw new ProtocolError("bad-request", "no member type");
  return value as JsonObject;
