// The end of a connection, from the side that wants it: the last words must arrive.

import type { Socket } from "node:net";

/** How long the other side may take to end its own half, in milliseconds. */
const PATIENCE = 2000;

/** How much of what it still sends is read, in bytes. */
const MAX_DROPPED_BYTES = 16_777_216;

/**
 * After we have ended our half: reads what still comes and drops it, until the other side ends too, or has gone on for
 * too long. If its bytes were left unread, closing would reset the connection, and a reset can overtake our last words.
 */
export function linger(socket: Socket): void {
  let dropped = 0;
  socket.on("data", (chunk: Buffer) => {
    dropped += chunk.length;
    if (dropped > MAX_DROPPED_BYTES) socket.destroy();
  });
  socket.resume();
  setTimeout(() => socket.destroy(), PATIENCE).unref();
}
