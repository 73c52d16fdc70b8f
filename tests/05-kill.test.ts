// Peers of stage 05 are killed at moments that are drawn, and lose nothing: whole programs (P9.7, P9.11).

import { randomInt } from "node:crypto";
import { expect } from "chai";
import { type PeerProgram, withTeam } from "./support/team.ts";

/** How often one of the two is killed, and how many messages are written before each time. */
const KILLS = 8;
const MESSAGES = 25;

withTeam("peers of stage 05 that are killed", (team) => {
  it("P9.7 P9.11 lose no message that was shown as written, and none stands in a history twice", async () => {
    const moments: string[] = [];
    const written: string[] = [];
    let [alice, bob] = await team().gather("alice", "bob");
    if (alice === undefined || bob === undefined) throw new Error("somebody is missing");
    alice.enter("/connect bob");
    await Promise.all([alice.sees("connected to bob"), bob.sees("connected to alice")]);
    let number = 0;
    for (let kill = 1; kill <= KILLS; kill++) {
      const first = number + 1;
      for (let index = 0; index < MESSAGES; index++) alice.enter(`/msg bob text ${++number}`);
      const isAlice = randomInt(2) === 0;
      const after = first + randomInt(MESSAGES);
      const victim: PeerProgram = isAlice ? alice : bob;
      moments.push(`${victim.name} at ${after}`);
      await (isAlice ? alice.sees(new RegExp(`> text ${after}$`)) : bob.sees(new RegExp(`> text ${after}$`)));
      await victim.program.kill();
      if (isAlice) written.push(...textsIn(alice));
      const again = await team().start(victim.name);
      if (isAlice) alice = again;
      else bob = again;
      alice.enter(`/msg bob back after ${kill}`);
      await bob.sees(`alice> back after ${kill}`);
    }
    alice.enter("/msg bob the end");
    await bob.sees("alice> the end");
    written.push(...textsIn(alice));
    const kept = await history(bob, "alice", "<");
    const sent = await history(alice, "bob", ">");
    expect(kept, moments.join(", ")).to.deep.equal(sent);
    expect(new Set(sent).size, moments.join(", ")).to.equal(sent.length);
    // One that was on the disk already, but not on the screen, may stand there as well.
    expect(
      sent.filter((text) => written.includes(text)),
      moments.join(", "),
    ).to.deep.equal(written);
  });

  /** What a peer has shown as written. */
  function textsIn(peer: PeerProgram): string[] {
    return peer.all(/^[0-9]+ to bob> /).map((line) => line.replace(/^[0-9]+ to bob> /, ""));
  }

  /** The texts of one direction in a peer's history, once the last one is delivered. */
  async function history(peer: PeerProgram, name: string, sign: "<" | ">"): Promise<string[]> {
    await peer.asksUntil(`/history ${name} 1`, / the end \[delivered\]$/);
    peer.enter("/nonsense");
    await peer.sees(/^error: unknown command/);
    const from = peer.lines.length;
    peer.enter(`/history ${name} 1000`, "/nonsense");
    await peer.sees(/^error: unknown command/, 2);
    const pattern = new RegExp(`^[0-9-]{10} [0-9:]{8} ${sign} (.*) \\[delivered\\]$`);
    return peer.lines.slice(from).flatMap((line) => pattern.exec(line)?.[1] ?? []);
  }
});
