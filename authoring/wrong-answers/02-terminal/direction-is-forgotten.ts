// caught by: P3.4-terminal P3.4-words-of-others
// says: U+202A is not replaced
function eventLine(event: string): string {
  return `${event.replace(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g, "\uFFFD")}\n`;
}
