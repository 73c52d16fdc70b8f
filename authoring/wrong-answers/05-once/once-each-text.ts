// caught by: P9.7-shown-once
  /** P9.7: stored, shown, noted as shown, acknowledged. Whatever crashes in between, it is shown once at least. */
  readonly #texts = new Set<string>();

  #keepMessage(session: Session, message: TheirMessage): void {
    const { history, writes, show } = this.#around;
    const { sender, id, target } = message;
    let isRefused = false;
    let isNew = false;
    writes.add({
      store: () => {
        // The room may have come just before, in the same piece: so this is looked at now.
        isRefused = isRoomId(target) && !this.#rooms.isMember(target, sender);
        isNew = !isRefused && history.keepMessage(message);
        if (this.#texts.has(message.text)) isNew = false;
        this.#texts.add(message.text);
      },
      show: () => {
        if (isNew) this.#showMessage(message);
      },
      note: () => {
        if (isNew) history.noteShown(sender, id);
      },
      answer: () => session.send({ type: isRefused ? "refused" : "ack", id }),
      failed: (error) => {
        // They send it again in the next session. What they said after it must not come before it.
        show(`error: a message of ${this.#around.shown(sender)} was not kept: ${reasonOf(error)}`);
        session.end();
      },
    });
  }
