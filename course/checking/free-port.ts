// Ports for programs that are told where to listen.

import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import { CouldNotRun } from "./step-failure.ts";

/**
 * Ports from 20,000 to 31,999: below those that a system gives to whoever asks for any. Each checker begins at a place of
 * its own, by the number of its process, and takes one after the other: a program needs a moment until it listens, and
 * meanwhile nobody else should be given the same port.
 */
const FIRST_PORT = 20_000;
const PORTS = 12_000;
/** Numbers of processes that follow each other are as far apart. On Windows they are multiples of four. */
const APART = process.platform === "win32" ? 25 : 100;
let next = process.pid * APART + randomInt(APART);

/**
 * A port of 127.0.0.1 that was free a moment ago, another one each time.
 * @throws CouldNotRun if there is none
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < PORTS; tries += 1) {
    next += 1;
    const port = FIRST_PORT + (next % PORTS);
    if (await isFree(port)) return port;
  }
  throw new CouldNotRun(`no port from ${FIRST_PORT} to ${FIRST_PORT + PORTS - 1} of 127.0.0.1 is free`);
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
