// caught by: P0.2-several-at-once
    let start = 0;
    for (;;) {
      const lineFeed = chunk.indexOf(LINE_FEED, start);
      if (lineFeed === -1) break;
      const line = this.#complete(chunk.subarray(start, start + lineFeed));
      if (line !== undefined) yield line;
      start = lineFeed + 1;
    }
    if (this.#hold(chunk.subarray(start)) === "too-long") yield { kind: "too-long" };
