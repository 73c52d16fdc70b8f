// caught by: P3.1-spoofed-name
// says: The first message has the id 1
  const hello: Hello = { type: "hello", stage, from: pretended, to: victim };
  const message = { type: "message", id: 0, text };
  return [hello, message];
