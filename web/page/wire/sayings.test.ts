import { expect } from "chai";
import { sayingsOf } from "./sayings.ts";

describe("what can be said with one click", () => {
  it("is an expression in stage 01, and only Alice asks", () => {
    expect(sayingsOf("01", "alice").map(({ typed }) => typed)).to.deep.equal(["2 + 3 * 4", "100 + 1"]);
    expect(sayingsOf("01", "calculator")).to.deep.equal([]);
  });

  it("is a message to the other, in stage 05 with the command that names them", () => {
    expect(sayingsOf("02", "alice").map(({ typed }) => typed)).to.deep.equal([
      "hello, Bob",
      "pay 100 to carol",
    ]);
    expect(sayingsOf("04", "bob").map(({ typed }) => typed)).to.deep.equal(["hello, Alice"]);
    expect(sayingsOf("05", "carol")).to.deep.equal([{ text: "hello, Bob", typed: "/msg bob hello, Bob" }]);
  });
});
