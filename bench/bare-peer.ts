// The smallest possible pair of chat programs, to compare ours with: no lines, no protocol. One listens, prints what
// arrives and sends it back. The other (its argument: the port) sends its input and prints what comes back.

import { connect, createServer } from "node:net";

const port = process.argv[2];
if (port === undefined || port === "--port") listen();
else call(Number(port));
process.stdin.on("end", () => process.exit());

function listen(): void {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      process.stdout.write(chunk);
      socket.write(chunk);
    });
  });
  server.listen({ host: "127.0.0.1", port: 0 }, () => {
    const address = server.address();
    if (typeof address === "object") console.log(`listening on 127.0.0.1:${address?.port}`);
  });
  process.stdin.resume();
}

function call(port: number): void {
  const socket = connect({ host: "127.0.0.1", port, noDelay: true }, () => console.log("connected"));
  socket.on("error", () => {});
  process.stdin.pipe(socket).pipe(process.stdout);
}
