// Two messengers: they go direct, and back to the relay, and nothing is lost on the way.

import { expect } from "chai";
import { FakeDirect } from "./testing/fake-direct.ts";
import { Scene } from "./testing/messengers.ts";

describe("a messenger: direct paths", () => {
  let scene: Scene;
  let direct: FakeDirect;

  beforeEach(async () => {
    scene = await Scene.make();
    direct = new FakeDirect();
    scene.makeAttempt = () => direct.make;
  });

  afterEach(() => scene.end());

  /** What the relay has carried so far, in frames. */
  function relayed(): number {
    return scene.world.routes.reduce(
      (sum, { pair }) => sum + pair.ends[0].sent.length + pair.ends[1].sent.length,
      0,
    );
  }

  it("P10.10 after ready they go direct: both pages say so, and the relay carries nothing more", async () => {
    const [alice, bob] = await scene.friendsWho("direct");
    expect(direct.made).equal(2);
    const before = relayed();
    await alice.messenger.say(alice.chat(bob), "not by the relay");
    await bob.messenger.say(bob.chat(alice), "neither this");
    await scene.until(
      () => [alice.states(bob), bob.states(alice)].join() === "delivered,delivered",
      "delivered",
    );
    expect(relayed()).equal(before);
    expect(direct.arrived).greaterThan(3);
    expect(alice.messenger.view.underneath.last?.path).equal("direct");
  });

  it("P10.10 when the channel closes all goes over the stream, and the next attempt comes after 30 s at the earliest", async () => {
    const [alice, bob] = await scene.friendsWho("direct");
    direct.closeAll();
    await scene.until(
      () => alice.knows(bob)?.state === "relayed" && bob.knows(alice)?.state === "relayed",
      "relayed",
    );
    await alice.messenger.say(alice.chat(bob), "by the relay");
    await scene.until(() => alice.states(bob).join() === "delivered", "it is delivered");
    expect(alice.messenger.view.underneath.last?.path).equal("relayed");
    await scene.pass(29_000);
    expect(direct.made).equal(2);
    await scene.until(() => alice.knows(bob)?.state === "direct", "they are direct again");
    expect(direct.made).equal(4);
  });

  it("P10.10 a channel that owes an acknowledgement for 10 s is given up, and what it owes is sent again", async () => {
    const [alice, bob] = await scene.friendsWho("direct");
    direct.isSevered = true;
    await alice.messenger.say(alice.chat(bob), "lost once");
    await scene.pass(9000);
    expect(bob.heard(alice)).deep.equal([]);
    expect(alice.knows(bob)?.state).equal("direct");
    await scene.pass(1500);
    await scene.until(() => alice.states(bob).join() === "delivered", "it is delivered", 1000);
    expect(bob.heard(alice)).deep.equal(["lost once"]);
    expect(alice.knows(bob)?.state).equal("relayed");
  });

  it("P10.10 a message that was changed on the way closes the channel: nothing of it is shown", async () => {
    const [alice, bob] = await scene.friendsWho("direct");
    direct.alter = (message) => message.map((byte, at) => (at === 5 ? byte ^ 1 : byte));
    await alice.messenger.say(alice.chat(bob), "as it was");
    await scene.until(() => alice.states(bob).join() === "delivered", "it is delivered");
    expect(bob.heard(alice)).deep.equal(["as it was"]);
    expect(alice.knows(bob)?.state).equal("relayed");
  });

  it("P10.10 the switch turns it off: at once, for both, and until it is turned on", async () => {
    const [alice, bob] = await scene.friendsWho("direct");
    await bob.messenger.setDirect(false);
    await scene.until(
      () => alice.knows(bob)?.state === "relayed" && bob.knows(alice)?.state === "relayed",
      "relayed",
    );
    expect(direct.open).equal(0);
    await alice.messenger.say(alice.chat(bob), "hello");
    await scene.pass(60_000);
    expect(alice.states(bob)).deep.equal(["delivered"]);
    expect(bob.knows(alice)?.state).equal("relayed");
    await bob.reload();
    expect(bob.messenger.view.isDirectOn).equal(false);
    await bob.messenger.setDirect(true);
    await scene.until(() => alice.knows(bob)?.state === "direct", "direct again", 11 * 60_000);
  });

  it("P10.10 where no connection comes about, all is relayed, and attempts become rare", async () => {
    direct.isPossible = false;
    const [alice, bob] = await scene.friends();
    await scene.pass(10 * 60_000);
    expect(alice.knows(bob)?.state).equal("relayed");
    expect(direct.made).within(4, 20);
    await alice.messenger.say(alice.chat(bob), "hello");
    await scene.until(() => alice.states(bob).join() === "delivered", "it is delivered");
  });

  it("P10.10 a stream that is lost is replaced: the new one has new keys, and starts at attempt 1", async () => {
    const [alice, bob] = await scene.friendsWho("direct");
    scene.world.cutAll();
    await scene.until(() => direct.made === 4 && alice.knows(bob)?.state === "direct", "direct again");
    await alice.messenger.say(alice.chat(bob), "hello");
    await scene.until(() => alice.states(bob).join() === "delivered", "it is delivered");
    expect(direct.open).equal(2);
  });

  it("P10.10 P10.8 what goes direct never overtakes what went by the relay", async () => {
    direct.isPossible = false;
    const [alice, bob] = await scene.friends();
    await scene.pass(25_000);
    direct.isPossible = true;
    // Bob is the initiator. His next offer arrives, and what he says after it is still under way when they are direct.
    const pair = scene.world.routes.at(-1)?.pair;
    pair?.hold(0);
    await scene.until(() => direct.made === 3, "bob makes the next offer", 60_000);
    await bob.messenger.say(bob.chat(alice), "1");
    await bob.messenger.say(bob.chat(alice), "2");
    pair?.release(0, 1);
    await scene.until(() => bob.knows(alice)?.state === "direct", "they are direct", 5000);
    await bob.messenger.say(bob.chat(alice), "3");
    await scene.pass(100);
    expect(alice.heard(bob)).deep.equal([]);
    pair?.release(0);
    await scene.until(() => alice.heard(bob).length === 3, "alice hears all", 5000);
    expect(alice.heard(bob)).deep.equal(["1", "2", "3"]);
    expect(bob.messenger.view.underneath.last?.path).equal("direct");
  });
});
