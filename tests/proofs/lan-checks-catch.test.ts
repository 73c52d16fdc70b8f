// Checks of stage 05 pass a peer that makes no mistake, and fail one that makes theirs. The peer is one for this purpose, in
// tests/support/mistaken-peer/. It makes mistakes that no wrong program in authoring/wrong-answers/ makes.

import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { findChecks } from "../../checks/index.ts";
import { CAUGHT_BY } from "../support/mistaken-peer/caught-by.ts";
import type { Try } from "../support/mistaken-peer/try-checks.ts";
import { runInOwnNetwork, withOwnNetwork } from "../support/own-network.ts";

const TRY_CHECKS = fileURLToPath(new URL("../support/mistaken-peer/try-checks.ts", import.meta.url));

describe("the mistakes that the checks of stage 05 must catch", () => {
  it("are named for checks that there are", () => {
    const ids = findChecks("05").flatMap(({ id, of }) => (of === "peer" ? [id] : []));
    expect(ids).to.include.members(Object.keys(CAUGHT_BY));
  });
});

withOwnNetwork("the checks of stage 05", () => {
  const tries = new Map<string, Try>();

  before(async function () {
    this.timeout(1_200_000);
    const output = await runInOwnNetwork([process.execPath, "--import", "tsx", TRY_CHECKS]);
    for (const line of output.trim().split("\n")) {
      const one: Try = JSON.parse(line);
      tries.set(`${one.check} ${one.mistake}`, one);
    }
  });

  for (const [check, mistakes] of Object.entries(CAUGHT_BY)) {
    it(`${check} passes a right program`, () => {
      const { verdict, found } = tries.get(`${check} `) ?? { verdict: "not run", found: "" };
      expect(verdict, found).to.equal("passed");
    });
    for (const mistake of mistakes)
      it(`${check} catches ${mistake}`, () => {
        const { verdict, found } = tries.get(`${check} ${mistake}`) ?? { verdict: "not run", found: "" };
        expect(verdict, found).to.equal("failed");
      });
  }
});
