// caught by: P1.7-column P1.7-reasons P1.7-syntax-first
  const codePoint = line.codePointAt(position);
  const column = [...line.slice(0, position)].length + 1;
  if (codePoint === undefined) return { error: `unexpected end of expression at column ${column}` };
  const shown = String.fromCodePoint(codePoint).replace(/\p{Cc}/u, "\uFFFD");
  return { error: `unexpected "${shown}" at column ${column}` };
