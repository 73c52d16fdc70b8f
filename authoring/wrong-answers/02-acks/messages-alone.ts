// caught by: P3.3-open-acks P3.3-not-delivered
  #receiveMessage(id: number, text: string): void {
    if (this.#phase === "leaving") return;
    if (id !== this.#lastReceivedId + 1) throw new ProtocolError("bad-request", "a message out of turn");
    this.#lastReceivedId = id;
    this.#events.onMessage(this, text);
    this.#sendLine(JSON.stringify({ type: "ack", id } satisfies ChatLine));
  }

  #receiveAck(_id: number): void {}
