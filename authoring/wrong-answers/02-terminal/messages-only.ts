// caught by: P3.4-words-of-others
// says: Only messages are made safe
function eventLine(event: string): string {
  return /^[A-Za-z0-9_-]+> /.test(event) ? `${printable(event)}\n` : `${event}\n`;
}
