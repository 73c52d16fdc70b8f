import { expect } from "chai";
import { type Command, completions, helpLines, parseCommand } from "./mesh-commands.ts";

function command(line: string): Command {
  return parseCommand(line, false);
}

/** What is wrong with a line; fails the test if nothing is. */
function problem(line: string): string {
  const read = command(line);
  if (read.kind !== "wrong") throw new Error(`${line} is ${read.kind}`);
  return read.problem;
}

describe("the commands of P9.12", () => {
  it("are read, each with what it takes", () => {
    const lines: [string, Command][] = [
      ["/peers", { kind: "peers" }],
      ["/peers ", { kind: "peers" }],
      ["/connect bob", { kind: "connect", name: "bob" }],
      ["/connect 10.0.0.1:5000", { kind: "connect", name: "10.0.0.1:5000" }],
      ["/connect [::1]:5000", { kind: "connect", name: "[::1]:5000" }],
      ["/to bob", { kind: "to", name: "bob" }],
      ["/to  bob  ", { kind: "to", name: "bob" }],
      ["/leave", { kind: "leave" }],
      ["/msg bob hi", { kind: "msg", name: "bob", text: "hi" }],
      ["/msg bob  hi, /you  2 ", { kind: "msg", name: "bob", text: " hi, /you  2 " }],
      ["/msg bob#F3kQ hi", { kind: "msg", name: "bob#F3kQ", text: "hi" }],
      ["/all hello all", { kind: "all", text: "hello all" }],
      ["/letter bob see you", { kind: "letter", name: "bob", text: "see you" }],
      ["/remove bob", { kind: "remove", name: "bob" }],
      ["/history bob", { kind: "history", name: "bob", count: 20 }],
      ["/history bob 1000", { kind: "history", name: "bob", count: 1000 }],
      ["/send bob my photo.jpg", { kind: "send", name: "bob", path: "my photo.jpg" }],
      ["/send bob 'my photo.jpg' ", { kind: "send", name: "bob", path: "my photo.jpg" }],
      ["/take 1", { kind: "take", number: 1 }],
      ["/refuse 12", { kind: "refuse", number: 12 }],
      ["/room tea bob carol#abcd", { kind: "room", room: "tea", names: ["bob", "carol#abcd"] }],
      ["/in tea who comes?", { kind: "in", room: "tea", text: "who comes?" }],
      ["/verify bob", { kind: "verify", name: "bob" }],
      ["/verified bob", { kind: "verified", name: "bob" }],
      ["/trust bob#F3kQ", { kind: "trust", name: "bob#F3kQ" }],
      ["/block bob", { kind: "block", name: "bob" }],
      ["/allow bob", { kind: "allow", name: "bob" }],
      ["/access known", { kind: "access", level: "known" }],
      ["/stats", { kind: "stats" }],
      ["/doctor", { kind: "doctor" }],
      ["/menu", { kind: "menu" }],
      ["/help", { kind: "help" }],
      ["/quit", { kind: "quit" }],
      ["exit", { kind: "quit" }],
      ["", { kind: "nothing" }],
      ["  ", { kind: "nothing" }],
      ["2", { kind: "choice", number: 2 }],
      [" 0 ", { kind: "choice", number: 0 }],
    ];
    for (const [line, expected] of lines) expect(command(line), line).to.deep.equal(expected);
  });

  it("that are not complete, or say too much, are answered by how they are called", () => {
    const lines: [string, RegExp][] = [
      ["/peers all", /^it is \/peers \(/],
      ["/connect", /^it is \/connect NAME /],
      ["/to bob carol", /^it is \/to NAME /],
      ["/msg bob", /^it is \/msg NAME TEXT /],
      ["/msg bob ", /^it is \/msg NAME TEXT /],
      ["/msg", /^it is \/msg NAME TEXT /],
      ["/all", /^it is \/all TEXT /],
      ["/send bob", /^it is \/send NAME FILE /],
      ["/take", /^it is \/take N /],
      ["/take one", /^it is \/take N /],
      ["/take -1", /^it is \/take N /],
      ["/history", /^it is \/history NAME \[N\] /],
      ["/history bob 0", /1 to 1000/],
      ["/history bob 1001", /1 to 1000/],
      ["/room tea", /^it is \/room ROOM NAME\.\.\. /],
      [`/room tea ${"a ".repeat(16)}`, /15 members/],
      ["/trust bob", /bob#F3kQ/],
      ["/access everybody", /^it is \/access LEVEL /],
      ["/nonsense", /^unknown command \/nonsense; /],
      ["/", /^unknown command \/; /],
      ["/constructor x", /^unknown command/],
      [`/${"x".repeat(1000)}`, /^unknown command \/x{40}; /],
      ["hello", /no messaging session is open; \/to NAME/],
      ["1234", /no messaging session/],
    ];
    for (const [line, expected] of lines) expect(problem(line), line).to.match(expected);
  });

  it("in a messaging session leave every other line to the peer", () => {
    for (const text of ["hello", "2", " 0", "exit now", "  ", "Exit", "quit"])
      expect(parseCommand(text, true)).to.deep.equal({ kind: "text", text });
    expect(parseCommand("exit", true)).to.deep.equal({ kind: "leave" });
    expect(parseCommand("/leave", true)).to.deep.equal({ kind: "leave" });
    expect(parseCommand("/peers", true)).to.deep.equal({ kind: "peers" });
    expect(parseCommand("", true)).to.deep.equal({ kind: "nothing" });
  });

  it("all stand in /help, which fits into 80 columns", () => {
    const lines = helpLines();
    expect(lines).to.have.length(26);
    expect(Math.max(...lines.map((line) => line.length))).to.be.at.most(79);
  });
});

describe("what Tab completes", () => {
  it("commands, and names behind those that take one", () => {
    expect(completions("/ver", [])).to.deep.equal(["/verify ", "/verified "]);
    expect(completions("/pe", [])).to.deep.equal(["/peers"]);
    expect(completions("/msg b", ["bob", "Bea", "carol"])).to.deep.equal(["/msg bob", "/msg Bea"]);
    expect(completions("/room tea bob c", ["bob", "carol"])).to.deep.equal(["/room tea bob carol"]);
    expect(completions("/msg bob c", ["carol"])).to.deep.equal([]);
    expect(completions("/in t", ["tom"])).to.deep.equal([]);
    expect(completions("/peers b", ["bob"])).to.deep.equal([]);
    expect(completions("hello", ["hello"])).to.deep.equal([]);
  });
});
