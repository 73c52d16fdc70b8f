// A relay that keeps all that it can see: each message that comes to it or goes from it, after its own connection's
// encryption is taken off. It is the stage's own node, with an ear between encryption and everything above it.
// Usage: eavesdropping-relay.ts FILE. Each line of the file is a JSON object (attacks/relay-log.ts reads them).

import "../node-polyfills.ts";
import { once } from "node:events";
import { openSync, writeSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { noise } from "@chainsafe/libp2p-noise";
import type { ConnectionEncrypter, MessageStream, SecuredConnection } from "@libp2p/interface";
import { randomBytes } from "../cryptography.ts";
import { startEngineNode } from "../engine.ts";
import { makePageServer } from "../page-server.ts";
import { obey } from "./commands.ts";

/** What we use of the inside of noise's connection. */
interface NoiseInside {
  readBuffer: Chunk;
  /** What has come, decrypted. */
  onData(data: Chunk): void;
  /** What is to be encrypted. */
  sendData(data: Chunk): unknown;
}

/** Bytes, or several pieces of them. */
interface Chunk {
  readonly byteLength: number;
  subarray(): Uint8Array;
}

const file = openSync(process.argv[2] ?? "", "a", 0o600);
let connections = 0;

const web = makePageServer();
web.server.listen({ host: "127.0.0.1", port: 0 });
await once(web.server, "listening");
const { port } = web.server.address() as AddressInfo;
const node = await startEngineNode({
  seed: randomBytes(32),
  addresses: [`/ip4/127.0.0.1/tcp/${port}/ws`],
  sockets: web.sockets,
  join: [],
  encrypter: listeningNoise,
  note: (line) => console.error(line),
});
console.log(`listening on ${node.addresses[0]}`);

await obey(
  async () => {},
  async () => {
    web.close();
    await node.stop();
  },
);

/** noise, and an ear behind it. */
function listeningNoise(components: Parameters<ReturnType<typeof noise>>[0]): ConnectionEncrypter {
  const encrypter = noise()(components);
  return {
    protocol: encrypter.protocol,
    secureInbound: async (connection, options) =>
      heard(await encrypter.secureInbound(connection, options), connection),
    secureOutbound: async (connection, options) =>
      heard(await encrypter.secureOutbound(connection, options), connection),
  };
}

function heard<Secured extends SecuredConnection>(secured: Secured, under: MessageStream): Secured {
  connections += 1;
  const own = { connection: connections, peer: secured.remotePeer.toString(), address: addressOf(under) };
  const keep = (direction: "in" | "out", data: Chunk): void => {
    const bytes = Buffer.from(data.subarray()).toString("base64");
    writeSync(file, `${JSON.stringify({ time: Date.now(), ...own, direction, bytes })}\n`);
  };
  const inside = secured.connection as unknown as NoiseInside;
  const [onData, sendData] = [inside.onData.bind(inside), inside.sendData.bind(inside)];
  // What was decrypted before we could listen waits there.
  if (inside.readBuffer.byteLength > 0) keep("in", inside.readBuffer);
  inside.onData = (data) => {
    keep("in", data);
    onData(data);
  };
  inside.sendData = (data) => {
    keep("out", data);
    return sendData(data);
  };
  return secured;
}

function addressOf(under: MessageStream): string {
  return "remoteAddr" in under ? String(under.remoteAddr) : "?";
}
