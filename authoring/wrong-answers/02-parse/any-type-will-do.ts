// caught by: P2.7-parse
// says: { type: null }
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new ProtocolError("bad-request", "not JSON");
  }
  if (typeof value !== "object" || value === null || !("type" in value)) {
    throw new ProtocolError("bad-request", "no JSON object with a type");
  }
  return value as JsonObject;
