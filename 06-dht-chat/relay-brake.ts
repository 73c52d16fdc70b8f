// Keeps a relay's memory small: a circuit takes bytes from the one side only as fast as the other side takes them.
// libp2p's relay reads on while the other side is full, and holds what it has read. Pure of libp2p.

/** A circuit's stream, as far as it is used here. */
export interface CircuitStream {
  readonly readStatus: string;
  pause(): void;
  resume(): void;
  send(bytes: { readonly byteLength: number }): boolean;
  addEventListener(
    type: "message",
    listener: (event: { data: { readonly byteLength: number } }) => void,
  ): void;
}

/** So much may have come from one side and not be on its way to the other, in bytes. */
const MOST_HELD = 262_144;

/** Has both halves of a circuit keep step: each is paused while too much of it is not yet on its way to the other. */
export function brake(one: CircuitStream, other: CircuitStream): void {
  brakeOneWay(one, other);
  brakeOneWay(other, one);
}

function brakeOneWay(from: CircuitStream, to: CircuitStream): void {
  let held = 0;
  from.addEventListener("message", ({ data }) => {
    held += data.byteLength;
    if (held > MOST_HELD && from.readStatus === "readable") from.pause();
  });
  const send = to.send.bind(to);
  to.send = (bytes) => {
    held = Math.max(0, held - bytes.byteLength);
    if (held <= MOST_HELD / 2 && from.readStatus === "paused") from.resume();
    return send(bytes);
  };
}
