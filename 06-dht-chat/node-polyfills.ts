// What the engine takes from a browser and Node.js 20 does not have yet. Imported before engine.ts, and never in a page.

import { WebSocket } from "ws";

/** The parts of the language and the platform that are filled in. */
const platform: { WebSocket?: unknown } = globalThis;
// Newer ones have a WebSocket of their own. This one is used everywhere, so that all versions behave the same.
platform.WebSocket = WebSocket;

/** ES2024: a promise with its resolve and reject beside it. */
interface PromiseMaker {
  withResolvers?: () => { promise: Promise<unknown>; resolve: unknown; reject: unknown };
}
const maker: PromiseMaker = Promise;
maker.withResolvers ??= () => {
  let [resolve, reject]: unknown[] = [];
  const promise = new Promise((onResolve, onReject) => {
    [resolve, reject] = [onResolve, onReject];
  });
  return { promise, resolve, reject };
};
