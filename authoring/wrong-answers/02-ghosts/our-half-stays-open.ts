// caught by: P2.2-freed
    this.#connection = new LineConnection(socket, {
      onLine: (line) => this.#receive(line),
      onWrong: (error) => this.#refuse(error),
      onEnd: () => this.#leave(),
      onClose: () => this.#leave(),
    });
    this.#silenceDeadline = setTimeout(() => this.#connection.destroy(), 3 * settings.heartbeat);
    socket.on("data", () => this.#silenceDeadline.refresh());
    this.#pings = setInterval(() => {
      if (registry.isRegistered(this)) this.#send({ type: "ping" });
    }, settings.heartbeat);
