// caught by: P2.6-silence P2.6-ping
// says: ping
    this.#connection = new LineConnection(socket, {
      onLine: (line) => this.#receive(line),
      onWrong: (error) => this.#refuse(error),
      onEnd: () => this.#finish(),
      onClose: () => this.#leave(),
    });
    this.#silenceDeadline = setTimeout(() => this.#connection.destroy(), 3 * settings.heartbeat);
    socket.on("data", () => this.#silenceDeadline.refresh());
    this.#pings = setTimeout(() => {
      if (registry.isRegistered(this)) this.#send({ type: "ping" });
    }, settings.heartbeat);
