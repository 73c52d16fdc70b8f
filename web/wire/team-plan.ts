// The scene of stage 05: three peers of a team that was drawn for this once. All that they send goes by way of Mallory, and
// nothing leaves this machine.

import type { LineRelay } from "../../course/line-relay.ts";
import { TeamFolder } from "../../course/team-folder.ts";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";
import { nodeCommand } from "../../programs/node-command.ts";
import { portIn } from "../../programs/stage-programs.ts";
import type { Actor } from "./actor.ts";
import type { DatagramRelay } from "./datagram-relay.ts";
import { bothWays, exactly, type Play, type Rig, type StagePlan, saidBetween } from "./stage-plan.ts";
import { type Ways, type WaysByPort, writeWaysByPort } from "./ways.ts";

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
    const team = new TeamFolder("wire");
    rig.onEnd(() => team.remove());
    const ports = portsToCome();
    const relays = new Map<Peer, Relays>();
    for (const peer of PEERS) relays.set(peer, await relaysOf(peer, ports, rig));
    const start = async (party: Peer): Promise<Actor> => {
      const toAll = [...(relays.get(party)?.values() ?? [])].map(({ udp }) => udp.port);
      const ways: Ways = { toAll, file: waysFile(team, party) };
      const words = [
        ...nodeCommand("05-lan-chat/peer.ts", COURSE_FOLDER, [BY_WAY]),
        ...team.optionsOf(party),
      ];
      const options = { folder: COURSE_FOLDER, environment: { WIRE_WAYS: JSON.stringify(ways) } };
      return rig.start({ party, title: TITLES[party] }, [...words, "--port", "0"], options);
    };
    const people = { alice: await start("alice"), bob: await start("bob"), carol: await start("carol") };
    const { alice, bob, carol } = people;
    const call = async (): Promise<void> => {
      const connected = [alice.next(/^connected to bob$/), bob.next(/^connected to alice$/)];
      alice.type("/connect bob");
      await Promise.all(connected);
    };
    const play: Play = async (said) => {
      const found = new Map<Peer, number>();
      for (const peer of PEERS) found.set(peer, portIn(await people[peer].seen(/^listening on .*:[0-9]+$/)));
      // From here on, a peer may learn from a datagram where another one is: now it is led through the relays.
      for (const [peer, own] of relays) writeWaysByPort(waysFile(team, peer), waysByPort(own, found));
      ports.known(found);
      for (const peer of PEERS)
        for (const other of PEERS) if (other !== peer) await people[peer].seen(exactly(`found: ${other}`));
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
    return { play, call };
  },
};

function isPeer(party: string): party is Peer {
  return PEERS.some((peer) => peer === party);
}

/** The ports of the peers: the relays are there before the peers listen. */
interface PortsToCome {
  of(peer: Peer): Promise<number>;
  known(ports: ReadonlyMap<Peer, number>): void;
}

function portsToCome(): PortsToCome {
  let known: PortsToCome["known"] = () => {};
  const all = new Promise<ReadonlyMap<Peer, number>>((resolve) => {
    known = resolve;
  });
  return { of: async (peer) => (await all).get(peer) ?? 0, known: (ports) => known(ports) };
}

/** The relays that lead from one peer to each other one. */
type Relays = ReadonlyMap<Peer, { tcp: LineRelay; udp: DatagramRelay }>;

async function relaysOf(peer: Peer, ports: PortsToCome, rig: Rig): Promise<Relays> {
  const relays = new Map<Peer, { tcp: LineRelay; udp: DatagramRelay }>();
  for (const other of PEERS) {
    if (other === peer) continue;
    const tcp = await rig.relay({ link: "session", caller: peer, called: other }, ports.of(other));
    relays.set(other, { tcp, udp: await rig.datagrams(peer, other, ports.of(other)) });
  }
  return relays;
}

function waysByPort(relays: Relays, ports: ReadonlyMap<Peer, number>): WaysByPort {
  const [tcp, udp] = [new Map<number, number>(), new Map<number, number>()];
  for (const [other, relay] of relays) {
    tcp.set(ports.get(other) ?? 0, relay.tcp.port);
    udp.set(ports.get(other) ?? 0, relay.udp.port);
  }
  return { tcp, udp };
}

function waysFile(team: TeamFolder, peer: Peer): string {
  return team.path(`ways-${peer}`);
}
