// A connection for measuring. It reads as cheaply as Node.js can, so that the server has more work than we have.

import { connect, type Socket } from "node:net";

/** All connections read into the same memory. Otherwise Node.js would allocate memory for each read. */
const SHARED = Buffer.alloc(65_536);

/**
 * Connects to a server on this machine. After an error, the event "close" is the only notice.
 * @param receive gets the received bytes; they are valid only until it returns
 */
export function connectLightly(port: number, receive: (bytes: Buffer) => void): Socket {
  const callback = (length: number, buffer: Uint8Array): boolean => {
    receive(Buffer.from(buffer.buffer, buffer.byteOffset, length));
    return true;
  };
  const socket = connect({
    host: "127.0.0.1",
    port,
    noDelay: true,
    onread: { buffer: SHARED, callback },
  });
  return socket.on("error", () => {});
}
