// Measures how long it takes until a newcomer knows all peers of stage 05, and they know the newcomer. For comparison, one
// datagram goes to the group and each bare socket answers it: that is one round trip (P8.8), without any cryptography.

import { createSocket } from "node:dgram";
import { once } from "node:events";
import { BeaconGate } from "../05-lan-chat/beacon-gate.ts";
import { makeBeacon } from "../05-lan-chat/beacons.ts";
import { makeIdentity } from "../05-lan-chat/identity.ts";
import { startProgram } from "../programs/stage-programs.ts";
import { makeIdentities } from "./lan-identities.ts";
import { type LanPeer, type LanTeam, TEAM, teamKey, withTeam } from "./lan-team.ts";
import type { Limit, Row } from "./report.ts";

const SIZES = [2, 10, 50];
const RUNS = 3;
/** So many programs are started side by side. More would wait for each other. */
const STARTED_AT_ONCE = 2;
/** Long before the next beat of 5 s: nobody waits for one. In milliseconds. */
const LIMIT: Limit = { bound: "at most", value: 2000, of: "value" };
/** As many as are checked within a second (P8.10) of keys that are not pinned. */
const BEACONS = 150;
/** As long as a beacon. */
const DATAGRAM = Buffer.alloc(1300, "A");
export const BARE_GROUP = "239.255.54.45";
export const BARE_PORT = 54_546;

export async function measureDiscovery(): Promise<Row[]> {
  const pems = makeIdentities(Math.max(...SIZES) + SIZES.length * RUNS);
  return withTeam(async (team) => {
    const peers: LanPeer[] = [];
    const rows: Row[] = [];
    for (const size of SIZES) {
      await grow(team, peers, size - 1, pems);
      const knows: number[] = [];
      const known: number[] = [];
      const bare: number[] = [];
      for (let run = 0; run < RUNS; run += 1) {
        const times = await welcome(team, peers, `new-${size}-${run}`, pems.pop() ?? "");
        knows.push(times.knows);
        known.push(times.known);
        bare.push(await roundTrip(peers.length));
      }
      const beside = { name: "one round trip", runs: bare };
      rows.push(
        { name: `${size} peers: a newcomer knows all`, unit: "ms", runs: knows, beside, limit: LIMIT },
        { name: `${size} peers: all know the newcomer`, unit: "ms", runs: known, beside, limit: LIMIT },
      );
    }
    return [...rows, ...(await measureBeacons())];
  });
}

/**
 * What one beacon costs. A newcomer in a team of 50 checks 49 of them and answers each, and so do the others with its own:
 * that, and not the network, is what finding each other takes.
 */
async function measureBeacons(): Promise<Row[]> {
  const [own, other, key] = [await makeIdentity(), await makeIdentity(), await teamKey()];
  const making: number[] = [];
  const checking: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const session = Date.now() - 1000 * (RUNS - run);
    const isPinned = (): boolean => false;
    const hasPlace = (): boolean => true;
    const gate = new BeaconGate({
      team: TEAM,
      teamKey: key,
      ownFingerprint: own.fingerprint,
      isPinned,
      hasPlace,
    });
    const start = performance.now();
    const beacons = Array.from({ length: BEACONS }, (_, index) => {
      const address = "127.0.0.1:5000";
      const content = { type: "beacon" as const, name: "bob", team: TEAM, address, session, seq: index + 1 };
      return Buffer.from(makeBeacon(content, other, key, Date.now()));
    });
    making.push((performance.now() - start) / BEACONS);
    const next = performance.now();
    for (const beacon of beacons) gate.judge(beacon, "127.0.0.1", Date.now());
    checking.push((performance.now() - next) / BEACONS);
    if (gate.accepted < BEACONS) throw new Error("the gate has refused what it had to accept");
  }
  return [
    { name: "making a beacon, which signs", unit: "ms", runs: making },
    { name: "checking one", unit: "ms", runs: checking },
  ];
}

/** Starts peers until there are so many, and waits until each knows all others. */
async function grow(team: LanTeam, peers: LanPeer[], size: number, pems: string[]): Promise<void> {
  let next = peers.length;
  const startInTurn = async (): Promise<void> => {
    while (next < size) {
      next += 1;
      peers.push(await team.start(`peer-${next}`, [], pems.pop()));
    }
  };
  await Promise.all(Array.from({ length: STARTED_AT_ONCE }, startInTurn));
  await Promise.all(peers.map((peer) => peer.sees(/^found: peer-/, size - 1)));
}

/** Starts a newcomer. @returns how long it takes from its first line on, in milliseconds */
async function welcome(
  team: LanTeam,
  peers: readonly LanPeer[],
  name: string,
  pem: string,
): Promise<{ knows: number; known: number }> {
  const found = new RegExp(`^found: ${name}$`);
  const allFound = Promise.all(peers.map((peer) => peer.sees(found)));
  const newcomer = await team.start(name, [], pem);
  const start = performance.now();
  const since = (): number => performance.now() - start;
  const [knows, known] = await Promise.all([
    newcomer.sees(/^found: peer-/, peers.length).then(since),
    allFound.then(since),
  ]);
  await newcomer.leave();
  await Promise.all(peers.map((peer) => peer.sees(new RegExp(`^left: ${name}$`))));
  return { knows, known };
}

/** Sends a datagram to the group, and waits for the answers. @returns how long that takes, in milliseconds */
async function roundTrip(answers: number): Promise<number> {
  const others = startProgram("bench/bare-group.ts", [String(answers)]);
  await others.line("ready");
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  socket.setMulticastInterface("127.0.0.1");
  let received = 0;
  const all = new Promise<void>((resolve) => {
    socket.on("message", () => {
      received += 1;
      if (received === answers) resolve();
    });
  });
  const start = performance.now();
  socket.send(DATAGRAM, BARE_PORT, BARE_GROUP);
  await all;
  const time = performance.now() - start;
  socket.close();
  await others.kill();
  return time;
}
