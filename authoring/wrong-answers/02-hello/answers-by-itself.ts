// caught by: P3.1-answer-checked
  #sayHello(): void {
    this.#hello = helloLine(this.#settings.stage, this.#settings.ownName, this.#name);
    this.#connection.send(this.#hello);
  }

  #checkAnswer(object: JsonObject): void {
    try {
      const { from } = this.#parseHello(object);
      if (nameKey(from) !== nameKey(this.#name)) throw new ProtocolError("wrong-peer", "somebody else has answered");
    } catch (error) {
      this.#connection.send((error as ProtocolError).toLine());
      throw error;
    }
  }
