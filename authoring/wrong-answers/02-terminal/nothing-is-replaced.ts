// caught by: P3.4-terminal P3.4-words-of-others
// says: Not every control character is replaced
function eventLine(event: string): string {
  return `${event}\n`;
}
