// Two real pages that have gone direct need no node any more. In a network of its own with a default route, see
// testing/routed-network.ts.

import { expect } from "chai";
import { defineUnless } from "../../tests/support/tools.ts";
import { withChromium } from "../testing/browser.ts";
import type { DirectScene } from "../testing/direct-scene.ts";
import { LONG } from "../testing/people.ts";
import type { ReturnScene } from "../testing/return-scene.ts";
import { runInRoutedNetwork, whyNoRoutedNetwork } from "../testing/routed-network.ts";

withChromium("pages that go direct", () => {
  defineUnless(whyNoRoutedNetwork(), "in a network with a route", () => {
    it("P10.10 P10.9 all nodes are killed after going direct: texts and 25 MiB go on each way, exactly once and as they were", async () => {
      const seen = JSON.parse(await runInRoutedNetwork("06-dht-chat/testing/direct-scene.ts")) as DirectScene;
      expect(seen.before).to.deep.equal(["direct", "direct"]);
      expect(seen.after).to.deep.equal(["direct", "direct"]);
      expect(seen.heard).to.deep.equal(seen.said);
      expect(new Set(seen.states)).to.deep.equal(new Set(["delivered"]));
      expect(seen.arrived).to.deep.equal(seen.sent);
      expect(seen.sent).to.have.length(2);
    }).timeout(2 * LONG);

    it("P10.10 P10.8 all nodes are killed and come back: the chat goes on direct, then by relay, and direct again", async () => {
      const seen = JSON.parse(await runInRoutedNetwork("06-dht-chat/testing/return-scene.ts")) as ReturnScene;
      expect(seen.adrift).to.deep.equal(["direct", "direct"]);
      expect(seen.back).to.deep.equal(["direct", "direct"]);
      expect(seen.heard).to.deep.equal(seen.said);
      expect(new Set(seen.states)).to.deep.equal(new Set(["delivered"]));
      expect(seen.arrived).to.deep.equal(seen.sent);
      expect(seen.errors).to.deep.equal([]);
    }).timeout(3 * LONG);
  });
});
