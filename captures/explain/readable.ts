// Text from a capture, made fit to be shown. Anybody may have written it. Pure.

/** Says that a text was cut. In the pages' blocks an ellipsis stands for any text, so here it is three dots. */
export const MORE = "...";

/**
 * Decodes bytes as UTF-8. What is not UTF-8, and every control or invisible character, becomes U+FFFD: a terminal would
 * obey some of them.
 */
export function readable(bytes: Buffer): string {
  return bytes.toString("utf8").replace(/\p{C}/gu, "\uFFFD");
}
