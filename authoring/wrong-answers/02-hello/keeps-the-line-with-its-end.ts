// caught by: P3.1-hello-kept
// says: Only the blanks or line ends at the end differ.
  #sayHello(): void {
    const line = helloLine(this.#settings.stage, this.#settings.ownName, this.#name);
    this.#hello = `${line}\n`;
    this.#connection.send(line);
  }

  #checkAnswer(object: JsonObject): void {
    const { from } = this.#parseHello(object);
    if (nameKey(from) !== nameKey(this.#name)) {
      throw new ProtocolError("wrong-peer", `${this.#name} was called, not ${from}`);
    }
  }
