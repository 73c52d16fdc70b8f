// caught by: P2.7-parse P2.7-no-message
// says: SyntaxError
  const value: unknown = JSON.parse(line);
  if (typeof value !== "object" || value === null || !("type" in value) || typeof value.type !== "string") {
    throw new ProtocolError("bad-request", "no message");
  }
  return value as JsonObject;
