// Tests clause P3.9 between two real clients: calls that cross, and a call that is withdrawn. Checks test the rest.

import { expect } from "chai";
import { wantsToChat } from "../checks/engine/chat-steps.ts";
import { testsOf } from "./support/on-the-wire.ts";

for (const stage of ["02", "04"] as const) {
  describe(`calls of stage ${stage}`, () => {
    const it = testsOf(stage);

    it("P3.9 two clients that call each other at the same moment have one chat", async (scene) => {
      // The registry answers only when both have asked, so that the calls do cross.
      const registry = await scene.playRegistry();
      registry.answerWith = (answer, { type }) => (type === "lookup" ? undefined : answer);
      const [alice, bob] = await Promise.all([scene.client("alice"), scene.client("bob")]);
      await alice.enters("/chat bob");
      await bob.enters("/chat alice");
      await registry.request("lookup", 2);
      expect(registry.requests.slice(2)).to.have.deep.members([
        { type: "lookup", username: "bob" },
        { type: "lookup", username: "alice" },
      ]);
      for (const [caller, called] of [
        [alice, bob],
        [bob, alice],
      ] as const) {
        const { connection } = await registry.registration(caller.name);
        const { name: username, port } = called;
        await connection.sendsJson({ type: "user", username, host: "127.0.0.1", port });
      }
      await alice.shows("chat with bob started");
      await bob.shows("chat with alice started");
      await alice.enters("over which call?");
      await alice.shows("delivered to bob: 1");
      await bob.shows("alice> over which call?");
      await bob.enters("over yours");
      await bob.shows("delivered to alice: 1");
      await alice.shows("bob> over yours");
      for (const [client, other] of [
        [alice, "bob"],
        [bob, "alice"],
      ] as const) {
        const others = client.lines.filter((line) =>
          /wants to chat|started$|lost|^error|declined/.test(line),
        );
        expect(others).to.deep.equal([`chat with ${other} started`]);
      }
    });

    it("P3.9 P7 a client that quits withdraws its call", async (scene) => {
      const { port } = await scene.server();
      const [alice, bob] = await Promise.all([
        scene.client("alice", {}, port),
        scene.client("bob", {}, port),
      ]);
      await alice.enters("/chat bob");
      await bob.shows(wantsToChat("alice"));
      await alice.enters("/quit");
      await bob.shows("alice no longer wants to chat");
      await alice.endsWith(0);
      await bob.shows("left: alice");
    });
  });
}
