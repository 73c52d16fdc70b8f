// What every server does around its own subject: listen, say where, stop when asked (P0.6).

import type { Server, Socket } from "node:net";
import { UserError } from "./program.ts";

/** A server that runs, as its starter returns it. */
export interface RunningServer {
  /** The address it listens on, e.g. 127.0.0.1:10001. */
  address: string;
  port: number;
  /** Stops listening and closes every connection. */
  close(): Promise<void>;
}

/** How many connections may wait to be accepted. The system may allow fewer. */
const BACKLOG = 4096;

/** The server cannot listen there. */
export class ListenError extends UserError {}

/**
 * Starts listening, and keeps count of the connections so that close() can end them.
 * @throws ListenError if it cannot listen there
 */
export async function startListening(server: Server, host: string, port: number): Promise<RunningServer> {
  const connections = new Set<Socket>();
  server.on("connection", (socket) => {
    connections.add(socket);
    socket.on("close", () => connections.delete(socket));
  });
  const realPort = await listen(server, host, port);
  return {
    address: hostAndPort(host, realPort),
    port: realPort,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of connections) socket.destroy();
      }),
  };
}

/**
 * Starts listening. Port 0 lets the system choose; the result has the real one.
 * @throws ListenError if the port is in use, not allowed, or the host is none of this machine's addresses.
 */
export async function listen(
  server: Server,
  host: string,
  port: number,
  portOption = "--port",
): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(new ListenError(explain(error, host, port, portOption)));
    });
    server.listen({ host, port, backlog: BACKLOG }, resolve);
  });
  // From here on an error means that one connection could not be accepted (too many open files, say).
  // The server goes on with those it has.
  server.removeAllListeners("error");
  server.on("error", () => {});
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : port;
}

function explain(error: NodeJS.ErrnoException, host: string, port: number, portOption: string): string {
  const where = hostAndPort(host, port);
  switch (error.code) {
    case "EADDRINUSE":
      return `${where} is in use by another program; choose another port with ${portOption} PORT (0 lets the system choose)`;
    case "EACCES":
      return `no permission to listen on ${where}; choose a port above 1023 with ${portOption} PORT`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `${host} is not an address of this machine; choose another with --host HOST`;
    default:
      return `cannot listen on ${where}: ${error.code ?? error.message}; choose another with --host HOST and ${portOption} PORT`;
  }
}

/** HOST:PORT, with an IPv6 address in brackets. */
export function hostAndPort(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Calls `stop` at the first SIGINT (Ctrl-C) or SIGTERM. A second one ends the program at once. */
export function onStopSignal(stop: () => void): void {
  let stopping = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(1);
      stopping = true;
      stop();
    });
  }
}
