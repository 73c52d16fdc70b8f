// What may reach a terminal (P3.4). Pure.

// C0 controls but tab, DEL, C1 controls, and the bidirectional controls. A terminal obeys the first kinds
// (move the cursor, clear the screen, set the title), and the last make text read in another order than it has.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this pattern is about.
const UNSAFE = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** Text from elsewhere, made safe to show: every unsafe character becomes U+FFFD, the replacement character. */
export function printable(text: string): string {
  return text.replace(UNSAFE, "\uFFFD");
}
