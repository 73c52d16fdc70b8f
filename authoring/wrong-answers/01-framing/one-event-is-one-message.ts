// caught by: P0.2-several-at-once
// says: look for every LF
    const line = this.#complete(Buffer.from(chunk.toString().trimEnd()));
    if (line !== undefined) yield line;
