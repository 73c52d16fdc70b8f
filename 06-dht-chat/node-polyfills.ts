// What the engine takes from a browser and Node.js 20 does not have yet. Imported before engine.ts, and never in a page.

import { WebSocket } from "ws";

// Newer versions have a WebSocket of their own. This one is used in all of them, so that all behave the same.
Object.assign(globalThis, { WebSocket });

/** ES2024: a promise with its resolve and reject beside it. */
function withResolvers(): object {
  let [resolve, reject]: unknown[] = [];
  const promise = new Promise((onResolve, onReject) => {
    [resolve, reject] = [onResolve, onReject];
  });
  return { promise, resolve, reject };
}

if (!("withResolvers" in Promise)) Object.assign(Promise, { withResolvers });
