// Finds ports for programs that must be told where to listen.

import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import { CouldNotRun } from "./step-failure.ts";

/**
 * We use ports from 20,000 to 31,999, because systems choose higher ones themselves. A program needs a moment until it
 * listens. In that time, another checker must not get the same port. So each checker has a hundred ports, which depend
 * on its process id, and uses them in turn. If none of them is free, it uses others.
 */
const FIRST_PORT = 20_000;
const PORTS = 12_000;
const PORTS_EACH = 100;
/** On Windows, process ids are multiples of four. */
const OWN_FIRST = (PORTS_EACH * (process.platform === "win32" ? process.pid >> 2 : process.pid)) % PORTS;
let taken = randomInt(PORTS_EACH);

/**
 * Finds a free port of 127.0.0.1, a different one each time.
 * @throws CouldNotRun if there is none
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < PORTS; tries += 1) {
    taken += 1;
    const offset = tries < PORTS_EACH ? OWN_FIRST + (taken % PORTS_EACH) : OWN_FIRST + tries;
    const port = FIRST_PORT + (offset % PORTS);
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
