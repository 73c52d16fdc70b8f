// A server with one thread that computes for 50 milliseconds before it answers a line, for a question of stage 01.

import { createServer } from "node:net";

/** How long it computes for each request, in milliseconds. */
export const WORK = 50;

const server = createServer((socket) => {
  socket.on("data", () => {
    // Here each chunk is a request, because each client of the question sends only one line.
    const until = performance.now() + WORK;
    while (performance.now() < until);
    socket.end("done\n");
  });
  socket.on("error", () => {});
});

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  console.log(`listening on 127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`);
});
