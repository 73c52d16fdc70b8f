// Peers of stage 05 on several hosts: whole programs, each in a network namespace of its own, joined by bridges (P8.1, P8.7,
// P8.9, P9.7).

import { expect } from "chai";
import { Host, Lan, needsLan } from "./support/lan.ts";
import { type PeerProgram, Team } from "./support/team.ts";

describe("peers of stage 05 on several hosts", () => {
  let lan: Lan;
  let team: Team;

  before(function () {
    needsLan(this);
  });

  beforeEach(async () => {
    lan = await Lan.start(["net1", "net2"]);
    team = new Team(await Host.start());
  });

  afterEach(async () => {
    await team.close();
    await lan.end();
  });

  async function peer(
    name: string,
    links: Readonly<Record<string, string>>,
    ...more: string[]
  ): Promise<{ host: Host; peer: PeerProgram }> {
    const host = await lan.host(links);
    return { host, peer: await team.startOn(host, name, "--host", "0.0.0.0", ...more) };
  }

  it("P8.7 those of one network find each other; one that is in two networks is found in both, once", async () => {
    const [alice, bob, carol] = await Promise.all([
      peer("alice", { net1: "10.1.0.1/24" }),
      peer("bob", { net1: "10.1.0.2/24", net2: "10.2.0.2/24" }),
      peer("carol", { net2: "10.2.0.3/24" }),
    ]);
    await Promise.all([
      alice.peer.sees("found: bob"),
      carol.peer.sees("found: bob"),
      bob.peer.sees("found: alice"),
      bob.peer.sees("found: carol"),
    ]);
    expect(bob.peer.lines[0]).to.equal("listening on 0.0.0.0:5000");
    alice.peer.enter("/msg bob hello from net1");
    carol.peer.enter("/msg bob hello from net2");
    await Promise.all([bob.peer.sees("alice> hello from net1"), bob.peer.sees("carol> hello from net2")]);
    alice.peer.enter("/peers");
    await alice.peer.sees(/^peer bob active 10\.1\.0\.2:5000 since /);
    await alice.peer.sees("peers: 1");
    expect(alice.peer.all("found: bob")).to.have.length(1);
    expect(alice.peer.lines.join()).not.to.include("carol");
  });

  it("P8.9 P9.7 a cable that is pulled: silent, what is written waits, and arrives when the cable is back", async () => {
    const [alice, bob] = await Promise.all([
      peer("alice", { net1: "10.1.0.1/24" }),
      peer("bob", { net1: "10.1.0.2/24" }),
    ]);
    await Promise.all([alice.peer.sees("found: bob"), bob.peer.sees("found: alice")]);
    bob.host.sh("ip link set net1 down");
    await alice.peer.sees("left: bob (silent)");
    alice.peer.enter("/msg bob are you there?");
    await alice.peer.sees("queued for bob: 1");
    bob.host.sh("ip link set net1 up");
    await alice.peer.sees("found: bob", 2);
    await bob.peer.sees("alice> are you there?");
    await alice.peer.sees("delivered to bob: 1");
  });

  it("P8.9 a program that is suspended is silent, and found again when it goes on; it says nothing of others' silence", async () => {
    const [alice, bob] = await Promise.all([
      peer("alice", { net1: "10.1.0.1/24" }, "--beacon", "2"),
      peer("bob", { net1: "10.1.0.2/24" }, "--beacon", "2"),
    ]);
    await Promise.all([alice.peer.sees("found: bob"), bob.peer.sees("found: alice")]);
    bob.peer.program.signal("SIGSTOP");
    await alice.peer.sees("left: bob (silent)");
    bob.peer.program.signal("SIGCONT");
    await alice.peer.sees("found: bob", 2);
    bob.peer.enter("/msg alice I am back");
    await alice.peer.sees("bob> I am back");
    expect(bob.peer.all(/^left/)).to.deep.equal([]);
  });

  it("P9.12 /doctor shows what was sent and heard on each address", async () => {
    const bob = await peer("bob", { net1: "10.1.0.2/24", net2: "10.2.0.2/24" });
    await peer("alice", { net1: "10.1.0.1/24" });
    await bob.peer.sees("found: alice");
    bob.peer.enter("/doctor");
    await bob.peer.sees(/^doctor: 10\.1\.0\.2 \(broadcast 10\.1\.0\.255\): sent [1-9][0-9]*; heard [1-9]/);
    await bob.peer.sees(
      /^doctor: 10\.2\.0\.2 \(broadcast 10\.2\.0\.255\): sent [1-9][0-9]*; heard 0 on port 54545, 0 on our own/,
    );
  });
});
