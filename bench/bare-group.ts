// Sockets that have joined a group, as many as the argument says, and answer each datagram with the same bytes. For
// comparison with peers that find each other.

import { createSocket } from "node:dgram";
import { once } from "node:events";
import { BARE_GROUP, BARE_PORT } from "./lan-discovery.ts";

for (let count = Number(process.argv[2]); count > 0; count -= 1) {
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  socket.on("message", (datagram, { address, port }) => socket.send(datagram, port, address));
  socket.bind(BARE_PORT, "0.0.0.0");
  await once(socket, "listening");
  socket.addMembership(BARE_GROUP, "127.0.0.1");
}
console.log("ready");
process.stdin.on("end", () => process.exit()).resume();
