// What the engine takes from a browser and Node.js 20 does not have yet. Imported before engine.ts, and never in a page.

import { WebSocket } from "ws";

/**
 * A browser's WebSocket may fail while nobody listens for its errors. One of the package `ws` would end the program then,
 * and libp2p stops listening once it has given up a call, or has been given a connection.
 */
class QuietWebSocket extends WebSocket {
  constructor(address: string | URL) {
    super(address);
    this.addEventListener("error", () => {});
  }
}

// Newer versions have a WebSocket of their own. This one is used in all of them, so that all behave the same.
Object.assign(globalThis, { WebSocket: QuietWebSocket });

/** ES2024: a promise with its resolve and reject beside it. */
function withResolvers(): object {
  let [resolve, reject]: unknown[] = [];
  const promise = new Promise((onResolve, onReject) => {
    [resolve, reject] = [onResolve, onReject];
  });
  return { promise, resolve, reject };
}

if (!("withResolvers" in Promise)) Object.assign(Promise, { withResolvers });
