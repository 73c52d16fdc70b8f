// caught by: P0.2-several-at-once
// says: look for every LF
    const lineFeed = chunk.indexOf(LINE_FEED);
    if (lineFeed !== -1) {
      const line = this.#complete(chunk.subarray(0, lineFeed));
      if (line !== undefined) yield line;
    }
    if (this.#hold(chunk.subarray(lineFeed + 1)) === "too-long") yield { kind: "too-long" };
