// caught by: P1.7-code-points
// says: A string's units are not its characters
  const character = line.charAt(position);
  if (character === "") return { error: "unexpected end of expression" };
  return { error: `unexpected "${character.replace(/\p{Cc}/u, "\uFFFD")}" at column ${position + 1}` };
