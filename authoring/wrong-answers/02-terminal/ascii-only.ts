// caught by: P3.4-terminal
// says: U+00A0 has to stay as it is
function eventLine(event: string): string {
  return `${event.replace(/[^\t\u0020-\u007e]/g, "\uFFFD")}\n`;
}
