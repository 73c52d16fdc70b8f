// caught by: P0.3-too-long
// says: waited for
    let start = 0;
    for (;;) {
      const lineFeed = chunk.indexOf(LINE_FEED, start);
      if (lineFeed === -1) break;
      const line = this.#complete(chunk.subarray(start, lineFeed));
      if (line !== undefined) yield line;
      start = lineFeed + 1;
    }
    this.#hold(chunk.subarray(start));
