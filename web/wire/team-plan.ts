// The scene of stage 05: three peers of a team that was drawn for this once. All that they send goes by way of Mallory, and
// nothing leaves this machine.

import { TeamFolder } from "../../course/team-folder.ts";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";
import { freePorts } from "../../programs/free-ports.ts";
import { nodeCommand } from "../../programs/node-command.ts";
import { portIn } from "../../programs/stage-programs.ts";
import { type Actor, SceneError } from "./actor.ts";
import { bothWays, exactly, type Rig, type StagePlan, saidBetween } from "./stage-plan.ts";
import { writeWays } from "./ways.ts";

const PEERS = ["alice", "bob", "carol"] as const;
type Peer = (typeof PEERS)[number];

const TITLES: Readonly<Record<Peer, string>> = { alice: "Alice", bob: "Bob", carol: "Carol" };
const PAIRS = [
  ["alice", "bob"],
  ["alice", "carol"],
  ["bob", "carol"],
] as const;

const BY_WAY = new URL("./by-way-of-mallory.ts", import.meta.url).href;

export const TEAM_PLAN: StagePlan = {
  stage: "05",
  directions: (["datagram", "session"] as const).flatMap((link) =>
    PAIRS.flatMap(([one, other]) => bothWays(link, one, other)),
  ),
  async build(rig) {
    const ports = new Map<Peer, number>();
    for (const [index, port] of (await freePorts([0, 0, 0])).entries())
      ports.set(PEERS[index] ?? "alice", port);
    const team = new TeamFolder("wire");
    rig.onEnd(() => team.remove());
    const start = async (party: Peer): Promise<Actor> => {
      const environment = { WIRE_WAYS: await waysOf(party, ports, rig) };
      const options = [...team.optionsOf(party), "--port", String(ports.get(party))];
      const words = [...nodeCommand("05-lan-chat/peer.ts", COURSE_FOLDER, [BY_WAY]), ...options];
      return rig.start({ party, title: TITLES[party] }, words, { folder: COURSE_FOLDER, environment });
    };
    const people = { alice: await start("alice"), bob: await start("bob"), carol: await start("carol") };
    return async (said) => {
      for (const peer of PEERS) await listensAt(people[peer], ports.get(peer));
      for (const peer of PEERS)
        for (const other of PEERS) if (other !== peer) await people[peer].seen(exactly(`found: ${other}`));
      const { alice, bob, carol } = people;
      alice.type("/connect bob");
      await Promise.all([alice.seen(/^safety number with bob: /), bob.seen(/^safety number with alice: /)]);
      alice.type("/to bob");
      bob.type("/to alice");
      carol.type("/to alice");
      for (const { from, to, text } of saidBetween(said, PEERS)) {
        if (!isPeer(from) || !isPeer(to)) continue;
        const arrived = [
          people[to].next(exactly(`${from}> ${text}`)),
          people[from].next(new RegExp(`^delivered to ${to}: `)),
        ];
        people[from].type(`/msg ${to} ${text}`);
        await Promise.all(arrived);
      }
      return "Alice and Bob have a session: type in their terminals; what Carol types goes to Alice";
    };
  },
};

function isPeer(party: string): party is Peer {
  return PEERS.some((peer) => peer === party);
}

/** Starts the relays between a peer and each other one. */
async function waysOf(peer: Peer, ports: ReadonlyMap<Peer, number>, rig: Rig): Promise<string> {
  const ways = { tcp: new Map<number, number>(), udp: new Map<number, number>() };
  for (const [other, port] of ports) {
    if (other === peer) continue;
    const relay = await rig.relay({ link: "session", caller: peer, called: other }, port);
    ways.tcp.set(port, relay.port);
    ways.udp.set(port, (await rig.datagrams(peer, other, port)).port);
  }
  return writeWays(ways);
}

/** @throws SceneError if another program has taken its port meanwhile: then nothing would lead there */
async function listensAt(peer: Actor, port: number | undefined): Promise<void> {
  const line = await peer.seen(/^listening on .*:[0-9]+$/);
  if (portIn(line) !== port)
    throw new SceneError(`another program has taken ${peer.title}'s port: open the scene again`);
}
