// caught by: P3.1-answer-checked
// says: {"type":"error","code":
  #sayHello(): void {
    this.#hello = helloLine(this.#settings.stage, this.#settings.ownName, this.#name);
    this.#connection.send(this.#hello);
  }

  #checkAnswer(object: JsonObject): void {
    if (object.from !== this.#name) throw new ProtocolError("wrong-peer", "somebody else has answered");
  }
