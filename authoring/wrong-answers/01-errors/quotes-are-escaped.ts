// caught by: P1.7-column
// says: a quote too
  const codePoint = line.codePointAt(position);
  if (codePoint === undefined) return { error: "unexpected end of expression" };
  const shown = String.fromCodePoint(codePoint).replace(/\p{Cc}/u, "\uFFFD");
  return { error: `unexpected ${JSON.stringify(shown)} at column ${position + 1}` };
