// Tests clause P3.10: a call to an address that neither accepts nor refuses. Not every system lets us make such one.

import { connect, type Socket } from "node:net";
import { failedCall, opensChat, talk } from "../checks/engine/chat-steps.ts";
import type { Scene } from "../checks/engine/scene.ts";
import { testsOf } from "./support/on-the-wire.ts";

/** This server never accepts a connection: its only thread sleeps, and its queue is short. */
const DEAF_SERVER = `
  const server = require("node:net").createServer();
  server.listen({ host: "127.0.0.1", port: 0, backlog: 1 }, () => {
    require("node:fs").writeSync(1, "port " + server.address().port + "\\n");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
`;
/** More connections than fit into the queue. The system gives later ones no answer, so they try again for minutes. */
const CALLERS = 8;

async function deafPort(scene: Scene): Promise<number> {
  const line = await scene
    .run("the deaf server", [process.execPath, "-e", DEAF_SERVER])
    .shows(/^port [0-9]+$/);
  const port = Number(line.slice("port ".length));
  const sockets: Socket[] = [];
  scene.afterwards(() => {
    for (const socket of sockets) socket.destroy();
  });
  for (let number = 0; number < CALLERS; number += 1) {
    const socket = connect({ host: "127.0.0.1", port });
    socket.on("error", () => {});
    sockets.push(socket);
  }
  return port;
}

// Windows refuses connections that do not fit into a queue.
const where = process.platform === "win32" ? describe.skip : describe;

where("a call that nobody takes", () => {
  for (const stage of ["02", "04"] as const) {
    const it = testsOf(stage);

    it(`P3.10 stage ${stage}: is given up after 5 s, and no other chat ends`, async (scene) => {
      const alice = await scene.client("alice", { argv: ["--accept"] });
      const friend = await opensChat(scene, alice, "initiator", "friend");
      scene.registry.add("bob", await deafPort(scene));
      const since = performance.now();
      await alice.enters("/chat bob");
      await alice.showsAfter(5, since, failedCall("bob"));
      await alice.enters("/switch friend");
      await talk(alice, friend, 1);
    });
  }
});
