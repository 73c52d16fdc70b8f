// The smallest line server on node:net, to compare our servers with: it sends each line back.
// With --broadcast, it sends all that it receives to every client.

import { createServer, type Socket } from "node:net";

const broadcast = process.argv.includes("--broadcast");
const sockets = new Set<Socket>();

const server = createServer({ noDelay: true }, (socket) => {
  sockets.add(socket);
  socket.on("close", () => sockets.delete(socket));
  socket.on("error", () => {}); // Benchmarks end their connections with a reset.
  if (broadcast) {
    socket.on("data", (chunk) => {
      for (const each of sockets) each.write(chunk);
    });
  } else {
    let unfinished = "";
    socket.setEncoding("utf8").on("data", (text: string) => {
      const lines = (unfinished + text).split("\n");
      unfinished = lines.pop() ?? "";
      for (const line of lines) socket.write(`${line}\n`);
    });
  }
});

server.listen({ host: "127.0.0.1", port: 0 }, () => {
  const address = server.address();
  if (typeof address === "object") console.log(`listening on 127.0.0.1:${address?.port}`);
});

// The program that has started us holds the other end of our input. When that program has ended, we end, too.
process.stdin.resume().on("end", () => process.exit());
