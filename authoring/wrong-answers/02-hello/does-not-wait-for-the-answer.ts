// caught by: P3.1-hello
// says: the caller waits for the answer
  #sayHello(): void {
    this.#hello = helloLine(this.#settings.stage, this.#settings.ownName, this.#name);
    this.#connection.send(this.#hello);
    this.#shakeHands({ initiator: this.#hello, responder: "" });
  }

  #checkAnswer(object: JsonObject): void {
    const { from } = this.#parseHello(object);
    if (nameKey(from) !== nameKey(this.#name)) throw new ProtocolError("wrong-peer", "somebody else has answered");
  }
