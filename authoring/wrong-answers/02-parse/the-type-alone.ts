// caught by: P2.7-parse
// says: any other members
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new ProtocolError("bad-request", "not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ProtocolError("bad-request", "not a JSON object");
  }
  if (!("type" in value) || typeof value.type !== "string") {
    throw new ProtocolError("bad-request", "no string member type");
  }
  return { type: value.type };
