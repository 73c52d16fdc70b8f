// Many peers of stage 05 in one process: each says where it is at every beat, as a real one does, and does nothing else.
// It counts what the one real peer sends. Its input tells it how many there shall be (`members 64`); `counts` prints
// what was counted, as JSON.

import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { GROUP, SHARED_PORT } from "../05-lan-chat/beacon-sockets.ts";
import { makeBeacon } from "../05-lan-chat/beacons.ts";
import { decryptToken } from "../05-lan-chat/fernet.ts";
import type { Identity } from "../05-lan-chat/identity.ts";
import { identityIn, makeIdentities } from "./lan-identities.ts";
import { TEAM, teamKey } from "./lan-team.ts";

export interface Counts {
  /** Datagrams that all members have sent, to the group and to the broadcast address. */
  sent: number;
  /** Datagrams of others on the shared port: a beacon of the real peer comes twice. */
  heardShared: number;
  /** Datagrams that came to the members' own ports. */
  heardOwn: number;
  /** The length of the last datagram that was sent, in bytes. */
  bytes: number;
}

const HOST = "127.0.0.1";
const BROADCAST = "127.255.255.255";
/** In milliseconds (P8.7). */
const BEAT = 5000;

const counts: Counts = { sent: 0, heardShared: 0, heardOwn: 0, bytes: 0 };
const key = await teamKey();
const started = Date.now();
const own = new Set<number>();
const members: Socket[] = [];
let pems: string[] = [];

const shared = createSocket({ type: "udp4", reuseAddr: true });
shared.on("message", (datagram, { port }) => {
  if (!own.has(port) && decryptToken(key, datagram.toString("latin1")) !== undefined) counts.heardShared += 1;
});
shared.bind(SHARED_PORT, "0.0.0.0");
await once(shared, "listening");
shared.addMembership(GROUP, HOST);

/** Adds members until there are so many. Their beats are spread evenly, as those of people who came one by one. */
async function grow(size: number): Promise<void> {
  const missing = size - members.length;
  for (let i = 0; i < missing; i += 1)
    await join(identityIn(pems[members.length] ?? ""), (i * BEAT) / missing);
}

async function join(identity: Identity, delay: number): Promise<void> {
  const socket = createSocket("udp4");
  members.push(socket);
  const name = `member-${members.length}`;
  socket.on("message", () => {
    counts.heardOwn += 1;
  });
  socket.bind(0, HOST);
  await once(socket, "listening");
  socket.setBroadcast(true);
  socket.setMulticastInterface(HOST);
  const { port } = socket.address();
  own.add(port);
  let seq = 0;
  const beat = (): void => {
    seq += 1;
    const content = {
      type: "beacon" as const,
      name,
      team: TEAM,
      address: `${HOST}:${port}`,
      session: started,
      seq,
    };
    const token = makeBeacon(content, identity, key, Date.now());
    for (const to of [GROUP, BROADCAST]) socket.send(token, SHARED_PORT, to);
    counts.sent += 2;
    counts.bytes = token.length;
  };
  setTimeout(() => {
    beat();
    setInterval(beat, BEAT);
  }, delay);
}

const input = createInterface({ input: process.stdin });
input.on("close", () => process.exit());
input.on("line", async (line) => {
  const [command, size] = line.split(" ");
  if (command === "counts") return console.log(JSON.stringify(counts));
  await grow(Number(size));
  console.log(`members ${size}`);
});
pems = makeIdentities(Number(process.argv[2]));
console.log("ready");
