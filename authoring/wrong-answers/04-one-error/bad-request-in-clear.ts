// caught by: P6.4-clear-lines
// says: "bad-re
  unwrap(object: JsonObject): JsonObject {
    const line = this.#opener?.open(object);
    if (line === undefined || !isUtf8(line)) throw new ProtocolError("bad-record", "refused");
    return parseObject(line.toString());
  }

  errorCode(code: ErrorCode): ErrorCode {
    return code === "line-too-long" || code === "bad-request" ? code : "bad-record";
  }
