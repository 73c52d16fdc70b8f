// Tests clause P7 with two real clients, input from a pipe, and how a client starts and ends. Checks test the rest.

import { expect } from "chai";
import { wantsToChat } from "../checks/engine/chat-steps.ts";
import type { ClientUnderTest } from "../checks/engine/launcher.ts";
import { registered } from "../checks/engine/registered.ts";
import type { Scene } from "../checks/engine/scene.ts";
import { endsAtSignal, testsOf } from "./support/on-the-wire.ts";

/** Two real clients of one registry. */
async function aliceAndBob(
  scene: Scene,
  { accepts = false } = {},
): Promise<{ alice: ClientUnderTest; bob: ClientUnderTest }> {
  const { port } = await scene.server();
  const alice = await scene.client("alice", {}, port);
  const bob = await scene.client("bob", { argv: accepts ? ["--accept"] : [] }, port);
  await alice.shows("joined: bob");
  return { alice, bob };
}

/** Waits until their chat has started. */
async function started(alice: ClientUnderTest, bob: ClientUnderTest): Promise<void> {
  await alice.shows("chat with bob started");
  await bob.shows("chat with alice started");
}

for (const stage of ["02", "03", "04"] as const) {
  describe(`the terminal of stage ${stage}`, () => {
    const it = testsOf(stage);

    it("P7 P3.3 P3.8 two users see every event of their chat, line by line, and nothing else", async (scene) => {
      const { alice, bob } = await aliceAndBob(scene);
      await alice.enters("/users", "/chat bob");
      await bob.shows(wantsToChat("alice"));
      await bob.enters("/accept alice");
      await started(alice, bob);
      let safety = "";
      if (stage !== "02") {
        safety = (await alice.shows(/^safety number with bob: /)).replace("safety number with bob: ", "");
        expect(safety).to.match(/^[0-9]{5}(?: [0-9]{5}){5}$/);
        await bob.shows(`safety number with alice: ${safety}`);
      }
      await alice.enters("hi");
      await alice.shows("delivered to bob: 1");
      await bob.shows("alice> hi");
      await bob.enters("hello");
      await bob.shows("delivered to alice: 1");
      await alice.shows("bob> hello");
      await alice.enters("/chats", "/end");
      await alice.shows("chat with bob ended");
      await bob.shows("chat with alice ended");
      await alice.enters("/chats");
      await alice.shows("no chats");
      await bob.enters("/quit");
      await bob.endsWith(0);
      await alice.shows("left: bob");
      await alice.enters("/users", "/quit");
      await alice.endsWith(0);
      const numberOf = (name: string): string[] =>
        safety === "" ? [] : [`safety number with ${name}: ${safety}`];
      expect(alice.lines).to.deep.equal([
        `registered as alice, listening on 127.0.0.1:${alice.port}`,
        "joined: bob",
        "users: bob",
        "chat with bob started",
        ...numberOf("bob"),
        "you> hi",
        "delivered to bob: 1",
        "bob> hello",
        "chats: bob (current)",
        "chat with bob ended",
        "no chats",
        "left: bob",
        "no other users",
      ]);
      expect(bob.lines).to.deep.equal([
        `registered as bob, listening on 127.0.0.1:${bob.port}`,
        "alice wants to chat: /accept alice or /decline alice",
        "chat with alice started",
        ...numberOf("alice"),
        "alice> hi",
        "you> hello",
        "delivered to alice: 1",
        "chat with alice ended",
      ]);
    });
  });
}

describe("the commands", () => {
  // Earlier stages have the same files (see tests/carried-files.test.ts), so stage 04 is enough.
  const it = testsOf("04");

  it("P7 a declined call is shown to the caller, and a client can be called again", async (scene) => {
    const { alice, bob } = await aliceAndBob(scene);
    await alice.enters("/chat bob");
    await bob.shows(wantsToChat("alice"));
    await bob.enters("/decline alice");
    await alice.shows("bob declined");
    // Names are compared without regard to case (P2.1).
    await alice.enters("/chat BOB");
    await bob.shows(wantsToChat("alice"));
    await bob.enters("/accept alice");
    await started(alice, bob);
  });
});

describe("the start and the end of a client", () => {
  const it = testsOf("02");

  it("P7 SIGINT ends a client, and its peer and the registry learn of it", async (scene) => {
    const { alice, bob } = await aliceAndBob(scene, { accepts: true });
    await alice.enters("/chat bob");
    await started(alice, bob);
    await endsAtSignal(scene, alice, "SIGINT");
    await bob.shows(/^chat with alice (?:ended|lost: .+)$/);
    // This line may already have been printed.
    expect(await bob.waitFor(/^left: alice$/)).to.equal("left: alice");
    await bob.enters("/users");
    await bob.shows("no other users");
  });

  it("P7 a name that is taken or not allowed ends a client without a terminal, with exit code 1", async (scene) => {
    const registry = await scene.server();
    await registered(scene, registry, "Alice");
    const names = ["alice", "you", "two words", "", "a".repeat(33), "älice"];
    const clients = await Promise.all(names.map((name) => scene.startClient(name, {}, registry.port)));
    for (const client of clients) {
      await client.shows(/^error: ./);
      await client.endsWith(1);
      expect(client.lines, client.name).to.have.length(1);
    }
  });

  it("P7 without --name a client asks for it", async (scene) => {
    const { port } = await scene.server();
    const client = await scene.startClient(undefined, {}, port);
    await client.enters("alice", "/users");
    await client.shows(/registered as alice, listening on 127\.0\.0\.1:[0-9]+$/);
    await client.shows("no other users");
  });
});
