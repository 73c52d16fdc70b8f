// caught by: P2.6-silence
// says: the silent client is still there
    this.#connection = new LineConnection(socket, {
      onLine: (line) => this.#receive(line),
      onWrong: (error) => this.#refuse(error),
      onEnd: () => this.#finish(),
      onClose: () => this.#leave(),
    });
    this.#silenceDeadline = setTimeout(() => {}, 3 * settings.heartbeat);
    this.#pings = setInterval(() => {
      if (registry.isRegistered(this)) this.#send({ type: "ping" });
    }, settings.heartbeat);
