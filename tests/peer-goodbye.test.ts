// Clauses P3.5 and P3.8: how a chat ends, by goodbye or by loss.

import { expect } from "chai";
import { ack, BYE, message, type RawPeer, ROLES } from "./support/raw-peer.ts";
import { lostChat, useScene } from "./support/scene.ts";

for (const stage of ["02", "04"] as const) {
  describe(`the end of a chat of stage ${stage}`, () => {
    const scene = useScene(stage);

    for (const role of ROLES) {
      it(`P3.8 a bye is answered with a bye, and the connection closed; said by the ${role}`, async () => {
        const alice = await scene.client("alice", "--accept");
        const bob = await scene.chat(alice, role, "bob");
        bob.say(message(1, "so long"));
        bob.say(BYE);
        await bob.expect(ack(1));
        await bob.expect(BYE);
        await bob.ended();
        await alice.line("bob> so long");
        await alice.line("chat with bob ended");
        alice.enter("/chats");
        await alice.line("no chats");
        expect(alice.shown("chat with bob lost")).to.deep.equal([]);
        // The name is free for another chat.
        await scene.chat(alice, "initiator", "bob");
      });

      it(`P3.8 P3.3 who said bye sends nothing more, but counts the acks that still come from the ${role}`, async () => {
        const alice = await scene.client("alice", "--accept");
        const bob = await scene.chat(alice, role, "bob");
        alice.enterAll(["one", "two"]);
        await bob.expect(message(1, "one"));
        await bob.expect(message(2, "two"));
        bob.say(ack(1));
        await alice.line("delivered to bob: 1");
        alice.enter("/end");
        await bob.expect(BYE);
        // She has ended her half, and reads on: the ack counts, the message is neither shown nor acknowledged.
        await bob.ended();
        bob.say(message(1, "too late"));
        bob.say(ack(2));
        bob.say(BYE);
        bob.wire.endHalf();
        await alice.linesInAnyOrder(["delivered to bob: 2", "chat with bob ended"]);
        alice.enter("/chats");
        await alice.line("no chats");
        expect(alice.shown("bob> ")).to.deep.equal([]);
        expect(alice.shown("not delivered")).to.deep.equal([]);
        expect(alice.shown("chat with bob lost")).to.deep.equal([]);
      });

      it(`P3.5 a connection that ends without bye is lost, not ended; it was the ${role}'s`, async () => {
        const alice = await scene.client("alice", "--accept");
        const ways: ((peer: RawPeer) => void)[] = [
          (peer) => peer.wire.endHalf(),
          (peer) => peer.wire.reset(),
          (peer) => peer.wire.close(),
        ];
        for (const [index, way] of ways.entries()) {
          const name = `bob${index}`;
          const bob = await scene.chat(alice, role, name);
          bob.say(message(1, "hi"));
          await bob.expect(ack(1));
          await alice.line(`${name}> hi`);
          way(bob);
          await alice.line(lostChat(name));
          await bob.wire.end();
        }
        expect(alice.lines.filter((line) => line.endsWith(" ended"))).to.deep.equal([]);
      });
    }

    it("P3.3 P3.8 what is not acknowledged at a goodbye is reported as not delivered, whoever said it first", async () => {
      const alice = await scene.client("alice", "--accept");
      const bob = await scene.chat(alice, "initiator", "bob");
      alice.enterAll(["one", "two"]);
      await bob.expect(message(1, "one"));
      await bob.expect(message(2, "two"));
      bob.say(ack(2));
      bob.say(BYE);
      await alice.line("delivered to bob: 2");
      await alice.linesInAnyOrder(["chat with bob ended", "not delivered to bob: 1"]);
      await bob.expect(BYE);
      await bob.ended();
      const carol = await scene.chat(alice, "responder", "carol");
      alice.enter("three");
      await carol.expect(message(1, "three"));
      alice.enter("/end");
      await carol.expect(BYE);
      carol.say(BYE);
      await alice.linesInAnyOrder(["chat with carol ended", "not delivered to carol: 1"]);
      await carol.ended();
      expect(alice.lines.filter((line) => line.includes("delivered to"))).to.have.length(3);
    });

    it("P3.8 two byes that cross end a chat for both", async () => {
      const alice = await scene.client("alice", "--accept");
      const bob = await scene.chat(alice, "initiator", "bob");
      // Bob has not read alice's bye when he sends his own.
      alice.enter("/end");
      bob.say(BYE);
      await bob.expect(BYE);
      await bob.ended();
      bob.wire.endHalf();
      await alice.line("chat with bob ended");
      alice.enter("/chats");
      await alice.line("no chats");
      expect(alice.shown("chat with bob")).to.deep.equal(["chat with bob started", "chat with bob ended"]);
    });

    it("P3.8 a line after the other's bye is neither shown nor answered", async () => {
      const alice = await scene.client("alice", "--accept");
      const bob = await scene.chat(alice, "initiator", "bob");
      const lines = [bob.wrap(BYE), bob.wrap(message(1, "after all")), "nonsense"];
      bob.wire.send(lines.map((line) => `${line}\n`).join(""));
      await bob.expect(BYE);
      await bob.ended();
      await alice.line("chat with bob ended");
      expect(alice.shown("bob> ")).to.deep.equal([]);
    });

    it("P3.8 the end of the input says goodbye, and the acks still count", async () => {
      const alice = await scene.client("alice", "--accept");
      const bob = await scene.chat(alice, "initiator", "bob");
      alice.enter("last words");
      alice.endInput();
      await bob.expect(message(1, "last words"));
      await bob.expect(BYE);
      bob.say(ack(1));
      bob.say(BYE);
      await bob.ended();
      bob.wire.close();
      expect(await alice.exitCode()).to.equal(0);
      expect(alice.lines).to.include.members([
        "you> last words",
        "delivered to bob: 1",
        "chat with bob ended",
      ]);
      expect(alice.shown("not delivered")).to.deep.equal([]);
    });
  });
}

describe("a goodbye that nobody answers", () => {
  const scene = useScene("02");

  it("P3.8 P3.3 is waited for a while; then the chat has ended and the program may end, too", async () => {
    const alice = await scene.client("alice", "--accept");
    const bob = await scene.chat(alice, "initiator", "bob");
    const carol = await scene.chat(alice, "initiator", "carol");
    alice.enter("to bob");
    await bob.expect(message(1, "to bob"));
    alice.enter("/end");
    await bob.expect(BYE);
    await bob.ended();
    // Neither bob nor carol says anything more, and neither closes.
    alice.enter("/quit");
    await carol.expect(BYE);
    await carol.ended();
    expect(await alice.exitCode()).to.equal(0);
    expect(alice.lines).to.include.members([
      "chat with bob ended",
      "chat with carol ended",
      "not delivered to bob: 1",
    ]);
  });
});
