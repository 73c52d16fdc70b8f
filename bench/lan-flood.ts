// Floods a peer of stage 05 with nonsense when it gets a line: half of it to everybody on the shared port, half to the
// peer's own port, evenly over the time. Arguments: kind, number of datagrams, seconds, the peer's port.

import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { encodeBase64 } from "../05-lan-chat/base64.ts";
import { SHARED_PORT } from "../05-lan-chat/beacon-sockets.ts";
import { encryptToken } from "../05-lan-chat/fernet.ts";
import { identityIn, makeIdentities } from "./lan-identities.ts";
import { TEAM, teamKey } from "./lan-team.ts";

/** bytes: of all lengths, every fourth looks like a token. tokens: rightly encrypted beacons with a wrong signature. */
export type FloodKind = "bytes" | "tokens";

const HOST = "127.0.0.1";
const BROADCAST = "127.255.255.255";
/** So many different ones are made beforehand. */
const DIFFERENT = 1000;
const LARGEST = 1472;

const [kind = "", count = "", seconds = "", port = ""] = process.argv.slice(2);
const socket = createSocket("udp4");
socket.bind(0, HOST);
await once(socket, "listening");
socket.setBroadcast(true);
const datagrams = kind === "tokens" ? await wrongTokens() : wrongBytes();
console.log("ready");
await once(process.stdin, "data");
const start = performance.now();
for (let i = 0; i < Number(count); i += 1) {
  const datagram = datagrams[i % DIFFERENT] ?? Buffer.alloc(0);
  const [to, toPort] = i % 2 === 0 ? [BROADCAST, SHARED_PORT] : [HOST, Number(port)];
  await new Promise((resolve) => socket.send(datagram, toPort, to, resolve));
  const ahead = (i * Number(seconds) * 1000) / Number(count) - (performance.now() - start);
  if (ahead > 2) await setTimeout(ahead);
}
console.log("sent");
process.stdin.on("end", () => process.exit()).resume();

function wrongBytes(): Buffer[] {
  return Array.from({ length: DIFFERENT }, (_, i) => {
    const bytes = randomBytes(1 + ((i * 7) % LARGEST));
    return i % 4 === 0 ? Buffer.from(`gAAAAA${bytes.toString("base64url")}`.slice(0, LARGEST)) : bytes;
  });
}

/** What an insider can send: everything is right but the signature, so only that says that it is wrong. */
async function wrongTokens(): Promise<Buffer[]> {
  const key = await teamKey();
  const names = makeIdentities(DIFFERENT / 10).map((pem) => encodeBase64(identityIn(pem).der));
  const { port: ownPort } = socket.address();
  return Array.from({ length: DIFFERENT }, (_, i) => {
    const now = Date.now();
    const address = `${HOST}:${ownPort}`;
    const named = { type: "beacon", name: `flood-${i}`, team: TEAM, address, session: now, seq: 1 + i };
    const body = JSON.stringify({ ...named, key: names[i % names.length] });
    const text = JSON.stringify({ body, signature: encodeBase64(randomBytes(256)) });
    return Buffer.from(encryptToken(key, Buffer.from(text), Math.floor(now / 1000)));
  });
}
