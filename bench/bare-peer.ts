// The least that two chat programs could do, to compare ours with. One listens, shows what it gets and sends it back;
// the other (its argument: the port) sends what is entered and shows what comes back. No lines, no protocol.

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
