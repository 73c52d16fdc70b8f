// caught by: P0.2-several-at-once
    const start = 0;
    while (chunk.includes(LINE_FEED, start)) {
      const line = this.#complete(chunk.subarray(start, chunk.indexOf(LINE_FEED, start)));
      if (line?.kind === "too-long") yield line;
    }
    this.#hold(chunk.subarray(start));
