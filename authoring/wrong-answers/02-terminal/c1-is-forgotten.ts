// caught by: P3.4-terminal P3.4-words-of-others
// says: U+0085 is not replaced
function eventLine(event: string): string {
  return `${event.replace(/[\u0000-\u0008\u000a-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g, "\uFFFD")}\n`;
}
