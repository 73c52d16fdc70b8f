import { assert } from "chai";
import { pairs } from "./chats.ts";

/** `a1 b1 a2`: who has said what. */
function lines(text: string): { from: "a" | "b"; text: string }[] {
  return text
    .split(" ")
    .flatMap((word) => (word === "" ? [] : [{ from: word.startsWith("a") ? "a" : "b", text: word }]));
}

function paired(one: string, other: string): string[] {
  return [...pairs(lines(one), lines(other))].map((pair) => pair.map((line) => line?.text ?? "-").join(" "));
}

describe("the lines of two chats", () => {
  it("are paired by who has said them, in the order of the first chat", () => {
    assert.deepEqual(paired("a1 b1 b2 a2", "b1' a1' a2' b2'"), ["a1 a1'", "b1 b1'", "b2 b2'", "a2 a2'"]);
  });

  it("stand alone where the other chat has none", () => {
    assert.deepEqual(paired("a1 a2", "a1' b1'"), ["a1 a1'", "a2 -", "- b1'"]);
    assert.deepEqual(paired("", "b1' a1'"), ["- a1'", "- b1'"]);
    assert.deepEqual(paired("a1", ""), ["a1 -"]);
  });
});
