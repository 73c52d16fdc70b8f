// Says how many columns of a terminal a text takes, and which characters are safe there. Pure.

/** Characters that take two columns: those of East Asia, and emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
/** Combining characters: they are drawn onto the character before them, and take no column. */
const WITHOUT_WIDTH = /\p{Mn}|\p{Me}|\u200d/u;

/** An SGR sequence: it colours text, and takes no column. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what this pattern is about.
export const SGR = /\u001b\[[0-9;]*m/g;

/** The width of a text, in columns. Colours take none. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text.replace(SGR, "")) {
    if (WIDE.test(character)) width += 2;
    else if (!WITHOUT_WIDTH.test(character)) width += 1;
  }
  return width;
}

/** Control characters, which a terminal would obey, and characters that change the direction of text. */
const UNSAFE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this pattern is about.
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069]/g;

/** Makes text from elsewhere safe for a terminal: unsafe characters become U+FFFD, a tab two blanks. */
export function printableText(text: string): string {
  return text.replace(UNSAFE, "\uFFFD").replaceAll("\t", "  ");
}

/** The same for text that must stay on one line: a line feed becomes U+FFFD, too. */
export function printable(text: string): string {
  return printableText(text.replaceAll("\n", "\uFFFD"));
}

/** Splits text from elsewhere into lines, safe for a terminal. */
export function printableLines(text: string): string[] {
  return text
    .replace(/\r?\n$/, "")
    .split(/\r?\n/)
    .map(printable);
}
