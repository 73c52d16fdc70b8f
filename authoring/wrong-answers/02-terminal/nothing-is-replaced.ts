// caught by: P3.4-terminal P3.4-words-of-others
// says: U+001B is not replaced
function eventLine(event: string): string {
  return `${event}\n`;
}
