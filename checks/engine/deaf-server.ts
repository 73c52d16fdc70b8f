// A server that neither accepts nor refuses: its only thread sleeps, and the queue for its connections is full.

import { connect } from "node:net";
import type { Scene } from "./scene.ts";

const SOURCE = `
  const server = require("node:net").createServer();
  server.listen({ host: "127.0.0.1", port: 0, backlog: 1 }, () => {
    require("node:fs").writeSync(1, "port " + server.address().port + "\\n");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
`;

/** More connections than fit into the queue. The system gives later ones no answer, so they try again for minutes. */
const CALLERS = 8;

export interface DeafServer {
  port: number;
  /** Whether the system gives no answer to connections. Some systems refuse what does not fit into the queue. */
  isDeaf(): boolean;
}

/** Starts the server, which ends with the check. */
export async function startDeafServer(scene: Scene): Promise<DeafServer> {
  const program = scene.run("the deaf server", [process.execPath, "-e", SOURCE]);
  const line = await program.shows(/^port [0-9]+$/);
  const port = Number(line.slice("port ".length));
  const sockets = Array.from({ length: CALLERS }, () => connect({ host: "127.0.0.1", port }));
  for (const socket of sockets) socket.on("error", () => {});
  scene.afterwards(() => {
    for (const socket of sockets) socket.destroy();
  });
  return { port, isDeaf: () => sockets.at(-1)?.connecting ?? false };
}
