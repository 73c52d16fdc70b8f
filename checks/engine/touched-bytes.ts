// Finds out what a function has done to the bytes that it was given: the value that it returns does not show that. Pure.

/** Both members count the function's arguments from 0. */
export interface TouchedBytes {
  /** The arguments whose bytes it has changed. */
  changed?: number[];
  /** The argument whose memory it has returned. */
  returned?: number;
}

/** Looks at the arguments before a call. @returns a function that looks at them again, and at the value, after it */
export function watchBytes(argv: readonly unknown[]): (value: unknown) => TouchedBytes {
  const before = argv.map((one) => (one instanceof Uint8Array ? Buffer.from(one) : undefined));
  return (value) => {
    const changed = [...argv.keys()].filter((index) => {
      const now = argv[index];
      return now instanceof Uint8Array && before[index]?.equals(now) === false;
    });
    const returned = argv.findIndex((one) => one instanceof Uint8Array && overlap(one, value));
    return { ...(changed.length > 0 ? { changed } : {}), ...(returned === -1 ? {} : { returned }) };
  };
}

/** Whether a value is bytes, some of which are the same bytes in memory. */
function overlap(bytes: Uint8Array, value: unknown): boolean {
  return (
    value instanceof Uint8Array &&
    value.buffer === bytes.buffer &&
    value.byteOffset < bytes.byteOffset + bytes.length &&
    bytes.byteOffset < value.byteOffset + value.length
  );
}
