// caught by: P3.1-answer-checked
// says: chat with dora started
  #sayHello(): void {
    this.#hello = helloLine(this.#settings.stage, this.#settings.ownName, this.#name);
    this.#connection.send(this.#hello);
  }

  #checkAnswer(object: JsonObject): void {
    const { from } = this.#parseHello(object);
    if (from !== this.#name) throw new ProtocolError("wrong-peer", `called ${this.#name}, and ${from} answered`);
  }
