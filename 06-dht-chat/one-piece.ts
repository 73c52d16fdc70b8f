// What is encrypted goes out in one piece. The engine's encryption gives a length of two bytes and the ciphertext apart, and
// a WebSocket makes a message of each piece: that costs more than to copy them together.

/** Bytes, or a list of pieces that can be made one. */
interface Pieces {
  subarray(): Uint8Array;
}

/** What an encrypted connection writes to, as far as it is used here. */
export interface Sending {
  send(bytes: Pieces): boolean;
}

/** From now on each call of `send` passes on one piece. @returns the connection itself */
export function sendInOnePiece<Connection>(connection: Connection & Sending): Connection {
  const send = connection.send.bind(connection);
  connection.send = (bytes) => send(bytes.subarray());
  return connection;
}
