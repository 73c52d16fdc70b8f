// What every server does around its own subject: listen, say where, stop when asked (P0.6).

import { once } from "node:events";
import type { AddressInfo, Server, Socket } from "node:net";
import { UserError } from "./program.ts";

/** A server that runs, and the address it listens on, e.g. 127.0.0.1:10001. */
export interface RunningServer {
  address: string;
  /** Stops listening and closes every connection. */
  close(): void;
}

/** Starts listening, and keeps count of the connections for close(). @throws UserError if it cannot listen there */
export async function startListening(server: Server, host: string, port: number): Promise<RunningServer> {
  const connections = new Set<Socket>();
  server.on("connection", (socket) => {
    connections.add(socket);
    socket.on("close", () => connections.delete(socket));
  });
  const address = hostAndPort(host, await listen(server, host, port));
  const close = (): void => {
    server.close();
    for (const socket of connections) socket.destroy();
  };
  return { address, close };
}

/**
 * Starts listening, and returns the port. Port 0 lets the system choose.
 * @param option what chooses the port on the command line, for the error message
 * @throws UserError if the port is in use, not allowed, or the host is none of this machine's addresses
 */
export async function listen(server: Server, host: string, port: number, option = "--port"): Promise<number> {
  try {
    // backlog: how many connections may wait to be accepted. The system may allow fewer.
    server.listen({ host, port, backlog: 4096 });
    await once(server, "listening");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const where = hostAndPort(host, port);
    throw new UserError(
      code === "EADDRINUSE"
        ? `${where} is in use by another program; choose another port with ${option} PORT (0 lets the system choose)`
        : `cannot listen on ${where} (${message}); choose another with --host HOST and ${option} PORT`,
    );
  }
  // From here on an error means that a connection could not be accepted (too many open files, say). The others go on.
  server.on("error", () => {});
  return (server.address() as AddressInfo).port;
}

/** HOST:PORT, with an IPv6 address in brackets. */
export function hostAndPort(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Calls `stop` at the first SIGINT (Ctrl-C) or SIGTERM. The same one again ends the program at once. */
export function onStopSignal(stop: () => void): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => {
      process.on(signal, () => process.exit(1));
      stop();
    });
}
