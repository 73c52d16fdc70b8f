// caught by: P3.2-out-of-turn
  #receiveMessage(id: number, text: string): void {
    if (this.#phase === "leaving") return;
    if (id > this.#lastReceivedId + 1) throw new ProtocolError("bad-request", "a message is missing");
    if (id === this.#lastReceivedId + 1) {
      this.#lastReceivedId = id;
      this.#events.onMessage(this, text);
    }
    // Seen before: perhaps our ack was lost.
    this.#sendLine(JSON.stringify({ type: "ack", id } satisfies ChatLine));
  }

  #receiveAck(id: number): void {
    const deadline = this.#open.get(id);
    if (deadline === undefined) throw new ProtocolError("bad-request", "an ack of a message that is not open");
    clearTimeout(deadline);
    this.#open.delete(id);
    this.#makeRoom();
    this.#events.onDelivered(this, id);
  }
