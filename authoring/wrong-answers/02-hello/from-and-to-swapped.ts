// caught by: P3.1-hello
// says: "from":"bob","to":"alice"
  #sayHello(): void {
    this.#hello = helloLine(this.#settings.stage, this.#name, this.#settings.ownName);
    this.#connection.send(this.#hello);
  }

  #checkAnswer(object: JsonObject): void {
    const { from } = this.#parseHello(object);
    if (nameKey(from) !== nameKey(this.#name)) throw new ProtocolError("wrong-peer", "somebody else has answered");
  }
