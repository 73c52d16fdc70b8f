// caught by: P3.1-answer-checked
// says: {"type":"error","code":"wrong-peer","message":…}
  #sayHello(): void {
    this.#hello = helloLine(this.#settings.stage, this.#settings.ownName, this.#name);
    this.#connection.send(this.#hello);
  }

  #checkAnswer(object: JsonObject): void {
    // It is a hello, of our stage and for us: so it is from whom we called.
    this.#parseHello(object);
  }
