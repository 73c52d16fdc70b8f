// Messengers over real nodes, all of them processes, with drawn faults: the short form of 06-dht-chat/testing/soak.ts.

import { expect } from "chai";
import type { SoakOutcome } from "../06-dht-chat/testing/soak-outcome.ts";
import { startProgram } from "../programs/stage-programs.ts";
import { withStage06 } from "./support/tools.ts";

const SECONDS = 20;

withStage06("a soak of stage 06", () => {
  it("P10.5 P10.6 P10.8 P10.9 relays die, pages are closed, streams are reset: nothing is lost, and nothing comes twice", async () => {
    const soak = startProgram("06-dht-chat/testing/soak.ts", [String(SECONDS), process.env.SEED ?? "1"]);
    const { code } = await soak.ended;
    expect(code, soak.errors).to.equal(0);
    const { said, files, lost, twice, foreign, faults } = JSON.parse(soak.lines.at(-1) ?? "") as SoakOutcome;
    expect({ lost, twice, foreign }).to.deep.equal({ lost: [], twice: [], foreign: [] });
    expect(said).to.be.greaterThan(10);
    expect(files).to.be.greaterThan(0);
    expect(Object.values(faults).reduce((sum, count) => sum + count)).to.be.greaterThan(0);
  }).timeout(400_000);
});
