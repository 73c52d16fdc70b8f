// What Node.js lacks is there once the polyfills are loaded, and behaves as in a browser.

import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { expect } from "chai";
import { withStage06 } from "../tests/support/tools.ts";

withStage06("what Node.js 20 lacks", () => {
  before(() => import("./node-polyfills.ts"));

  it("is a WebSocket whose errors end no program when nobody listens for them", async () => {
    // It answers no handshake, so every call fails.
    const server = createServer((socket) => socket.once("data", () => socket.resetAndDestroy()));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await new Promise((resolve) => socket.addEventListener("close", resolve));
    expect(socket.readyState).to.equal(WebSocket.CLOSED);
    server.close();
  });

  it("is a promise with its resolve and reject beside it", async () => {
    const { withResolvers } = Promise as unknown as {
      withResolvers<Value>(): { promise: Promise<Value>; resolve(value: Value): void };
    };
    const { promise, resolve } = withResolvers.call(Promise) as {
      promise: Promise<number>;
      resolve(value: number): void;
    };
    resolve(6);
    expect(await promise).to.equal(6);
  });
});
