// caught by: P3.4-terminal
function eventLine(event: string): string {
  return `${event.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, "\uFFFD")}\n`;
}
