import { expect } from "chai";
import fc from "fast-check";
import { diffLines, unified } from "./line-diff.ts";

describe("the difference between two texts", () => {
  it("is unified, with the lines around each change", () => {
    const old = ["a", "b", "c", "d", "e", "f", "g", "h"];
    const now = ["a", "B", "c", "d", "e", "f", "g", "h", "i"];
    expect(unified(old, now, 1)).to.deep.equal([
      "@@ -1,3 +1,3 @@",
      " a",
      "-b",
      "+B",
      " c",
      "@@ -8,1 +8,2 @@",
      " h",
      "+i",
    ]);
    expect(unified([], ["a"], 3)).to.deep.equal(["@@ -0,0 +1,1 @@", "+a"]);
    expect(unified(old, old, 3)).to.deep.equal([]);
  });

  it("gives both texts back, and changes as little as possible", () => {
    const text = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 12 });
    fc.assert(
      fc.property(text, text, (old, now) => {
        const lines = diffLines(old, now);
        expect(lines.filter(({ kind }) => kind !== "+").map(({ text }) => text)).to.deep.equal(old);
        expect(lines.filter(({ kind }) => kind !== "-").map(({ text }) => text)).to.deep.equal(now);
        const common = lines.filter(({ kind }) => kind === " ").length;
        expect(common).to.equal(longestCommon(old, now));
      }),
    );
  });
});

/** Tries all possibilities, so it works only for short texts. */
function longestCommon(left: readonly string[], right: readonly string[]): number {
  const row = new Array<number>(right.length + 1).fill(0);
  for (const a of left) {
    let diagonal = 0;
    for (const [j, b] of right.entries()) {
      const above = row[j + 1] ?? 0;
      row[j + 1] = a === b ? diagonal + 1 : Math.max(above, row[j] ?? 0);
      diagonal = above;
    }
  }
  return row.at(-1) ?? 0;
}
