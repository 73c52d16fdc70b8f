// caught by: P6.3-error-codes
// says: A line that is too long keeps its own code
  unwrap(object: JsonObject): JsonObject {
    const line = this.#opener?.open(object);
    if (line === undefined || !isUtf8(line)) throw new ProtocolError("bad-record", "refused");
    return parseObject(line.toString());
  }

  errorCode(_code: ErrorCode): ErrorCode {
    return "bad-record";
  }
