import { expect } from "chai";
import { column, cut, wrap, wrapCode } from "./text.ts";
import { printable, printableLines, widthOf } from "./widths.ts";

const RED = "\u001b[31m";
const END = "\u001b[39m";

describe("text for a terminal", () => {
  it("is as wide as a terminal shows it", () => {
    expect(widthOf("abc")).to.equal(3);
    expect(widthOf(`${RED}abc${END}`)).to.equal(3);
    expect(widthOf("漢字")).to.equal(4);
    expect(widthOf("🙂")).to.equal(2);
    expect(widthOf("e\u0301")).to.equal(1);
  });

  it("is cut to a width, styles and wide characters counted as they are shown", () => {
    expect(cut("abcdef", 6)).to.equal("abcdef");
    expect(cut("abcdef", 4)).to.equal("abc…");
    expect(cut("漢字漢字", 6)).to.equal("漢字…");
    expect(widthOf(cut(`${RED}abcdef${END}`, 4))).to.equal(4);
    expect(cut(`${RED}abcdef${END}`, 4)).to.equal(`${RED}abc…\u001b[0m`);
    expect(cut("abc", 0)).to.equal("");
    expect(column("ab", 4)).to.equal("ab  ");
    expect(column("漢字漢", 5)).to.equal("漢字…");
  });

  it("is wrapped at blanks, and inside of words that are too long", () => {
    expect(wrap("one two three", 7)).to.deep.equal(["one two", "three"]);
    expect(wrap("abcdefghij", 4)).to.deep.equal(["abcd", "efgh", "ij"]);
    expect(wrap("  ", 4)).to.deep.equal([]);
    expect(wrap("漢字漢字", 4)).to.deep.equal(["漢字", "漢字"]);
  });

  it("that is code is broken at blanks, and goes on deeper", () => {
    expect(wrapCode("  call(one, two, three);", 14)).to.deep.equal([
      "  call(one,",
      "      two,",
      "      three);",
    ]);
    expect(wrapCode("  short();", 14)).to.deep.equal(["  short();"]);
    expect(wrapCode("x".repeat(10), 6)).to.deep.equal(["xxxxxx", "   xxx", "   x"]);
  });

  it("from elsewhere steers no terminal", () => {
    expect(printable("\u001b[2Ja\tb\u0007\u202e")).to.equal("\uFFFD[2Ja  b\uFFFD\uFFFD");
    expect(printableLines("a\r\nb\u001b\n")).to.deep.equal(["a", "b\uFFFD"]);
  });
});
