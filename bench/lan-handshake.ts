// Measures how long it takes from /connect until both have proved who they are. For comparison: the same handshake computed
// in memory, without sockets, programs and disk; and /chat in stage 04, where nobody proves anything.

import { Handshake, type HandshakeStep, type OwnSide } from "../05-lan-chat/handshake.ts";
import type { Role } from "../05-lan-chat/hello.ts";
import { startProgram, startServer } from "../programs/stage-programs.ts";
import { identityIn, makeIdentities } from "./lan-identities.ts";
import { TEAM, teamKey, withTeam } from "./lan-team.ts";
import type { Row } from "./report.ts";
import { median } from "./statistics.ts";

const RUNS = 5;
const HANDSHAKES = 8;
/** At most 8 hellos a second are answered (P9.2). In milliseconds. */
const PAUSE = 150;

const wait = (time: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, time));

export async function measureHandshake(): Promise<Row[]> {
  const [alice = "", bob = ""] = makeIdentities(2);
  const key = await teamKey();
  const own: number[] = [];
  const alone: number[] = [];
  const before: number[] = [];
  const chats = await startChats();
  try {
    await withTeam(async (team) => {
      const called = await team.start("bob", [], bob);
      const caller = await team.start("alice", [], alice);
      await Promise.all([caller.sees(/^found: bob$/), called.sees(/^found: alice$/)]);
      for (let run = 0; run < RUNS; run += 1) {
        const times: number[] = [];
        for (let i = 0; i < HANDSHAKES; i += 1) {
          times.push(await caller.asks("/connect bob", /^connected to bob$/));
          await caller.asks("/block bob", /^disconnected from bob$/);
          caller.program.enter("/allow bob");
          await wait(PAUSE);
        }
        own.push(median(times));
        alone.push(timeAlone(alice, bob, key));
        before.push(await chats.measure());
      }
    });
  } finally {
    await chats.end();
  }
  return [
    {
      name: "handshake",
      unit: "ms",
      runs: own,
      beside: { name: "both sides computed alone", runs: alone },
      limit: { bound: "at most", value: 500, of: "value" },
    },
    {
      name: "handshake, with proofs",
      unit: "ms",
      runs: own,
      beside: { name: "/chat in stage 04", runs: before },
    },
  ];
}

/** The time of a handshake in memory, both sides one after the other, in milliseconds. */
function timeAlone(alice: string, bob: string, key: Buffer): number {
  const own = (name: string, pem: string): OwnSide => ({
    identity: identityIn(pem),
    name,
    team: TEAM,
    teamKey: key,
    address: "127.0.0.1:5000",
  });
  const gate = { mayAnswer: () => true, mayEnter: () => true };
  const side = (role: Role, name: string, pem: string): Handshake =>
    new Handshake(role, own(name, pem), gate, "", () => 0);
  const times: number[] = [];
  for (let i = 0; i < HANDSHAKES; i += 1) {
    const [initiator, responder] = [side("initiator", "alice", alice), side("responder", "bob", bob)];
    const start = performance.now();
    let token: string | undefined = initiator.start();
    for (let turn = 0; token !== undefined; turn += 1) {
      const step: HandshakeStep = (turn % 2 === 0 ? responder : initiator).receive(token);
      if (step.kind === "failed") throw new Error(`a handshake in memory failed: ${step.failure}`);
      token = step.send;
    }
    times.push(performance.now() - start);
  }
  return median(times);
}

/** Two clients of stage 04. */
async function startChats(): Promise<{ measure(): Promise<number>; end(): Promise<void> }> {
  const { server, port } = await startServer("04-aes-chat/server.ts");
  const registry = ["--registry", `127.0.0.1:${port}`];
  const bob = startProgram("04-aes-chat/client.ts", ["--name", "bob", "--accept", ...registry]);
  await bob.line(/^registered as bob/);
  const alice = startProgram("04-aes-chat/client.ts", ["--name", "alice", ...registry]);
  await alice.line(/^registered as alice/);
  return {
    measure: async () => {
      const times: number[] = [];
      for (let i = 0; i < HANDSHAKES; i += 1) {
        const start = performance.now();
        alice.enter("/chat bob");
        await alice.line("chat with bob started");
        times.push(performance.now() - start);
        alice.enter("/end");
        await alice.line(/^chat with bob ended/);
        await wait(PAUSE);
      }
      return median(times);
    },
    end: async () => {
      await Promise.all([alice, bob, server].map((program) => program.kill()));
    },
  };
}
