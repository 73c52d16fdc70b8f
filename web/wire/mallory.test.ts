import { expect } from "chai";
import type { Direction } from "../shared/wire.ts";
import { MOST_HELD, MOST_LINES } from "../shared/wire.ts";
import { Mallory, MalloryError, type Step } from "./mallory.ts";

const THERE: Direction = { link: "chat", from: "alice", to: "bob" };
const BACK: Direction = { link: "chat", from: "bob", to: "alice" };

/** What a step sends, in words. */
function sent({ sendings }: Step): string[] {
  return sendings.map((one) =>
    "ends" in one ? `end of ${one.ends}` : `${one.line.changed ?? one.line.bytes}`.trimEnd(),
  );
}

describe("Mallory", () => {
  let mallory: Mallory;
  const arrives = (text: string, direction = THERE, connection = 1): Step =>
    mallory.arrives(direction, connection, Buffer.from(`${text}\n`), 5);

  beforeEach(() => {
    mallory = new Mallory([THERE, BACK]);
  });

  it("passes everything on, as it came, and numbers it", () => {
    expect(sent(arrives("one"))).to.deep.equal(["one"]);
    expect(sent(arrives("two", BACK))).to.deep.equal(["two"]);
    expect(sent(mallory.ends(THERE, 1))).to.deep.equal(["end of 1"]);
    expect(mallory.lines.map(({ number, state, passedAt }) => [number, state, passedAt])).to.deep.equal([
      [1, "passed", 5],
      [2, "passed", 5],
    ]);
  });

  it("holds a direction: all that come wait in their order, and the other direction goes on", () => {
    mallory.hold(THERE, true, 0);
    expect(mallory.held).to.deep.equal([THERE]);
    expect(sent(arrives("one"))).to.deep.equal([]);
    expect(sent(arrives("two"))).to.deep.equal([]);
    expect(sent(arrives("back", BACK))).to.deep.equal(["back"]);
    expect(() => mallory.pass(2, 9)).to.throw(MalloryError, "line 1 waits before it");
    expect(sent(mallory.pass(1, 9))).to.deep.equal(["one"]);
    // Those behind it go on waiting, and new ones, too.
    expect(sent(arrives("three"))).to.deep.equal([]);
    expect(sent(mallory.hold(THERE, false, 10))).to.deep.equal(["two", "three"]);
    expect(mallory.held).to.deep.equal([]);
    expect(sent(arrives("four"))).to.deep.equal(["four"]);
    expect(mallory.line(1)).to.include({ state: "passed", passedAt: 9 });
    expect(() => mallory.pass(1, 11)).to.throw(MalloryError, "does not wait any more");
  });

  it("changes a line that waits, and flips a bit of it; as it came stays known", () => {
    mallory.hold(THERE, true, 0);
    arrives("pay 100");
    mallory.change(1, Buffer.from("pay 200\n"));
    mallory.flip(1, 4, 0);
    expect(sent(mallory.pass(1, 1))).to.deep.equal(["pay 300"]);
    const { bytes, acts } = mallory.line(1);
    expect(String(bytes)).to.equal("pay 100\n");
    expect(acts).to.deep.equal(["changed", "flipped"]);
    expect(() => mallory.flip(1, 0, 0)).to.throw(MalloryError, "does not wait");
  });

  it("refuses a change that changes nothing, a byte that is not there, and a line that is not", () => {
    mallory.hold(THERE, true, 0);
    arrives("hi");
    expect(() => mallory.change(1, Buffer.from("hi\n"))).to.throw(MalloryError, "nothing was changed");
    expect(() => mallory.flip(1, 3, 0)).to.throw(MalloryError, "has 3 bytes");
    expect(() => mallory.drop(2)).to.throw(MalloryError, "line 2 is not there");
    expect(() => mallory.hold({ ...THERE, to: "carol" }, true, 0)).to.throw(
      MalloryError,
      "do not go that way",
    );
  });

  it("takes a change back when the bytes are as they came", () => {
    mallory.hold(THERE, true, 0);
    arrives("hi");
    mallory.flip(1, 0, 3);
    mallory.flip(1, 0, 3);
    expect(mallory.line(1).changed).to.equal(undefined);
  });

  it("drops any line that waits, and the others keep their order", () => {
    mallory.hold(THERE, true, 0);
    for (const text of ["one", "two", "three"]) arrives(text);
    expect(sent(mallory.drop(2))).to.deep.equal([]);
    expect(mallory.line(2)).to.include({ state: "dropped", passedAt: undefined });
    expect(sent(mallory.hold(THERE, false, 1))).to.deep.equal(["one", "three"]);
  });

  it("sends a line again as it came, before all that wait, under a number of its own", () => {
    arrives("one");
    mallory.hold(THERE, true, 0);
    arrives("two");
    const step = mallory.again(1, 7);
    expect(sent(step)).to.deep.equal(["one"]);
    expect(step.lines[0]).to.include({ number: 3, copyOf: 1, state: "passed" });
    expect(mallory.line(2).state).to.equal("held");
  });

  it("lets an end wait behind the lines of its direction, and not longer", () => {
    mallory.hold(THERE, true, 0);
    arrives("one");
    arrives("two");
    expect(sent(mallory.ends(THERE, 1))).to.deep.equal([]);
    expect(sent(mallory.pass(1, 1))).to.deep.equal(["one"]);
    expect(sent(mallory.drop(2))).to.deep.equal(["end of 1"]);
    expect(sent(mallory.ends(THERE, 2))).to.deep.equal(["end of 2"]);
  });

  it("is full of so many lines that wait, and of so many bytes", () => {
    mallory.hold(THERE, true, 0);
    for (let i = 0; i < MOST_HELD - 1; i += 1) arrives("x");
    expect(mallory.isFull(THERE)).to.equal(false);
    arrives("x");
    expect(mallory.isFull(THERE)).to.equal(true);
    expect(mallory.isFull(BACK)).to.equal(false);
    mallory.hold(BACK, true, 0);
    for (let i = 0; i < 40; i += 1) arrives("y".repeat(262_000), BACK);
    expect(mallory.isFull(BACK)).to.equal(true);
  });

  it("remembers the last lines, and those that wait", () => {
    mallory.hold(BACK, true, 0);
    arrives("waits", BACK);
    for (let i = 0; i < MOST_LINES + 5; i += 1) arrives("x");
    expect(mallory.lines.length).to.equal(MOST_LINES);
    expect(mallory.line(1).state).to.equal("held");
    expect(() => mallory.line(2)).to.throw(MalloryError, "not any more");
  });

  it("says what the set-up has changed, and passes that on", () => {
    const step = mallory.arrives(THERE, 1, Buffer.from("port 1\n"), 0, {
      bytes: Buffer.from("port 2\n"),
      note: "Mallory wrote 2",
    });
    expect(sent(step)).to.deep.equal(["port 2"]);
    expect(mallory.line(1)).to.deep.include({ acts: ["set-up"], note: "Mallory wrote 2" });
    // Also when it is sent again: else it would lead around Mallory.
    expect(sent(mallory.again(1, 1))).to.deep.equal(["port 2"]);
    expect(mallory.line(2).acts).to.deep.equal(["set-up", "sent-again"]);
  });
});
