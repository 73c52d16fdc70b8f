// caught by: P0.2-several-at-once P0.2-in-pieces P0.5-unfinished-line P0.2-line-reader
// says: look for every LF
    const line = this.#complete(Buffer.from(chunk.toString().trimEnd()));
    if (line !== undefined) yield line;
