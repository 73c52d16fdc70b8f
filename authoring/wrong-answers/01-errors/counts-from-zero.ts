// caught by: P1.7-column
// says: Columns count from 1
  const codePoint = line.codePointAt(position);
  if (codePoint === undefined) return { error: "unexpected end of expression" };
  const column = [...line.slice(0, position)].length;
  const shown = String.fromCodePoint(codePoint).replace(/\p{Cc}/u, "\uFFFD");
  return { error: `unexpected "${shown}" at column ${column}` };
