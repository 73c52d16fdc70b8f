// What a connection holds that nobody reads: how much the system takes, and a flood that goes on until no more is taken.

import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** How much is written at once, in bytes. */
const BLOCK = 65_536;
/** The system has taken all that it takes when nothing more went in during so many pauses, each so long (ms). */
const QUIET_PAUSES = 50;
const PAUSE = 10;
/** No system holds more than this for a connection, in bytes. */
const MOST = 256 * 1024 * 1024;

let measured: Promise<number> | undefined;

/**
 * How many bytes this system takes on a connection of 127.0.0.1 before the other side reads any. A program does not
 * notice that those are not read. It is measured once.
 */
export function unreadCapacity(): Promise<number> {
  measured ??= measure();
  return measured;
}

async function measure(): Promise<number> {
  const server = createServer({ pauseOnConnect: true });
  server.listen({ host: "127.0.0.1", port: 0 });
  await once(server, "listening");
  const address = server.address();
  const socket = connect({
    host: "127.0.0.1",
    port: typeof address === "object" && address ? address.port : 0,
  });
  const [[reader]] = (await Promise.all([once(server, "connection"), once(socket, "connect")])) as [
    [Socket],
    unknown,
  ];
  for (const one of [socket, reader]) one.on("error", () => {});
  const flood = new Flood(socket, Buffer.alloc(BLOCK), MOST);
  for (let quiet = 0, before = 0; quiet < QUIET_PAUSES; before = flood.taken) {
    await pause(PAUSE);
    quiet = flood.taken === before ? quiet + 1 : 0;
  }
  socket.destroy();
  reader.destroy();
  server.close();
  await flood.over;
  return flood.taken;
}

/** Writes the same bytes again and again, as fast as they are taken. */
export class Flood {
  /** How many bytes the system has taken. */
  taken = 0;
  /** Resolves when it is stopped or has reached its limit, and what was written is taken, or the connection has ended. */
  readonly over: Promise<void>;
  #stopped = false;

  /** @param limit ends by itself after so many bytes */
  constructor(socket: Socket, bytes: Buffer, limit: number) {
    this.over = this.#write(socket, bytes, limit);
  }

  stop(): void {
    this.#stopped = true;
  }

  async #write(socket: Socket, bytes: Buffer, limit: number): Promise<void> {
    while (!this.#stopped && this.taken < limit) {
      const error = await new Promise((resolve) => socket.write(bytes, resolve));
      if (error) return;
      this.taken += bytes.length;
    }
  }
}
