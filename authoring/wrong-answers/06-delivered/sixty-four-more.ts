// caught by: P10.8-send-window
// says: Count what is open already
  #takeDue(now: number): string[] {
    const due = [...this.#waiting.values()].filter((message) => this.#deadline(message) <= now);
    for (const { id } of due) this.#waiting.delete(id);
    return due.map(({ id }) => id);
  }

  #takeToSend(): MessageContent[] {
    if (!this.#isConnected) return [];
    let open = 0;
    const send: MessageContent[] = [];
    for (const message of this.#waiting.values()) {
      if (message.isOpen) continue;
      if (++open > MAX_OPEN_MESSAGES) break;
      message.isOpen = true;
      message.wasSent = true;
      send.push({ type: "message", id: message.id, text: message.text });
    }
    return send;
  }

  #deadline({ since, wasSent }: Waiting): number {
    const last = since + DELIVERY_TIME;
    if (wasSent || this.#isConnected) return last;
    return Math.min(last, Math.max(since, this.#offlineSince) + REACH_TIME);
  }
