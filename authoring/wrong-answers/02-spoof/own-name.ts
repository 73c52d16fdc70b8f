// caught by: P3.1-spoofed-name
// says: from is the name to borrow
  const hello: Hello = { type: "hello", stage, from: "mallory", to: victim };
  const message = { type: "message", id: 1, text };
  return [hello, message];
