// caught by: P0.5-unfinished-line
// says: Drop it
    for (const part of chunk.toString("latin1").split("\n")) {
      const bytes = Buffer.from(part, "latin1");
      const line = bytes.length === 0 ? undefined : this.#complete(bytes);
      if (line !== undefined) yield line;
    }
