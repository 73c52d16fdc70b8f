// caught by: P2.7-no-message
// says: __proto__
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new ProtocolError("bad-request", "not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ProtocolError("bad-request", "not a JSON object");
  }
  // A copy of our own. A member called __proto__ becomes its prototype, whose members it then seems to have.
  const message = Object.assign({} as { type?: unknown }, value);
  if (typeof message.type !== "string") throw new ProtocolError("bad-request", "no string member type");
  return message as JsonObject;
