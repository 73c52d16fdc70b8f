// caught by: P6.3-one-answer
// says: "code":"bad-re
  unwrap(object: JsonObject): JsonObject {
    const line = this.#opener?.open(object);
    if (line === undefined || !isUtf8(line)) throw new ProtocolError("bad-record", "refused");
    return parseObject(line.toString());
  }

  errorCode(code: ErrorCode): ErrorCode {
    return code;
  }
