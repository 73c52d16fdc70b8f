// caught by: P0.2-in-pieces
// says: become text only when the line is whole
    const lines = chunk.toString().split("\n");
    const rest = lines.pop() ?? "";
    for (const text of lines) {
      const line = this.#complete(Buffer.from(text));
      if (line !== undefined) yield line;
    }
    if (this.#hold(Buffer.from(rest)) === "too-long") yield { kind: "too-long" };
