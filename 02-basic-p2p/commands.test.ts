import { expect } from "chai";
import { completions, helpLines, parseCommand } from "./commands.ts";

describe("commands", () => {
  it("P7 read what the user enters", () => {
    expect(parseCommand("/users")).to.deep.equal({ kind: "users" });
    expect(parseCommand("/chat  bob ")).to.deep.equal({ kind: "chat", name: "bob" });
    expect(parseCommand("Get Users")).to.deep.equal({ kind: "users" });
    expect(parseCommand("EOM")).to.deep.equal({ kind: "end" });
    expect(parseCommand("EXIT")).to.deep.equal({ kind: "quit" });
    expect(parseCommand("")).to.deep.equal({ kind: "nothing" });
  });

  it("P7 send any other line as it is", () => {
    for (const text of ["hello", " /users", "exit", "EOM.", "constructor"]) {
      expect(parseCommand(text)).to.deep.equal({ kind: "text", text });
    }
  });

  it("P7 say what is wrong with a command", () => {
    for (const line of ["/", "/nope", "/chat", "/chat a b", "/users now", "/constructor", "/ chat bob"]) {
      expect(parseCommand(line).kind, line).to.equal("wrong");
    }
  });

  it("P7 name every command in /help", () => {
    const help = helpLines().join("\n");
    for (const command of "users chat accept decline switch chats end verify help quit".split(" ")) {
      expect(help).to.match(new RegExp(`^/${command}\\b`, "m"));
    }
  });

  it("P7 complete commands, and names after those that take one", () => {
    expect(completions("/ch", [])).to.deep.equal(["/chat ", "/chats"]);
    expect(completions("/chat b", ["bob", "Bea", "carol"])).to.deep.equal(["/chat bob", "/chat Bea"]);
    expect(completions("/users b", ["bob"])).to.deep.equal([]);
    expect(completions("hel", ["helen"])).to.deep.equal([]);
  });
});
