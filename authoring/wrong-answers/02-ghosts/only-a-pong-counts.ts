// caught by: P2.6-silence
// says: Set a clock back
    this.#connection = new LineConnection(socket, {
      onLine: (line) => {
        if (line.includes('"type":"pong"')) this.#silenceDeadline.refresh();
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
