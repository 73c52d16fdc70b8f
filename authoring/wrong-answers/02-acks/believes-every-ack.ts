// caught by: P3.3-open-acks
// says: An ack is believed without a look at what is open
  #receiveMessage(id: number, text: string): void {
    if (this.#phase === "leaving") return;
    if (id !== this.#lastReceivedId + 1) throw new ProtocolError("bad-request", "a message out of turn");
    this.#lastReceivedId = id;
    this.#events.onMessage(this, text);
    this.#sendLine(JSON.stringify({ type: "ack", id } satisfies ChatLine));
  }

  #receiveAck(id: number): void {
    clearTimeout(this.#open.get(id));
    this.#open.delete(id);
    this.#makeRoom();
    this.#events.onDelivered(this, id);
  }
