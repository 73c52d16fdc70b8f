// What somebody on the way does to a line without any key: the tour does it by itself, and the wire on a click. Pure.

/** Makes 100 into 900, in clear. Undefined if there is no 100. */
export function makeNineHundred(line: Buffer): Buffer | undefined {
  const text = line.toString("latin1");
  return text.includes("100") ? Buffer.from(text.replace("100", "900"), "latin1") : undefined;
}

/**
 * Flips the bit that turns a 1 into a 9, in the hexadecimal ciphertext of a line. This needs no key, only a guess what the
 * line says.
 * @param position of the 1 in the plaintext, in bytes
 */
export function flipOneToNine(line: Buffer, position: number): Buffer {
  const text = line.toString();
  const start = text.indexOf('"ciphertext":"') + '"ciphertext":"'.length + 2 * position;
  const byte = Number.parseInt(text.slice(start, start + 2), 16) ^ ("1".charCodeAt(0) ^ "9".charCodeAt(0));
  return Buffer.from(text.slice(0, start) + byte.toString(16).padStart(2, "0") + text.slice(start + 2));
}

/** Changes one letter in the middle of a token, to another one that may stand there. */
export function changeLetter(line: Buffer): Buffer {
  const changed = Buffer.from(line);
  const middle = Math.floor(line.length / 2);
  changed.write(line.toString("latin1", middle, middle + 1) === "A" ? "B" : "A", middle);
  return changed;
}
