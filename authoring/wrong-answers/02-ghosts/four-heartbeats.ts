// caught by: P2.6-silence
// says: drop the client when it has run for three heartbeats
    this.#connection = new LineConnection(socket, {
      onLine: (line) => this.#receive(line),
      onWrong: (error) => this.#refuse(error),
      onEnd: () => this.#finish(),
      onClose: () => this.#leave(),
    });
    this.#silenceDeadline = setTimeout(() => this.#connection.destroy(), 4 * settings.heartbeat);
    socket.on("data", () => this.#silenceDeadline.refresh());
    this.#pings = setInterval(() => {
      if (registry.isRegistered(this)) this.#send({ type: "ping" });
    }, settings.heartbeat);
