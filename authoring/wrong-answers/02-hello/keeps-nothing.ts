// caught by: P3.1-hello-kept
// says: keep it, and send what is kept
  #sayHello(): void {
    this.#connection.send(helloLine(this.#settings.stage, this.#settings.ownName, this.#name));
  }

  #checkAnswer(object: JsonObject): void {
    const { from } = this.#parseHello(object);
    if (nameKey(from) !== nameKey(this.#name)) {
      throw new ProtocolError("wrong-peer", `${this.#name} was called, not ${from}`);
    }
  }
