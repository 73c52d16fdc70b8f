// caught by: P0.2-in-pieces
// says: must be held until the rest arrives
    let start = 0;
    for (;;) {
      const lineFeed = chunk.indexOf(LINE_FEED, start);
      if (lineFeed === -1) break;
      const line = this.#complete(chunk.subarray(start, lineFeed));
      if (line !== undefined) yield line;
      start = lineFeed + 1;
    }
