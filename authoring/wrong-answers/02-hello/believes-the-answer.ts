// caught by: P3.1-answer-checked
// says: Compare its stage, its to with your own name
  #sayHello(): void {
    this.#hello = helloLine(this.#settings.stage, this.#settings.ownName, this.#name);
    this.#connection.send(this.#hello);
  }

  #checkAnswer(object: JsonObject): void {
    if (object.type !== "hello") throw new ProtocolError("bad-request", "the answer must be a hello");
  }
