// Ports for programs that are told where to listen.

import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/**
 * Ports from 20,000 to 31,999: below those that a system gives to whoever asks for any. Each checker has a hundred of
 * its own, by the number of its process, and takes one after the other: a program needs a moment until it listens, and
 * meanwhile nobody else may be given the same port.
 */
const FIRST_PORT = 20_000;
const PORTS_EACH = 100;
const CHECKERS = 120;
let portsTaken = randomInt(PORTS_EACH);

/** A port of 127.0.0.1 that was free a moment ago, another one each time. */
export async function freePort(): Promise<number> {
  for (;;) {
    portsTaken += 1;
    const port = FIRST_PORT + (process.pid % CHECKERS) * PORTS_EACH + (portsTaken % PORTS_EACH);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const free = await new Promise<boolean>((resolve) => {
    server.once("error", () => resolve(false));
    server.listen({ host: "127.0.0.1", port }, () => resolve(true));
  });
  if (free) await new Promise<void>((resolve) => server.close(() => resolve()));
  return free;
}
