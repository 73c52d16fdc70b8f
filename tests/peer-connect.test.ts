// Clause P3.10: a call to an address that does not even refuse. Such an address needs a system that lets us make one.

import { connect, type Socket } from "node:net";
import { failedCall, opensChat, talk } from "../checks/engine/chat-steps.ts";
import type { Scene } from "../checks/engine/scene.ts";
import { testsOf } from "./support/on-the-wire.ts";

/** A server that never takes a connection: its process is asleep, and few fit into its queue. */
const DEAF_SERVER = `
  const server = require("node:net").createServer();
  server.listen({ host: "127.0.0.1", port: 0, backlog: 1 }, () => {
    require("node:fs").writeSync(1, "port " + server.address().port + "\\n");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
`;
/** More than fit into the queue. Whoever comes after them is not answered, and tries again for minutes. */
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

// Windows refuses whoever does not fit into a queue.
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
