// caught by: P3.10-open-messages
  #receiveMessage(id: number, text: string): void {
    if (this.#phase === "leaving") return;
    if (id !== this.#lastReceivedId + 1) throw new ProtocolError("bad-request", "a message out of turn");
    this.#lastReceivedId = id;
    this.#events.onMessage(this, text);
    this.#sendLine(JSON.stringify({ type: "ack", id } satisfies ChatLine));
  }

  #receiveAck(id: number): void {
    const deadline = this.#open.get(id);
    if (deadline === undefined) throw new ProtocolError("bad-request", "an ack of a message that is not open");
    clearTimeout(deadline);
    this.#open.delete(id);
    this.#events.onDelivered(this, id);
  }
