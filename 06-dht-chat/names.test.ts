import { expect } from "chai";
import fc from "fast-check";
import { MAX_NAME_BYTES, safeFileName } from "./names.ts";
import { byteLength } from "./texts.ts";

describe("06 names of files (P9.9, P10.9)", () => {
  it("P10.9 a file's name is what follows the last slash of either kind, and is safe everywhere", () => {
    const names: [string, string][] = [
      ["photo.jpg", "photo.jpg"],
      ["../../etc/passwd", "passwd"],
      ["C:\\Windows\\system.ini", "system.ini"],
      ["a/b\\c/d\\e", "e"],
      ["..", "file"],
      ["../", "file"],
      ["", "file"],
      ["dir/", "file"],
      [" . .hidden. ", "hidden"],
      ["report.pdf...", "report.pdf"],
      ['a:b*c?d"e<f>g|h', "abcdefgh"],
      ['"?"', "file"],
      ["a\u0000b\u001bc\u202ed\ne", "a\uFFFDb\uFFFDc\uFFFDd\uFFFDe"],
      ["cod\u202egpj.exe", "cod\uFFFDgpj.exe"],
      ["a\tb", "a b"],
      ["a\ud800b", "a\uFFFDb"],
      ["CON", "_CON"],
      ["con.txt", "_con.txt"],
      ["nul .txt", "_nul .txt"],
      ["Lpt1.a.b", "_Lpt1.a.b"],
      ["com¹", "_com¹"],
      ["console.log", "console.log"],
      ["c:on", "_con"],
      ["x".repeat(300), "x".repeat(120)],
      [`${"x".repeat(119)}é`, "x".repeat(119)],
      [`${"x".repeat(119)}. y`, "x".repeat(119)],
      [`con.${"x".repeat(300)}`, `_con.${"x".repeat(115)}`],
      [`${"x".repeat(300)}.txt`, `${"x".repeat(116)}.txt`],
      [`${"é".repeat(100)}.jpeg`, `${"é".repeat(57)}.jpeg`],
      [`${"x".repeat(115)}. y.txt`, `${"x".repeat(115)}.txt`],
      [`${"x".repeat(200)}.pdf.exe`, `${"x".repeat(116)}.exe`],
      [`con.${"x".repeat(200)}.txt`, `_con.${"x".repeat(111)}.txt`],
      ["日本語 ☕.txt", "日本語 ☕.txt"],
    ];
    for (const [offered, safe] of names)
      expect(safeFileName(offered), JSON.stringify(offered)).to.equal(safe);
  });

  it("P10.9 whatever is offered, the name is one, short, plain, and stays as it is when it is cleaned again", () => {
    const wild = fc.array(fc.constantFrom(...'../\\:*?"<>|\0\n\u202e con.aux.é😀\ud800x'), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(
        fc.oneof(
          wild.map((letters) => letters.join("")),
          fc.string({ unit: "binary" }),
        ),
        (offered) => {
          const name = safeFileName(offered);
          expect(byteLength(name)).to.be.within(1, MAX_NAME_BYTES);
          // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be in it
          expect(name).to.not.match(/[/\\:*?"<>|\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
          expect(name).to.not.match(/^[.\s]|[.\s]$/u);
          expect(name.isWellFormed()).to.equal(true);
          expect(safeFileName(name)).to.equal(name);
        },
      ),
    );
  });
});
