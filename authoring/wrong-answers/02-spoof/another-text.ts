// caught by: P3.1-spoofed-name
// says: another text than the one given
  const hello: Hello = { type: "hello", stage, from: pretended, to: victim };
  const message = { type: "message", id: 1, text: `it is me: ${text}` };
  return [hello, message];
