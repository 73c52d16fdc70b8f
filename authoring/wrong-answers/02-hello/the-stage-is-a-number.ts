// caught by: P3.1-hello
// says: "stage":2
  #sayHello(): void {
    const { stage, ownName } = this.#settings;
    this.#hello = JSON.stringify({ type: "hello", stage: Number(stage), from: ownName, to: this.#name });
    this.#connection.send(this.#hello);
  }

  #checkAnswer(object: JsonObject): void {
    const { from } = this.#parseHello(object);
    if (nameKey(from) !== nameKey(this.#name)) throw new ProtocolError("wrong-peer", "somebody else has answered");
  }
