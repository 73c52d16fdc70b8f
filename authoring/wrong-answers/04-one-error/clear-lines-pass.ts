// caught by: P6.4-clear-lines P6.4-clear-bye
// says: A line whose type is not sealed goes past the tag
  unwrap(object: JsonObject): JsonObject {
    if (object.type !== "sealed") return object;
    const line = this.#opener?.open(object);
    if (line === undefined || !isUtf8(line)) throw new ProtocolError("bad-record", "refused");
    return parseObject(line.toString());
  }

  /** P6.3: the same for all that can be wrong with a line, so that the answer tells an attacker nothing. */
  errorCode(code: ErrorCode): ErrorCode {
    return code === "line-too-long" ? code : "bad-record";
  }
