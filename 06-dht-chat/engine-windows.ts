// Window updates of streams, fewer of them. The engine's multiplexer answers each piece of data with one, and through a relay
// an update costs two encrypted messages of their own. Other implementations of yamux wait until half the window is used.

import { StreamState, YamuxStream } from "@chainsafe/libp2p-yamux/stream";

const { sendWindowUpdate } = YamuxStream.prototype;

/** What of a stream says whether an update is due. */
export interface Window {
  readonly state: StreamState;
  /** In bytes: the whole window, and how much of it the other side may still send. */
  readonly recvWindow: number;
  readonly recvWindowCapacity: number;
}

/** Whether the other side has to hear of our window now. The updates that open a stream are always due. */
export function isUpdateDue({ state, recvWindow, recvWindowCapacity }: Window): boolean {
  const isOpening = state === StreamState.Init || state === StreamState.SYNReceived;
  return isOpening || state === StreamState.Paused || recvWindowCapacity <= recvWindow / 2;
}

/** From now on streams of this program send an update when half of their window is used. */
export function spareWindowUpdates(): void {
  YamuxStream.prototype.sendWindowUpdate = function sendIfDue(this: YamuxStream): void {
    // Its type keeps the windows to itself.
    if (isUpdateDue(this as unknown as Window)) sendWindowUpdate.call(this);
  };
}
