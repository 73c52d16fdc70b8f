// Tests tricks of a registry, a peer or an attacker on the way: the user is not misled, and the program continues.

import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { ack, BYE, message } from "../checks/engine/chat.ts";
import { callsAs, opensChat } from "../checks/engine/chat-steps.ts";
import { startProgram } from "../programs/stage-programs.ts";
import { endsAtSignal, testsOf } from "./support/on-the-wire.ts";

describe("a client that trusts nobody", () => {
  const it = testsOf("02");

  it("P2.7 P7 takes no answer about another name than it asked for", async (scene) => {
    const alice = await scene.client("alice");
    const { registry } = scene;
    const carol = await scene.listener("carol");
    registry.answerWith = (answer, { type }) =>
      type === "lookup" ? { type: "user", username: "carol", host: "127.0.0.1", port: carol.port } : answer;
    await alice.enters("/chat bob");
    await alice.shows(/^error: lost the registry/);
    // The client returns, and looks up again when its user asks.
    await alice.shows(/^registered as alice/);
    registry.answerWith = () => undefined;
    await alice.enters("/chat bob");
    await registry.request("lookup", 2);
    expect(registry.requests).to.deep.equal([
      { type: "register", username: "alice", port: alice.port },
      { type: "lookup", username: "bob" },
      { type: "register", username: "alice", port: alice.port },
      { type: "lookup", username: "bob" },
    ]);
    expect(alice.lines.filter((line) => line.includes("carol"))).to.deep.equal([]);
  });

  it("P7 asks the registry for no name that cannot exist", async (scene) => {
    const alice = await scene.client("alice");
    await alice.enters(`/chat ${"x".repeat(100_000)}`, "/chat ../bob", "/users");
    await alice.shows(/^error: nobody is registered as x{40};/);
    await alice.shows(/^error: nobody is registered as \.\.\/bob;/);
    await scene.registry.request("list");
    expect(scene.registry.requests.slice(1)).to.deep.equal([{ type: "list" }]);
  });

  it("P3.8 P7 a name is free for another chat at once after /end", async (scene) => {
    const { alice, bob } = await scene.chat("initiator");
    await alice.enters("/end", "/chats");
    await bob.hears(BYE);
    // Bob calls again before Bob has sent the bye.
    const another = await callsAs(scene, alice, "bob");
    await another.shakesHands();
    await alice.shows("chat with bob started");
    await bob.says(BYE);
    await alice.shows("chat with bob ended");
    await another.says(message(1, "here I am"));
    await alice.shows("bob> here I am");
    await alice.enters("and so am I");
    await another.hears(ack(1));
    await another.hears(message(1, "and so am I"));
  });

  it("P7 ends at once, and with exit code 0, while the registry says nothing", async (scene) => {
    const registry = await scene.playRegistry();
    registry.answerWith = () => undefined;
    const alice = await scene.startClient("alice");
    const { connection } = await registry.registration("alice");
    await endsAtSignal(scene, alice, "SIGINT");
    await connection.isClosedAfter();
  });
});

describe("a client of stage 04 that trusts nobody", () => {
  const it = testsOf("04");

  it("P6.5 chats on when the key log cannot be written any more, and says so", async (scene) => {
    const folder = mkdtempSync(join(tmpdir(), "key-log-"));
    const environment = { CHATKEYLOGFILE: join(folder, "chat.keys") };
    const alice = await scene.client("alice", { argv: ["--accept"], environment });
    rmSync(folder, { recursive: true });
    const bob = await opensChat(scene, alice, "initiator", "bob");
    await bob.says(message(1, "still here"));
    await bob.hears(ack(1));
    await alice.shows("bob> still here");
    const warning = /warning: cannot write the key log/;
    await alice.prints(warning);
    expect(alice.errors.join("\n")).to.match(warning);
  });
});

// Files of Windows have no such modes.
if (process.platform !== "win32")
  describe("the key log", () => {
    it("P6.5 writes no keys to a file that others can read, and says what to do", async () => {
      const folder = mkdtempSync(join(tmpdir(), "key-log-"));
      try {
        for (const mode of [0o644, 0o640, 0o604]) {
          const path = join(folder, `${mode.toString(8)}.keys`);
          writeFileSync(path, "an earlier line\n");
          chmodSync(path, mode);
          const alice = startProgram("04-aes-chat/client.ts", ["--name", "alice"], {
            environment: { CHATKEYLOGFILE: path },
          });
          expect(await alice.exitCode(), String(mode)).to.equal(1);
          expect(alice.errors).to.equal(
            `error: others can read the key log ${path} (mode 0${mode.toString(8)}): chmod 600 makes it yours alone; ` +
              "set CHATKEYLOGFILE to another file, or not at all\n",
          );
          expect(readFileSync(path, "utf8")).to.equal("an earlier line\n");
        }
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  });
