// Finds ports of 127.0.0.1 that no program uses.

import { createServer, type Server } from "node:net";

/**
 * Returns each wanted port if it is free on 127.0.0.1, and otherwise another free port. All ports are different.
 * @param wanted 0 for any free port
 */
export async function freePorts(wanted: readonly number[]): Promise<number[]> {
  const servers: Server[] = [];
  for (const port of wanted) servers.push((await tryToListen(port)) ?? (await listen(0)));
  const ports = servers.map(portOf);
  // All servers are closed only now. If one closed earlier, the system might give us its port a second time.
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
