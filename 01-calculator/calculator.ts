// The calculator as a server: each connection sends expressions, a line each, and gets a line back for each (P1).

import { createServer, type Socket } from "node:net";
import { isEnd, reply } from "./evaluate.ts";
import { type Line, LineReader } from "./lines.ts";
import { linger } from "./lingering.ts";
import { hostAndPort, listen, type RunningServer } from "./listening.ts";

/** The longest request, in bytes, the LF included (P0.3). */
const MAX_LINE_BYTES = 4096;

export interface CalculatorSettings {
  host: string;
  port: number;
  /** How long a connection may go without a complete line, in milliseconds (P1.9). */
  idleTimeout: number;
}

/** @throws ListenError if it cannot listen there. */
export async function startCalculator(settings: CalculatorSettings): Promise<RunningServer> {
  const connections = new Set<Socket>();
  // allowHalfOpen: a client that has said all it wants to say may still read its answers (P0.5).
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    connections.add(socket);
    socket.on("close", () => connections.delete(socket));
    serve(socket, settings.idleTimeout);
  });
  const port = await listen(server, settings.host, settings.port);
  return {
    address: hostAndPort(settings.host, port),
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of connections) socket.destroy();
      }),
  };
}

/** Serves one client until its connection ends. Whatever it does, the others do not notice (P0.7). */
function serve(socket: Socket, idleTimeout: number): void {
  const reader = new LineReader(MAX_LINE_BYTES);
  const idle = setTimeout(() => socket.destroy(), idleTimeout);

  const onData = (chunk: Buffer): void => {
    let replies = "";
    for (const line of reader.push(chunk)) {
      if (line.kind === "text" && isEnd(line.text)) return finish(replies);
      replies += `${answer(line)}\n`;
      if (line.kind === "too-long") return finish(replies);
      idle.refresh();
    }
    // A client that sends without reading its replies is not read from until it does: so what it leaves
    // unread stays bounded, here by the replies to one chunk.
    if (replies !== "" && !socket.write(replies)) {
      socket.pause();
      socket.once("drain", () => socket.resume());
    }
  };

  /** Sends the last replies and closes. Lines that still come are not answered. */
  const finish = (replies: string): void => {
    socket.off("data", onData);
    socket.pause();
    socket.end(replies, () => linger(socket)); // A client slow to read them has as long as an idle one.
  };

  socket.on("data", onData);
  socket.on("end", () => socket.end()); // The client has ended its half: all its lines are answered by now.
  socket.on("error", () => {}); // A reset, say. "close" follows, and there is nobody left to tell.
  socket.on("close", () => clearTimeout(idle));
}

function answer(line: Line): string {
  switch (line.kind) {
    case "text":
      return reply(line.text);
    case "bad-encoding":
      return "error: bad-encoding";
    case "too-long":
      return "error: line too long";
  }
}
