// caught by: P3.4-terminal
// says: every other as it is
function eventLine(event: string): string {
  return `${event.replace(/[^\t\u0020-\u007e]/g, "\uFFFD")}\n`;
}
