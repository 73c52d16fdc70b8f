// caught by: P3.4-terminal P3.4-words-of-others
function eventLine(event: string): string {
  return `${event.replaceAll("\u001b", "\uFFFD")}\n`;
}
