import { expect } from "chai";
import { drawSequence, parseSequence } from "./sequence-diagram.ts";

function drawn(lines: readonly string[], width = 60): string[] {
  return drawSequence(parseSequence(["sequenceDiagram", ...lines]), width);
}

const TWO = ["participant A as Alice", "participant B as Bob"];

describe("a sequence diagram in the terminal", () => {
  it("has arrows in both directions, dashed ones, and lost ones", () => {
    expect(drawn([...TWO, "A->>B: hello", "B-->>A: yes", "A-xB: gone"])).to.deep.equal([
      " Alice        Bob",
      "   │           │",
      "   │   hello   │",
      "   │──────────>│",
      "   │    yes    │",
      "   │<- - - - - │",
      "   │   gone    │",
      "   │───────╳   │",
      "   │           │",
      " Alice        Bob",
    ]);
  });

  it("has notes and frames, and wraps what is too long", () => {
    const rows = drawn(
      [
        ...TWO,
        "loop twice",
        "A->>B: a text that is longer than there is room for",
        "end",
        "Note over A,B: both know",
      ],
      40,
    );
    for (const row of rows) expect(row.length, row).to.be.at.most(40);
    expect(rows.join("\n")).to.include("══ loop twice ══").and.to.include("│ both know │");
    expect(rows.filter((row) => /a text|room for/.test(row)).length).to.be.greaterThan(1);
  });

  it("that is more than the lessons use is refused, with its line", () => {
    const problems = [
      [["A->>B: hi"], 'no line "participant A" before'],
      [[...TWO, "A->>A: hi"], "written as a Note"],
      [[...TWO, "loop x"], "has no end"],
      [[...TWO, "end"], "without loop"],
      [[...TWO, "rect rgb(0,0,0)"], "is not among what the lessons use"],
      [["participant A"], "at least two"],
      [["A", "B", "C", "D", "E"].map((id) => `participant ${id}`), "at most 4"],
    ] as const;
    for (const [lines, problem] of problems) expect(() => drawn(lines), problem).to.throw(problem);
    expect(() => parseSequence(["flowchart LR"])).to.throw("begins with sequenceDiagram");
  });
});
