// caught by: P2.7-parse P2.7-no-message
// says: carries no code
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new Error("not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Error("not a JSON object");
  }
  if (!("type" in value) || typeof value.type !== "string") {
    throw new Error("no string member type");
  }
  return value as JsonObject;
