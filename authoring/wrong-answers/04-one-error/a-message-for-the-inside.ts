// caught by: P6.3-one-answer
// says: The code or the message of the error tells what was wrong.
  unwrap(object: JsonObject): JsonObject {
    const line = this.#opener?.open(object);
    if (line === undefined) throw new ProtocolError("bad-record", "refused");
    try {
      return parseObject(line.toString());
    } catch (error) {
      throw new ProtocolError("bad-record", `refused: ${(error as Error).message}`);
    }
  }

  /** P6.3: the same for all that can be wrong with a line, so that the answer tells an attacker nothing. */
  errorCode(code: ErrorCode): ErrorCode {
    return code === "line-too-long" ? code : "bad-record";
  }
