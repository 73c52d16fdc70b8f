// caught by: P9.1-length
// says: The limit is looked at when the frame is complete
  /** Takes the next bytes, and gives the frames that they complete, in order, one at a time. */
  *push(chunk: Buffer): Generator<Frame, void> {
    let start = 0;
    while (!this.#isBad && start < chunk.length) {
      const lineFeed = chunk.indexOf(LINE_FEED, start);
      const end = lineFeed === -1 ? chunk.length : lineFeed + 1;
      const frame = this.#take(chunk.subarray(start, end), lineFeed !== -1);
      start = end;
      if (frame?.kind === "bad") this.#isBad = true;
      if (frame !== undefined) yield frame;
    }
  }

  /** Takes bytes of one line, up to its LF if that has come. */
  #take(bytes: Buffer, isWhole: boolean): Frame | undefined {
    if (!isWhole) {
      // A copy: a view would keep the whole chunk alive that it came in.
      this.#pieces.push(Buffer.from(bytes));
      // Whoever sends single bytes must not make us keep an object for each.
      if (this.#pieces.length > MAX_PIECES) this.#pieces = [Buffer.concat(this.#pieces)];
      return undefined;
    }
    const line = Buffer.concat([...this.#pieces, bytes]);
    this.#bytes += line.length;
    if (this.#bytes > this.#maxBytes) return { kind: "bad" };
    this.#pieces = [];
    // Latin-1 makes a character of each byte, so no two lines become the same text.
    const frame = this.#addLine(line.toString("latin1").replace(/\r?\n$/, ""));
    if (frame !== undefined) {
      this.#lines = [];
      this.#bytes = 0;
    }
    return frame;
  }

  /** What a line completes: nothing yet, a frame, or something that is none. */
  #addLine(line: string): Frame | undefined {
    this.#lines.push(line);
    const [header = "", token, end] = this.#lines;
    const [, address, team] = HEADER.exec(header) ?? [];
    if (team !== this.#team || address === undefined || parseAddress(address) === undefined)
      return { kind: "bad" };
    if (token !== undefined && !TOKEN.test(token)) return { kind: "bad" };
    if (token === undefined || end === undefined) return undefined;
    return end === END ? { kind: "frame", address, token } : { kind: "bad" };
  }
