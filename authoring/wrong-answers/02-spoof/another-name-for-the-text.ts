// caught by: P3.1-spoofed-name
// says: Bob refused the message
  const hello: Hello = { type: "hello", stage, from: pretended, to: victim };
  const message = { type: "message", id: 1, body: text };
  return [hello, message];
