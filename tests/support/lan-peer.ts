// Discovery alone, as a program for tests: prints an event a line, and obeys the lines on its standard input.

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { BeaconGate } from "../../05-lan-chat/beacon-gate.ts";
import { Directory, type DirectoryEvent } from "../../05-lan-chat/directory.ts";
import { startDiscovery } from "../../05-lan-chat/discovery.ts";
import { identityOf, makeIdentity } from "../../05-lan-chat/identity.ts";
import { bindPorts } from "../../05-lan-chat/ports.ts";

/** What the program is told in its one argument, as JSON. */
export interface LanPeerOptions {
  name: string;
  host?: string;
  port?: number;
  /** 64 hex digits. */
  teamKey?: string;
  peers?: string[];
  beaconSeconds?: number;
  inactiveSeconds?: number;
}

const vectors = JSON.parse(readFileSync(new URL("../vectors/lan.json", import.meta.url), "utf8"));
const given = JSON.parse(process.argv[2] ?? "{}") as LanPeerOptions;
const { name, host = "127.0.0.1", port = 5000, peers = [], beaconSeconds = 5, inactiveSeconds = 600 } = given;
const team = "rocket";
const teamKey = Buffer.from(given.teamKey ?? vectors.beacons.teamKey, "hex");
const identity = identityOf(vectors.keys[name]?.pem ?? "") ?? (await makeIdentity());
const isPinned = () => false;
const directory = new Directory({ beaconSeconds, inactiveSeconds, isPinned });
const gate = new BeaconGate({
  team,
  teamKey,
  ownFingerprint: identity.fingerprint,
  isPinned,
  hasPlace: directory.hasPlace.bind(directory),
});
const names = new Map<string, string>();

function onEvent({ kind, fingerprint }: DirectoryEvent): void {
  const who = names.get(fingerprint);
  if (kind === "silent") console.log(`left: ${who} (silent)`);
  else console.log(`${kind}: ${who}`);
}

const server = createServer();
const ports = await bindPorts(server, host, port);
for (const note of ports.notes) console.log(`note: ${note}`);
console.log(`listening on ${ports.host}:${ports.port}`);
const discovery = await startDiscovery({
  name,
  identity,
  team,
  teamKey,
  ports,
  peers,
  beaconSeconds,
  session: Date.now(),
  gate,
  directory,
  onBeacon: (beacon) => names.set(beacon.key.fingerprint, beacon.name),
  onStart: (fingerprint) => console.log(`${names.get(fingerprint)} has started`),
  onEvent,
  onNote: (note) => console.log(`note: ${note}`),
});
console.log("started");

const commands: Record<string, () => void> = {
  peers: () => console.log(JSON.stringify(directory.peers(Date.now()).map((peer) => peer.addresses))),
  doctor: () => console.log(JSON.stringify(discovery.doctor())),
  stats: () => console.log(JSON.stringify(discovery.stats())),
};
const input = createInterface({ input: process.stdin });
input.on("line", (line) => commands[line]?.());
await once(input, "close");
await discovery.stop();
console.log("stopped");
server.close();
