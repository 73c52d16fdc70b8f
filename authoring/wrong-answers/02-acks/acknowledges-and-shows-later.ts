// caught by: P3.2-out-of-turn P3.3-both-ways
// says: Show, then acknowledge
  #receiveMessage(id: number, text: string): void {
    if (this.#phase === "leaving") return;
    if (id !== this.#lastReceivedId + 1) throw new ProtocolError("bad-request", "a message out of turn");
    this.#lastReceivedId = id;
    this.#sendLine(JSON.stringify({ type: "ack", id } satisfies ChatLine));
    // The screen is drawn once a second.
    setTimeout(() => this.#events.onMessage(this, text), 1000);
  }

  #receiveAck(id: number): void {
    const deadline = this.#open.get(id);
    if (deadline === undefined) throw new ProtocolError("bad-request", "an ack of a message that is not open");
    clearTimeout(deadline);
    this.#open.delete(id);
    this.#makeRoom();
    this.#events.onDelivered(this, id);
  }
