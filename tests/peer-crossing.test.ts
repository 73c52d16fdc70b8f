// Clause P3.9 between two real clients: calls that cross, and a call that is withdrawn. The rest of it is in the checks.

import { expect } from "chai";
import { useScene } from "./support/scene.ts";

for (const stage of ["02", "04"] as const) {
  describe(`calls of stage ${stage}`, () => {
    const scene = useScene(stage);

    it("P3.9 two clients that call each other at the same moment have one chat", async () => {
      // A registry played by hand answers neither before both have asked, so that the calls do cross.
      const registry = await scene.listen();
      const clients = ["alice", "bob"].map((name) =>
        scene.startClient(name, [], { registryPort: registry.port }),
      );
      const registrations = [
        await scene.acceptRegistration(registry),
        await scene.acceptRegistration(registry),
      ];
      await Promise.all(clients.map((client) => client.registered()));
      const [alice, bob] = clients;
      if (alice === undefined || bob === undefined) throw new Error("no clients");
      alice.enter("/chat bob");
      bob.enter("/chat alice");
      for (const { wire, username } of registrations) {
        const other = username === "alice" ? "bob" : "alice";
        expect(await wire.json()).to.deep.equal({ type: "lookup", username: other });
      }
      for (const { wire, username } of registrations) {
        const other = registrations.find((registration) => registration.username !== username);
        wire.sendJson({ type: "user", username: other?.username, host: "127.0.0.1", port: other?.port });
      }
      await Promise.all([alice.line("chat with bob started"), bob.line("chat with alice started")]);
      alice.enter("over which call?");
      await Promise.all([alice.line("delivered to bob: 1"), bob.line("alice> over which call?")]);
      bob.enter("over yours");
      await Promise.all([bob.line("delivered to alice: 1"), alice.line("bob> over yours")]);
      for (const client of clients) {
        const others = client.lines.filter((line) =>
          /wants to chat|started$|lost|^error|declined/.test(line),
        );
        expect(others).to.deep.equal([`chat with ${client === alice ? "bob" : "alice"} started`]);
      }
    });

    it("P3.9 P7 a client that quits withdraws its call", async () => {
      const [alice, bob] = await Promise.all([scene.client("alice"), scene.client("bob")]);
      alice.enter("/chat bob");
      await bob.line("alice wants to chat: /accept alice or /decline alice");
      alice.enter("/quit");
      await bob.line("alice no longer wants to chat");
      expect(await alice.exitCode()).to.equal(0);
      await bob.line("left: alice");
    });
  });
}
