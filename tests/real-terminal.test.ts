// Tests the programs in a real terminal: what a user sees and types (P1.10, P3.4, P7).

import { expect } from "chai";
import type { ChildProgram } from "../programs/child-program.ts";
import { startProgram, startServer } from "../programs/stage-programs.ts";
import { Screen } from "./support/screen.ts";
import { withTool } from "./support/tools.ts";

/** The prompt stands there before the registry has answered. Whoever comes by then has not joined, they were there. */
const REGISTERED = /registered as alice, .*\nyou>/;

withTool("tmux", ["-V"], "in a real terminal", () => {
  const screens: Screen[] = [];
  const programs: ChildProgram[] = [];

  function open(file: string, argv: string[] = []): Screen {
    const screen = new Screen(file, argv);
    screens.push(screen);
    return screen;
  }

  async function registry(): Promise<string> {
    const { server, port } = await startServer("02-basic-p2p/server.ts");
    programs.push(server);
    return `127.0.0.1:${port}`;
  }

  /** Runs a client without a terminal that accepts every chat. */
  async function user(name: string, address: string): Promise<ChildProgram> {
    const program = startProgram("02-basic-p2p/client.ts", [
      "--name",
      name,
      "--registry",
      address,
      "--accept",
    ]);
    programs.push(program);
    await program.line(/^registered as/);
    return program;
  }

  /** Alice in a terminal, who has just begun a chat with bob. */
  async function chatting(): Promise<{ alice: Screen; bob: ChildProgram }> {
    const address = await registry();
    const alice = open("02-basic-p2p/client.ts", ["--name", "alice", "--registry", address]);
    await alice.shows(REGISTERED);
    const bob = await user("bob", address);
    await alice.shows("joined: bob");
    alice.enter("/chat bob");
    await alice.shows(/chat with bob started\n\[bob\] you>$/);
    return { alice, bob };
  }

  afterEach(async () => {
    for (const screen of screens.splice(0)) screen.close();
    await Promise.all(programs.splice(0).map((program) => program.kill()));
  });

  it("P7 the prompt and what is being typed survive what arrives", async () => {
    const { alice, bob } = await chatting();
    await bob.line("chat with alice started");

    alice.type("half a li");
    await alice.shows("[bob] you> half a li");
    bob.enter("hello");
    const screen = await alice.shows("bob> hello");
    expect(screen).to.match(/bob> hello\n\[bob\] you> half a li$/);
    alice.enter("ne");
    await bob.line("alice> half a line");
    expect(await alice.shows("delivered to bob: 1")).to.match(
      /\[bob\] you> half a line\ndelivered to bob: 1\n\[bob\] you>$/,
    );
  });

  it("P7 a line of several rows survives, too", async () => {
    const { alice, bob } = await chatting();
    const long = "word ".repeat(30).trim();
    alice.type(long);
    await alice.shows(/word\s*$/);
    bob.enter("one");
    bob.enter("two");
    // Two prompts stand there: the line with /chat, and the one that is being typed.
    await alice.shows(
      /^(?:(?!you> ).)*you> \/chat bob\n(?:(?!you> ).)*bob> two\n\[bob\] you> word (?:(?!you> ).)*$/s,
    );
    alice.press("Enter");
    await bob.line(`alice> ${long}`);
  });

  it("P7 a line of several rows that was pasted survives, too", async () => {
    const { alice, bob } = await chatting();
    const prompt = "[bob] you> ";
    // The last of these lines begin a row of their own, or end where a row does.
    for (const columns of [170, 239, 240, 241]) {
      const pasted = "0123456789".repeat(24).slice(0, columns - prompt.length);
      alice.paste(pasted);
      await alice.shows(pasted.slice(-5));
      bob.enter(`after ${columns}`);
      const rows = (prompt + pasted).match(/.{1,80}/g)?.join("\n");
      await alice.shows(`bob> after ${columns}\n${rows}`);
      expect(alice.text().split(prompt)).to.have.lengthOf(2);
      alice.press("C-u");
      await alice.shows(/\[bob\] you>$/);
    }
  });

  it("P4.6 P7 a safety number comes with what to do with it, in a row of its own", async () => {
    for (const [group, advice] of [
      ["modp2048", "compare both numbers by voice or in person: if unequal, somebody is in between"],
      ["toy", "with the toy group a safety number proves nothing: anybody can find the keys"],
    ] as const) {
      const { server, port } = await startServer("04-aes-chat/server.ts");
      programs.push(server);
      const given = ["--registry", `127.0.0.1:${port}`, "--group", group];
      const bob = startProgram("04-aes-chat/client.ts", ["--name", "bob", ...given, "--accept"]);
      programs.push(bob);
      await bob.line(/^registered as/);
      const alice = open("04-aes-chat/client.ts", ["--name", "alice", ...given]);
      await alice.shows(REGISTERED);
      alice.enter("/chat bob");
      const number = `safety number with bob: [0-9 ]{35}\n${advice}\n`;
      await alice.shows(new RegExp(number));
      alice.enter("/verify");
      await alice.shows(new RegExp(`${number}[^]*/verify\n${number}`));
    }
  });

  it("P7 completes commands and names, and keeps a history", async () => {
    const address = await registry();
    await user("barbara", address);
    const alice = open("02-basic-p2p/client.ts", ["--name", "alice", "--registry", address]);
    await alice.shows(REGISTERED);
    alice.type("/us");
    alice.press("Tab");
    await alice.shows("you> /users");
    alice.press("Enter");
    await alice.shows("users: barbara");
    alice.type("/chat b");
    alice.press("Tab");
    await alice.shows("you> /chat barbara");
    alice.press("Enter");
    await alice.shows("chat with barbara started");
    alice.press("Up");
    alice.press("Up");
    await alice.shows(/you> \/users$/);
  });

  it("P3.4 shows no control character that a peer sends", async () => {
    const address = await registry();
    const alice = open("02-basic-p2p/client.ts", ["--name", "alice", "--registry", address, "--accept"]);
    await alice.shows(REGISTERED);
    const bob = await user("bob", address);
    bob.enter("/chat alice");
    await bob.line(/^chat with alice started/);
    bob.enter("\u001b[2J\u001b[31mred\u0007\u202e");
    bob.enter("end");
    const screen = await alice.shows("bob> end");
    expect(screen).to.include("bob> \uFFFD[2J\uFFFD[31mred\uFFFD\uFFFD");
    expect(screen).to.include("registered as alice"); // The screen has not been cleared.
  });

  it("P7 asks for a name, and for another when it is taken or not allowed", async () => {
    const address = await registry();
    await user("bob", address);
    const screen = open("02-basic-p2p/client.ts", ["--registry", address]);
    await screen.shows("your name:");
    screen.enter("BOB");
    await screen.shows(/error: .*\nyour name:$/);
    screen.enter("not a name");
    await screen.shows(/error: .*\nyour name: not a name\nerror: [\s\S]*\nyour name:$/);
    screen.enter("carol");
    await screen.shows("registered as carol");
  });

  it("P7 Ctrl-C and Ctrl-D say goodbye and end with exit code 0", async () => {
    for (const key of ["C-c", "C-d"]) {
      const address = await registry();
      const bob = await user("bob", address);
      const alice = open("02-basic-p2p/client.ts", ["--name", "alice", "--registry", address]);
      await alice.shows(REGISTERED);
      alice.enter("/chat bob");
      await alice.shows("chat with bob started");
      alice.press(key);
      await alice.shows("exit code 0");
      await bob.line("chat with alice ended");
      await bob.line("left: alice");
    }
  });

  /** A client in a terminal, at its first prompt, and its server. */
  async function calculator(): Promise<{ server: ChildProgram; screen: Screen }> {
    const { server, port } = await startServer("01-calculator/server.ts");
    programs.push(server);
    const screen = open("01-calculator/client.ts", ["--port", String(port)]);
    await screen.shows(">");
    return { server, screen };
  }

  it("P1.10 the calculator's client prompts, and ends at END", async () => {
    const { screen } = await calculator();
    screen.enter("2 + 3 * 4");
    await screen.shows("= 20");
    screen.enter("1 / 0");
    await screen.shows("error: division by zero");
    screen.enter("END");
    await screen.shows("exit code 0");
  });

  it("P1.10 the calculator's client says so when the server goes away", async () => {
    const { server, screen } = await calculator();
    await server.kill();
    expect(await screen.shows("exit code 1")).to.include("error: ");
  });
});
