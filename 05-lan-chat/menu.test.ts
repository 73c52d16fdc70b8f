import { expect } from "chai";
import { callsOff, MENU, menuEntry, menuLines } from "./menu.ts";
import type { Command } from "./mesh-commands.ts";

/** Chooses an entry and gives these answers: the questions that were asked, and the command. */
function choose(number: number, ...given: string[]): { asked: string[]; command: Command } {
  const chosen = menuEntry(number);
  if (chosen === undefined) throw new Error(`there is no ${number}`);
  const asked: string[] = [];
  const answers: string[] = [];
  for (let question = chosen.question([]); question !== undefined; question = chosen.question(answers)) {
    asked.push(question);
    answers.push(given[answers.length] ?? "");
  }
  return { asked, command: chosen.command(answers) };
}

describe("the menu (P9.12)", () => {
  it("has the entries of the contract, in its order", () => {
    const entries = MENU.map(({ number, title }) => `${number} ${title}`).join(", ");
    expect(entries).to.equal(
      "1 messaging session, 2 active peers, 3 connect, 4 broadcast, 5 direct message, 6 remove a peer, 7 history, 8 send a file, 9 rooms, 0 quit",
    );
  });

  it("asks for what each needs, and makes the command", () => {
    const chosen: [number, string[], Command][] = [
      [1, ["bob"], { kind: "to", name: "bob" }],
      [2, [], { kind: "peers" }],
      [3, [" 10.0.0.1:5000 "], { kind: "connect", name: "10.0.0.1:5000" }],
      [4, ["hello all"], { kind: "all", text: "hello all" }],
      [5, ["bob ", "/help is a text"], { kind: "msg", name: "bob", text: "/help is a text" }],
      [6, ["bob#F3kQ"], { kind: "remove", name: "bob#F3kQ" }],
      [7, ["bob"], { kind: "history", name: "bob", count: 20 }],
      [7, ["bob 5"], { kind: "history", name: "bob", count: 5 }],
      [8, ["bob", "my photo.jpg"], { kind: "send", name: "bob", path: "my photo.jpg" }],
      [8, ["", " 2 "], { kind: "take", number: 2 }],
      [9, ["tea", "bob carol"], { kind: "room", room: "tea", names: ["bob", "carol"] }],
      [9, ["tea", "", "who comes?"], { kind: "in", room: "tea", text: "who comes?" }],
      [0, [], { kind: "quit" }],
    ];
    for (const [number, answers, command] of chosen) {
      const made = choose(number, ...answers);
      expect(made.command, `${number}`).to.deep.equal(command);
      expect(made.asked, `${number}`).to.have.length(answers.length);
    }
    expect(menuEntry(10)).to.equal(undefined);
  });

  it("takes a name of two words for nobody's, not for a name and a path", () => {
    expect(choose(8, "bob and", "x.txt").command).to.deep.equal({
      kind: "send",
      name: "bob_and",
      path: "x.txt",
    });
    expect(choose(1, "bob carol").command.kind).to.equal("wrong");
  });

  it("is called off by an empty answer, but where nothing is an answer", () => {
    const [one, eight, nine] = [menuEntry(1), menuEntry(8), menuEntry(9)];
    if (one === undefined || eight === undefined || nine === undefined) throw new Error("they are missing");
    expect(callsOff(one, [], " ")).to.equal(true);
    expect(callsOff(one, [], "bob")).to.equal(false);
    expect(callsOff(eight, [], "")).to.equal(false);
    expect(callsOff(eight, [""], "")).to.equal(true);
    expect(callsOff(eight, ["bob"], "")).to.equal(true);
    expect(callsOff(nine, [], "")).to.equal(true);
    expect(callsOff(nine, ["tea"], "")).to.equal(false);
    expect(callsOff(nine, ["tea", ""], "")).to.equal(true);
  });

  it("is shown in few lines, that fit into 80 columns", () => {
    const lines = menuLines();
    expect(lines).to.have.length(6);
    for (const { number, title } of MENU) expect(lines.join("\n")).to.include(`${number} ${title}`);
    expect(Math.max(...lines.map((line) => line.length))).to.be.at.most(79);
  });
});
