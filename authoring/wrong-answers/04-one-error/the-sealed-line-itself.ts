// caught by: P6.3-one-answer P6.4-clear-lines
  unwrap(object: JsonObject): JsonObject {
    const line = this.#opener?.open(object);
    if (line === undefined || !isUtf8(line)) throw new ProtocolError("bad-record", "refused");
    return object;
  }

  errorCode(code: ErrorCode): ErrorCode {
    return code === "line-too-long" ? code : "bad-record";
  }
