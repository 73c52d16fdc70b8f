// A connection for measuring with: reading costs as little as Node allows, so that the server has more to do than we.

import { connect, type Socket } from "node:net";

/** All connections read into the same memory, one after the other; otherwise each read would get memory of its own. */
const SHARED = Buffer.alloc(65_536);

/**
 * Connects to a server on this machine. Errors are left to "close".
 * @param receive gets what has come; the bytes are its own only until it returns
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
