// Connects a client to a server in the same process.

import { once } from "node:events";
import { connect, type Server, type Socket } from "node:net";

/** Connects to a server on this machine. The socket is destroyed after 10 seconds without data. */
export async function dialled(server: Server | { port: number }): Promise<Socket> {
  const socket = connect({ host: "127.0.0.1", port: portOf(server), noDelay: true });
  socket.setTimeout(10_000, () => socket.destroy(new Error("no answer within 10 s")));
  await once(socket, "connect");
  return socket;
}

function portOf(server: Server | { port: number }): number {
  if ("port" in server) return server.port;
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
