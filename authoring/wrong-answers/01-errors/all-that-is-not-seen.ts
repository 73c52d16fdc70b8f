// caught by: P1.7-control-characters
  const codePoint = line.codePointAt(position);
  if (codePoint === undefined) return { error: "unexpected end of expression" };
  const column = [...line.slice(0, position)].length + 1;
  const shown = String.fromCodePoint(codePoint).replace(/\p{C}/u, "\uFFFD");
  return { error: `unexpected "${shown}" at column ${column}` };
