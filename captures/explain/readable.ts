// Makes text from a capture safe to show. Anybody may have written it. Pure.

/** Marks a text that was cut. It is not "…", because in the pages' blocks that character stands for any text. */
export const MORE = "...";

/**
 * Decodes bytes as UTF-8. Invalid bytes, control characters and invisible characters become U+FFFD, because a terminal
 * would obey some of them.
 */
export function readable(bytes: Buffer): string {
  return bytes.toString("utf8").replace(/\p{C}/gu, "\uFFFD");
}
