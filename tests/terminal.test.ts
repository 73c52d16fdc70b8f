// Clause P7: what the client shows and what it is told, from a pipe: every event, every command, every exit code.

import { expect } from "chai";
import { Program } from "../course/programs.ts";
import { ack, message } from "./support/raw-peer.ts";
import { ChatClient, FOLDERS, useScene } from "./support/scene.ts";

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

  it("P7 P2.4 P2.5 users and presence are shown, names as they were registered", async () => {
    const alice = await scene.client("alice");
    alice.enter("/users");
    await alice.line("no other users");
    await scene.list("carol");
    await alice.line("joined: carol");
    const { registry } = await scene.list("Bob");
    await alice.line("joined: Bob");
    alice.enterAll(["/users", "Get Users"]);
    await alice.line("users: Bob, carol");
    await alice.line("users: Bob, carol");
    registry.reset();
    await alice.line("left: Bob");
    alice.enter("/users");
    await alice.line("users: carol");
  });

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

  it("P7 a line goes to the chat of the user's own last /chat, /accept or /switch", async () => {
    const alice = await scene.client("alice");
    const called = await scene.connected(alice, "responder", "bob");
    await called.shakeHands();
    await alice.line("chat with bob started");
    alice.enter("to bob");
    await called.expect(message(1, "to bob"));
    const caller = await scene.connected(alice, "initiator", "carol");
    caller.sendHello();
    await alice.line("carol wants to chat: /accept carol or /decline carol");
    // A request that waits changes nothing.
    alice.enter("to bob again");
    await called.expect(message(2, "to bob again"));
    alice.enter("/accept carol");
    await caller.receiveHello();
    await caller.exchangeKeys();
    await alice.line("chat with carol started");
    alice.enterAll(["/chats", "to carol"]);
    await alice.line("chats: bob, carol (current)");
    await caller.expect(message(1, "to carol"));
    alice.enterAll(["/switch bob", "/chats", "to bob at last"]);
    await alice.line("chats: bob (current), carol");
    await called.expect(message(3, "to bob at last"));
    // An incoming message does not change it either.
    caller.say(message(1, "look here"));
    await caller.expect(ack(1));
    await alice.line("carol> look here");
    alice.enter("no");
    await called.expect(message(4, "no"));
  });

  it("P7 --accept makes a chat the current one only if there is none", async () => {
    const alice = await scene.client("alice", "--accept");
    const bob = await scene.chat(alice, "initiator", "bob");
    const carol = await scene.chat(alice, "initiator", "carol");
    alice.enterAll(["/chats", "to bob"]);
    await alice.line("chats: bob (current), carol");
    await bob.expect(message(1, "to bob"));
    bob.wire.reset();
    await alice.line(/^chat with bob lost: ./);
    // There is none now: the user has to say which.
    await alice.line("not delivered to bob: 1");
    alice.enterAll(["to nobody", "/chats", "/switch carol", "to carol"]);
    await alice.line(/^error: ./);
    await alice.line("chats: carol");
    await carol.expect(message(1, "to carol"));
    carol.wire.reset();
    await alice.line(/^chat with carol lost: ./);
    const dave = await scene.chat(alice, "initiator", "dave");
    alice.enter("to dave");
    await dave.expect(message(1, "to dave"));
  });

  it("P7 /end and EOM end the current chat, and then there is none", async () => {
    const alice = await scene.client("alice", "--accept");
    for (const [name, line] of [
      ["bob", "/end"],
      ["carol", "EOM"],
    ] as const) {
      const peer = await scene.chat(alice, "initiator", name);
      alice.enter(line);
      await peer.expect({ type: "bye" });
      peer.say({ type: "bye" });
      await peer.ended();
      peer.wire.close();
      await alice.line(`chat with ${name} ended`);
      alice.enter("anybody?");
      await alice.line(/^error: ./);
      alice.enter("/chats");
      await alice.line("no chats");
    }
    expect(alice.shown("you> ")).to.deep.equal([]);
  });

  it("P7 what cannot be done is an error on standard output, and the program goes on", async () => {
    const alice = await scene.client("alice");
    const wrong = [
      "hello?",
      "/chat",
      "/chat nobody",
      "/chat no body",
      "/chat alice",
      "/accept",
      "/accept nobody",
      "/decline nobody",
      "/switch",
      "/switch nobody",
      "/end",
      "EOM",
      "/nonsense",
      "/",
      "/verify",
    ];
    for (const line of wrong) {
      alice.enter(line);
      expect(await alice.line(/./), line).to.match(/^error: ./);
    }
    alice.enter("/chats");
    await alice.line("no chats");
    expect(alice.lines).to.have.length(1 + wrong.length + 1);
  });

  it("P7 /help tells the commands", async () => {
    const alice = await scene.client("alice");
    alice.enterAll(["/help", "/chats"]);
    await alice.line("no chats");
    const help = alice.lines.join("\n");
    for (const command of [
      "/users",
      "/chat",
      "/accept",
      "/decline",
      "/switch",
      "/chats",
      "/end",
      "/help",
      "/quit",
    ]) {
      expect(help).to.include(command);
    }
  });

  it("P7 P3.4 a text is sent as it was entered, spaces and all", async () => {
    const alice = await scene.client("alice", "--accept");
    const bob = await scene.chat(alice, "initiator", "bob");
    const texts = ["  two spaces  ", " /quit", "eom", "exit", "Grüße ☕ 😀", '{"type":"bye"}', "get users"];
    for (const [index, text] of texts.entries()) {
      alice.enter(text);
      await bob.expect(message(index + 1, text));
      await alice.line(`you> ${text}`);
    }
  });
});

