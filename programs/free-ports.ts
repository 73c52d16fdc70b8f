// Ports of 127.0.0.1 that nobody uses.

import { createServer, type Server } from "node:net";

/**
 * Of each port wanted: itself, if it is free on 127.0.0.1, or another one, which the system chooses. All are different.
 * @param wanted 0 for any
 */
export async function freePorts(wanted: readonly number[]): Promise<number[]> {
  const servers: Server[] = [];
  for (const port of wanted) servers.push((await tryToListen(port)) ?? (await listen(0)));
  const ports = servers.map(portOf);
  // Only now, or the system might give us one of them twice.
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function tryToListen(port: number): Promise<Server | undefined> {
  return listen(port).catch(() => undefined);
}

function listen(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ host: "127.0.0.1", port }, () => resolve(server));
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
