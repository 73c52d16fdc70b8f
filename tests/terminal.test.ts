// Clause P7 with two real clients, from a pipe, and the start and the end of a client. The rest is in the checks.

import { expect } from "chai";
import { Program } from "../course/programs.ts";
import { useScene } from "./support/scene.ts";

for (const stage of ["02", "03", "04"] as const) {
  describe(`the terminal of stage ${stage}`, () => {
    const scene = useScene(stage);

    it("P7 P3.3 P3.8 two users see every event of their chat, line by line, and nothing else", async () => {
      const alice = await scene.client("alice");
      const bob = await scene.client("bob");
      await alice.line("joined: bob");
      alice.enterAll(["/users", "/chat bob"]);
      await bob.line("alice wants to chat: /accept alice or /decline alice");
      bob.enter("/accept alice");
      await Promise.all([alice.line("chat with bob started"), bob.line("chat with alice started")]);
      let safety = "";
      if (stage !== "02") {
        safety = (await alice.line(/^safety number with bob: /)).replace("safety number with bob: ", "");
        expect(safety).to.match(/^[0-9]{5}(?: [0-9]{5}){5}$/);
        await bob.line(`safety number with alice: ${safety}`);
      }
      alice.enter("hi");
      await Promise.all([alice.line("delivered to bob: 1"), bob.line("alice> hi")]);
      bob.enter("hello");
      await Promise.all([bob.line("delivered to alice: 1"), alice.line("bob> hello")]);
      alice.enterAll(["/chats", "/end"]);
      await Promise.all([alice.line("chat with bob ended"), bob.line("chat with alice ended")]);
      alice.enter("/chats");
      await alice.line("no chats");
      bob.enter("/quit");
      expect(await bob.exitCode()).to.equal(0);
      await alice.line("left: bob");
      alice.enterAll(["/users", "/quit"]);
      expect(await alice.exitCode()).to.equal(0);
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
  // The earlier stages have the same ones; tests/carried-files.test.ts sees to that.
  const scene = useScene("04");

  it("P7 a declined call is shown to the caller, and a client can be called again", async () => {
    const [alice, bob] = await Promise.all([scene.client("alice"), scene.client("bob")]);
    alice.enter("/chat bob");
    await bob.line("alice wants to chat: /accept alice or /decline alice");
    bob.enter("/decline alice");
    await alice.line("bob declined");
    // P2.1: names are compared without regard to case.
    alice.enter("/chat BOB");
    await bob.line("alice wants to chat: /accept alice or /decline alice");
    bob.enter("/accept alice");
    await Promise.all([alice.line("chat with bob started"), bob.line("chat with alice started")]);
  });
});

describe("the start and the end of a client", () => {
  const scene = useScene("02");

  it("P7 SIGINT ends a client, and its peer and the registry learn of it", async () => {
    const [alice, bob] = await Promise.all([scene.client("alice"), scene.client("bob", "--accept")]);
    alice.enter("/chat bob");
    await Promise.all([alice.line("chat with bob started"), bob.line("chat with alice started")]);
    alice.signal("SIGINT");
    await alice.exitCode();
    await bob.line(/^chat with alice (?:ended|lost: .+)$/);
    bob.enter("/users");
    await bob.line("no other users");
  });

  it("P7 a name that is taken or not allowed ends a client without a terminal, with exit code 1", async () => {
    await scene.list("Alice");
    const names = ["alice", "you", "two words", "", "a".repeat(33), "älice"];
    const clients = names.map((name) => scene.startClient(name));
    for (const client of clients) {
      await client.line(/^error: ./);
      expect(await client.exitCode(), client.name).to.equal(1);
      expect(client.lines, client.name).to.have.length(1);
    }
  });

  it("P7 without --name a client asks for it", async () => {
    const client = new Program("02-basic-p2p/client.ts", ["--registry", `127.0.0.1:${scene.registryPort}`]);
    scene.afterwards(() => client.kill());
    client.write("alice\n/users\n");
    await client.line(/registered as alice, listening on 127\.0\.0\.1:[0-9]+$/);
    await client.line("no other users");
  });
});
