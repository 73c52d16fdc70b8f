// The smallest programs that carry a file from disk to disk, to compare ours with. One listens (its arguments end with the
// path to write); the other (--send PORT FILE) sends when it gets a line.

import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { connect, createServer } from "node:net";
import { pipeline } from "node:stream/promises";

const [first, second = "", third = ""] = process.argv.slice(2);
if (first === "--send") await send(Number(second), third);
else listen(third);

async function send(port: number, path: string): Promise<void> {
  const socket = connect({ host: "127.0.0.1", port });
  await once(socket, "connect");
  console.log("connected");
  await once(process.stdin, "data");
  await pipeline(createReadStream(path, { highWaterMark: 65_536 }), socket);
}

function listen(path: string): void {
  const server = createServer(async (socket) => {
    // flush: the file is on the disk when the stream has closed.
    await pipeline(socket, createWriteStream(path, { flush: true }));
    console.log("received");
  });
  server.listen({ host: "127.0.0.1", port: 0 }, () => {
    const address = server.address();
    if (typeof address === "object") console.log(`listening on 127.0.0.1:${address?.port}`);
  });
}
