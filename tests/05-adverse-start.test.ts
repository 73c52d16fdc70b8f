// Folders and clocks that are not as a peer of stage 05 would have them: it says so in one line, and no stack trace is seen.

import { mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { openHistory } from "../05-lan-chat/history.ts";
import { withTeam } from "./support/team.ts";

withTeam("a peer of stage 05 that starts in adverse surroundings", (team) => {
  it("P9.9 ends where DIR/files is a link, and writes nothing behind it", async () => {
    const elsewhere = team().file("elsewhere");
    mkdirSync(elsewhere);
    mkdirSync(team().file("alice"));
    symlinkSync(elsewhere, join(team().file("alice"), "files"));
    const alice = team().launch("alice");
    expect(await alice.program.exitCode()).to.equal(1);
    expect(alice.program.errorLines).to.have.length(1);
    expect(alice.program.errorLines[0]).to.match(/^error: .*files is no folder, and a link is not followed/);
    expect(readdirSync(elsewhere)).to.deep.equal([]);
    rmSync(join(team().file("alice"), "files"));
    await team().start("alice");
  });

  it("P8.6 warns who has once been started with a clock that was ahead: nobody would find them", async () => {
    const alice = await team().start("alice");
    await alice.leave();
    expect(alice.all(/clock/, "stderr")).to.deep.equal([]);
    const history = openHistory(team().file("alice"));
    history.takeSession(Date.UTC(2100, 0, 1));
    history.close();
    const again = await team().start("alice");
    await again.sees(
      /^warning: the clock was ahead .* until 2100-01-01T00:00:00\.001Z others drop/,
      1,
      "stderr",
    );
  });
});
