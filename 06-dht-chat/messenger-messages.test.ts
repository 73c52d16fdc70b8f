// Two messengers: a card, texts, and what becomes of them.

import { expect } from "chai";
import { Scene } from "./testing/messengers.ts";

describe("a messenger: cards and texts", () => {
  let scene: Scene;

  beforeEach(async () => {
    scene = await Scene.make();
  });

  afterEach(() => scene.end());

  it("P10.2 one card serves both directions: both become contacts, and each says hello", async () => {
    const [alice, bob] = await scene.friends();
    expect(alice.knows(bob)?.isNew).equal(true);
    expect(bob.knows(alice)?.isNew).equal(true);
    await alice.messenger.say(alice.chat(bob), "hello bob");
    await bob.messenger.say(bob.chat(alice), "hello alice");
    await scene.until(
      () => bob.heard(alice).length === 1 && alice.heard(bob).length === 1,
      "both have heard",
    );
    await scene.until(() => alice.states(bob).join() === "delivered", "it is delivered");
    expect(bob.heard(alice)).deep.equal(["hello bob"]);
    expect(alice.heard(bob)).deep.equal(["hello alice"]);
  });
});
