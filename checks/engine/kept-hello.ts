// A program that lets a stage's Peer call it, and prints the hello that arrived and the one that the peer has kept:
//
// node --import tsx checks/engine/kept-hello.ts PEER_FILE
//
// Stage 02 keeps its hello for the stages after it, so nothing on the wire shows what was kept.

import { createServer, type Socket } from "node:net";
import { pathToFileURL } from "node:url";

interface PeerModule {
  Peer: { call(user: object, settings: object, events: object): void };
}

const { Peer }: PeerModule = await import(pathToFileURL(process.argv[2] ?? "").href);
let sent = "";
const answer = JSON.stringify({ type: "hello", stage: "02", from: "bob", to: "alice" });

const server = createServer((socket: Socket) => {
  socket.setEncoding("utf8").on("data", (text) => {
    sent += String(text);
    if (sent.endsWith("\n")) socket.write(`${answer}\n`);
  });
  socket.on("error", () => {});
});
server.listen({ host: "127.0.0.1", port: 0 }, () => {
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  const channels = { open: (_role: string, hellos: { initiator?: unknown }) => tell(hellos.initiator) };
  const settings = { stage: "02", ownName: "alice", channels, handshakeTimeout: 5000, requestTimeout: 5000 };
  const nothing = (): void => {};
  const events = { onRequest: nothing, onStarted: nothing, onMessage: nothing, onDelivered: nothing };
  Peer.call({ username: "bob", host: "127.0.0.1", port }, settings, { ...events, onOver: () => tell() });
});

function tell(kept?: unknown): never {
  console.log(JSON.stringify({ sent: sent.replace(/\n$/, ""), kept: kept ?? "none" }));
  process.exit(0);
}
