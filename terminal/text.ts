// Text from a capture, made fit to be shown. Anybody may have written it. Pure.

/**
 * Decodes bytes as UTF-8. What is not UTF-8, and every control or invisible character, becomes U+FFFD: a terminal would
 * obey some of them.
 */
export function readable(bytes: Buffer): string {
  return bytes.toString("utf8").replace(/\p{C}/gu, "\uFFFD");
}

/** Cuts text to `width` characters; three dots say that there was more. */
export function cut(text: string, width: number): string {
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 3)).join("")}...`;
}

/** Text of exactly `width` characters: cut, or filled up with blanks. */
export function column(text: string, width: number): string {
  const shown = cut(text, width);
  return shown + " ".repeat(Math.max(0, width - [...shown].length));
}
