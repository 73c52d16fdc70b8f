import { expect } from "chai";
import { MOST_LINES, type WireLine } from "../../shared/wire.ts";
import { SceneModel } from "./scene-model.ts";

const line = (number: number, changed: Partial<WireLine> = {}): WireLine => ({
  number,
  link: "chat",
  from: "alice",
  to: "bob",
  connection: 1,
  at: number,
  bytes: "",
  length: 0,
  spans: [],
  words: `line ${number}`,
  type: "message",
  clause: "P3.2",
  state: "passed",
  acts: [],
  ...changed,
});

describe("what the page knows of a scene", () => {
  it("has its lines in order, and each once: the last that was told of it", () => {
    const model = new SceneModel(1);
    for (const number of [1, 2, 4, 3]) expect(model.takeLine(line(number))).to.equal(undefined);
    const held = model.takeLine(line(2, { state: "held" }));
    expect(held?.state).to.equal("passed");
    expect(model.lines.map(({ number, state }) => [number, state])).to.deep.equal([
      [1, "passed"],
      [2, "held"],
      [3, "passed"],
      [4, "passed"],
    ]);
    expect(model.waiting.map(({ number }) => number)).to.deep.equal([2]);
    expect([model.line(3)?.words, model.line(5), model.line(0)]).to.deep.equal([
      "line 3",
      undefined,
      undefined,
    ]);
  });

  it("keeps the last lines if there are too many", () => {
    const model = new SceneModel(1);
    for (let number = 1; number <= MOST_LINES + 10; number += 1) model.takeLine(line(number));
    expect(model.lines.length).to.equal(MOST_LINES);
    expect(model.line(11)?.number).to.equal(11);
    // One that is gone does not come back.
    model.takeLine(line(10, { state: "dropped" }));
    expect([model.lines.length, model.line(10)]).to.deep.equal([MOST_LINES, undefined]);
  });

  it("tells one direction from another", () => {
    const model = new SceneModel(1);
    model.held = [{ link: "chat", from: "alice", to: "bob" }];
    expect(model.holds({ link: "chat", from: "alice", to: "bob" })).to.equal(true);
    expect(model.holds({ link: "chat", from: "bob", to: "alice" })).to.equal(false);
    expect(model.holds({ link: "session", from: "alice", to: "bob" })).to.equal(false);
  });
});
