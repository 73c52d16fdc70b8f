// The end of a connection, from the side that wants it: the last words must arrive.

import type { Socket } from "node:net";

/**
 * After we have ended our half: reads what still comes and drops it, until the other side ends too, or has gone on for
 * too long (2 s, or 16 MiB). If its bytes were left unread, closing would reset the connection, and a reset can overtake
 * our last words.
 */
export function linger(socket: Socket): void {
  let dropped = 0;
  socket.on("data", (chunk: Buffer) => {
    dropped += chunk.length;
    if (dropped > 16_777_216) socket.destroy();
  });
  socket.resume();
  setTimeout(() => socket.destroy(), 2000).unref();
}
