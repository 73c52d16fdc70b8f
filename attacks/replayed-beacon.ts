// npm run attack -- replayed-beacon: Mallory, who has no passphrase, sends a beacon of Alice's again. Who has heard Alice drops
// it. Who has just come, and has not, believes it for a while.

import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withTemporaryFolder } from "../captures/record/temporary-folder.ts";
import type { ChildProgram } from "../programs/child-program.ts";
import { portIn } from "../programs/stage-programs.ts";
import type { Lab } from "./lab.ts";
import { runAttack } from "./program.ts";
import { AttackError, proof, showScreen, showWire, step, stopped } from "./report.ts";

/** How long to wait for a beacon, in milliseconds. */
const PATIENCE = 30_000;

await runAttack("replayed-beacon", {}, (lab) =>
  withTemporaryFolder(async (folder) => {
    const ear = await listening();
    try {
      await attack(lab, folder, ear);
    } finally {
      ear.close();
    }
  }),
);

async function attack(lab: Lab, folder: string, ear: Socket): Promise<void> {
  step("Bob's program runs. Alice's starts, and says to all that it is here. Mallory hears it once.");
  const bob = await startPeer(lab, folder, "bob", []);
  const heard = once(ear, "message", { signal: AbortSignal.timeout(PATIENCE) });
  heard.catch(() => {}); // If Alice does not start, that is said first.
  const alice = await startPeer(lab, folder, "alice", [ear.address().port, bob.port]);
  showScreen("bob", await bob.program.line("found: alice"));
  const [token] = (await heard.catch(() => {
    throw new AttackError("alice is not heard");
  })) as [Buffer];
  showWire("alice -> all", token.toString("latin1"));

  step("Alice goes, and says goodbye.");
  alice.program.enter("/quit");
  showScreen("bob", await bob.program.line("left: alice"));

  step("Mallory sends Alice's beacon to Bob again. Its time is still good.");
  const before = await droppedBy(bob.program);
  ear.send(token, bob.port, "127.0.0.1");
  const after = await droppedBy(bob.program, before);
  if (bob.program.lines.filter((line) => line === "found: alice").length > 1)
    throw new AttackError("bob's program believes it");
  stopped("bob's screen", `stats: old ${before}, then old ${after}; alice is not found again`);

  step("Carol starts now, and has not heard Alice's goodbye. Mallory sends the same beacon to Carol.");
  const carol = await startPeer(lab, folder, "carol", []);
  ear.send(token, carol.port, "127.0.0.1");
  proof("carol's screen", await carol.program.line("found: alice"));
  showScreen("carol", await carol.program.line("left: alice (silent)"));
}

/** A socket that hears what is sent to its own port. */
async function listening(): Promise<Socket> {
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return socket;
}

interface Peer {
  program: ChildProgram;
  port: number;
}

/** @param ports other peers that it calls, besides the network */
async function startPeer(lab: Lab, folder: string, name: string, ports: readonly number[]): Promise<Peer> {
  const phraseFile = join(folder, "passphrase");
  writeFileSync(phraseFile, "a passphrase that Mallory does not know\n");
  mkdirSync(join(folder, name), { mode: 0o700 });
  const program = lab.startProgram("05-lan-chat/peer.ts", [
    ...["--name", name, "--team", "rocket", "--port", "0", "--data", join(folder, name), "--beacon", "1"],
    ...["--passphrase-file", phraseFile, ...ports.flatMap((port) => ["--peer", `127.0.0.1:${port}`])],
  ]);
  return { program, port: portIn(await program.line(/^listening on /)) };
}

/** How many datagrams a program has dropped because they were old. @param than waits until there are more */
async function droppedBy(peer: ChildProgram, than = -1): Promise<number> {
  for (let tries = 0; tries < 50; tries += 1) {
    peer.enter("/stats");
    const line = await peer.line(/^stats: /);
    const old = Number(/\bold ([0-9]+)/.exec(line)?.[1]);
    if (old > than) return old;
  }
  throw new AttackError("bob's program has not dropped it as old");
}
