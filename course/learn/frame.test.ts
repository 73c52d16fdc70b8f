import { expect } from "chai";
import { plain } from "../../terminal/paint.ts";
import { widthOf } from "../../terminal/widths.ts";
import { bodyHeight, type Frame, renderFrame } from "./frame.ts";

const KEYS = ["n next", "h hint", "l list", "q quit"].map((text) => ({
  key: text[0] ?? "",
  label: text.slice(2),
}));

function frame(members: Partial<Frame> = {}): Frame {
  const body = Array.from({ length: 30 }, (_, index) => `line ${index}`);
  return {
    isShort: false,
    passed: 1,
    total: 4,
    exercise: "01-hello",
    body,
    scroll: 0,
    message: "",
    keys: KEYS,
    scrollKeys: "space",
    ...members,
  };
}

describe("the frame of the watch mode", () => {
  it("fills the screen, and every row fits", () => {
    for (const [columns, rows] of [
      [80, 24],
      [120, 40],
      [40, 12],
      [20, 5],
    ] as const) {
      const shown = renderFrame(frame({ body: ["x".repeat(300), "漢".repeat(100)] }), columns, rows, plain);
      expect(shown.length).to.be.at.most(rows);
      for (const row of shown) expect(widthOf(row)).to.be.at.most(columns);
    }
    expect(renderFrame(frame(), 80, 24, plain)).to.have.length(24);
  });

  it("keeps progress, the exercise and the keys in sight", () => {
    const shown = renderFrame(frame(), 80, 24, plain);
    expect(shown[0]).to.match(/^From plaintext to ciphertext {2}█{9}░+ 1 of 4 passed$/);
    expect(shown[1]).to.equal("01-hello");
    expect(shown.at(-1)).to.match(/^n next {2}h hint {2}l list {2}q quit *$/);
  });

  it("shows something passed as something, and something missing as missing", () => {
    const bar = (passed: number, total: number): string =>
      renderFrame(frame({ passed, total }), 80, 24, plain)[0] ?? "";
    expect(bar(0, 100)).not.to.include("█");
    expect(bar(1, 100)).to.include("█");
    expect(bar(99, 100)).to.include("░");
    expect(bar(100, 100)).not.to.include("░");
  });

  it("scrolls, says that there is more, and stops at the end", () => {
    const height = bodyHeight(24, 80, KEYS);
    expect(height).to.equal(19);
    const [top, end] = [
      renderFrame(frame(), 80, 24, plain),
      renderFrame(frame({ scroll: 99 }), 80, 24, plain),
    ];
    expect(top[3]).to.equal("line 0");
    expect(top.at(-2)).to.include("11 more lines: space");
    expect(end[3]).to.equal("line 11");
    expect(end[21]).to.equal("line 29");
    expect(end.at(-2)).to.include("the end");
  });

  it("breaks the keys into as many rows as they need", () => {
    const keys = Array.from({ length: 12 }, (_, index) => ({ key: String(index), label: "something" }));
    const shown = renderFrame(frame({ keys }), 60, 24, plain);
    expect(
      shown
        .slice(-3)
        .join(" ")
        .match(/something/g),
    ).to.have.length(12);
  });

  it("asks for a larger window where nothing can be read", () => {
    expect(renderFrame(frame(), 30, 10, plain).join(" ")).to.include("Make it larger");
  });
});
