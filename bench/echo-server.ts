// The least that a server of lines on node:net can do, to compare our servers with: it sends each line back.
// With --broadcast it sends whatever comes to everybody.

import { createServer, type Socket } from "node:net";

const broadcast = process.argv.includes("--broadcast");
const sockets = new Set<Socket>();

const server = createServer({ noDelay: true }, (socket) => {
  sockets.add(socket);
  socket.on("close", () => sockets.delete(socket));
  socket.on("error", () => {}); // Benchmarks end their connections by a reset.
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

// Whoever started us holds the other end of our input: when that is gone, nobody needs us.
process.stdin.resume().on("end", () => process.exit());
