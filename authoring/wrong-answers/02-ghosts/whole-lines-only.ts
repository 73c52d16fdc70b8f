// caught by: P2.6-silence
// says: whenever anything comes from the client
    this.#connection = new LineConnection(socket, {
      onLine: (line) => {
        this.#silenceDeadline.refresh();
        this.#receive(line);
      },
      onWrong: (error) => this.#refuse(error),
      onEnd: () => this.#finish(),
      onClose: () => this.#leave(),
    });
    this.#silenceDeadline = setTimeout(() => this.#connection.destroy(), 3 * settings.heartbeat);
    this.#pings = setInterval(() => {
      if (registry.isRegistered(this)) this.#send({ type: "ping" });
    }, settings.heartbeat);
