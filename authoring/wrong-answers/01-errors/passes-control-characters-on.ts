// caught by: P1.7-control-characters
// says: Replace it by
  const codePoint = line.codePointAt(position);
  if (codePoint === undefined) return { error: "unexpected end of expression" };
  return { error: `unexpected "${String.fromCodePoint(codePoint)}" at column ${position + 1}` };
