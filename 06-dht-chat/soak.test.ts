// Messengers over real nodes, all of them processes, with drawn faults: the short form of testing/soak.ts.

import { expect } from "chai";
import { withStage06 } from "../tests/support/tools.ts";

/** In milliseconds. */
const TIME = 20_000;

withStage06("a soak of stage 06", () => {
  it("P10.5 P10.6 P10.8 relays die, pages are closed, streams are reset: nothing is lost, and nothing comes twice", async () => {
    const { drawnFrom, soak } = await import("./testing/soak.ts");
    const seed = Number(process.env.SEED ?? 1);
    const outcome = await soak({ time: TIME, pages: 2, random: drawnFrom(seed) });
    const { said, lost, twice, foreign, faults } = outcome;
    expect({ lost, twice, foreign }).to.deep.equal({ lost: [], twice: [], foreign: [] });
    expect(said).to.be.greaterThan(10);
    expect(Object.values(faults).reduce((sum, count) => sum + count)).to.be.greaterThan(0);
  }).timeout(400_000);
});
