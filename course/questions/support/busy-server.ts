// A server of one thread that computes for 50 milliseconds on each line before it answers: for a question of stage 01.

import { createServer } from "node:net";

/** How long it computes on a request, in milliseconds. */
export const WORK = 50;

const server = createServer((socket) => {
  socket.on("data", () => {
    // Each chunk is a request here: the question sends one line, and no more.
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