describe("the start and the end of a client", () => {
  const scene = useScene("02");

  it("P7 P3.8 /quit, EXIT and the end of input say goodbye to peers and registry, with exit code 0", async () => {
    const observer = await scene.list("zoe");
    const ways: Record<string, (client: ChatClient) => void> = {
      alice: (client) => client.enter("/quit"),
      bob: (client) => client.enter("EXIT"),
      carol: (client) => client.endInput(),
    };
    const clients = await Promise.all(Object.keys(ways).map((name) => scene.client(name, "--accept")));
    for (const name of ["", "", ""]) expect((await observer.registry.json()).type, name).to.equal("joined");
    for (const client of clients) {
      const peer = await scene.chat(client, "initiator", "dave");
      ways[client.name]?.(client);
      await peer.expect({ type: "bye" });
      peer.say({ type: "bye" });
      await peer.ended();
      peer.wire.close();
      expect(await client.exitCode()).to.equal(0);
      expect(await observer.registry.json()).to.deep.equal({ type: "left", username: client.name });
      expect(client.lines.at(-1)).to.equal("chat with dave ended");
    }
  });

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

  it("P7 without a registry a client says how to start one, and ends with exit code 1", async () => {
    const closed = await scene.listen();
    closed.close();
    const clients = (["02", "03", "04"] as const).map((stage) => {
      const client = new ChatClient(stage, "alice", closed.port);
      scene.afterwards(() => client.kill());
      return { stage, client };
    });
    for (const { stage, client } of clients) {
      const line = await client.line(/^error: ./);
      expect(line).to.match(new RegExp(`${stage}:server|${FOLDERS[stage]}/server`));
      expect(await client.exitCode()).to.equal(1);
      expect(client.lines).to.deep.equal([line]);
    }
  });

  it("P7 without --name a client asks for it", async () => {
    const client = new Program("02-basic-p2p/client.ts", ["--registry", `127.0.0.1:${scene.registryPort}`]);
    scene.afterwards(() => client.kill());
    client.write("alice\n/users\n");
    await client.line(/registered as alice, listening on 127\.0\.0\.1:[0-9]+$/);
    await client.line("no other users");
  });

  it("P7 P0.6 --host and --listen say where a client listens", async () => {
    // A port that was free a moment ago, from the system.
    const free = await scene.listen();
    free.close();
    const alice = scene.startClient("alice", ["--host", "127.0.0.1", "--listen", String(free.port)]);
    await alice.line(`registered as alice, listening on 127.0.0.1:${free.port}`);
    const { registry } = await scene.list("bob");
    registry.sendJson({ type: "lookup", username: "alice" });
    expect(await registry.json()).to.deep.equal({
      type: "user",
      username: "alice",
      host: "127.0.0.1",
      port: free.port,
    });
  });
});
