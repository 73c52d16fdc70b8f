// caught by: P3.1-spoofed-name
// says: to is the own name of Bob
  const hello: Hello = { type: "hello", stage, from: victim, to: pretended };
  const message = { type: "message", id: 1, text };
  return [hello, message];
