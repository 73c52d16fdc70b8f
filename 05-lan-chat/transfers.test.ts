import { createHash } from "node:crypto";
import { expect } from "chai";
import { numberedName, parseOffer, parsePiece, partName, safeFileName } from "./transfers.ts";

const FILE = "0123456789abcdef0123456789abcdef";
const HASH = "a".repeat(64);

describe("05 transfers (P9.9)", () => {
  it("a file's name is what follows the last slash of either kind, and is safe everywhere", () => {
    const names: [string, string][] = [
      ["photo.jpg", "photo.jpg"],
      ["../../etc/passwd", "passwd"],
      ["C:\\Windows\\system.ini", "system.ini"],
      ["a/b\\c/d\\e", "e"],
      ["..", "file"],
      ["", "file"],
      ["dir/", "file"],
      [" . .hidden. ", "hidden"],
      ['a:b*c?d"e<f>g|h', "abcdefgh"],
      ['"?"', "file"],
      ["a\u0000b\u001bc\u202ed\ne", "a\uFFFDb\uFFFDc\uFFFDd\uFFFDe"],
      ["a\ud800b", "a\uFFFDb"],
      ["con", "_con"],
      ["CON.txt", "_CON.txt"],
      ["nul .txt", "_nul .txt"],
      ["Lpt1.a.b", "_Lpt1.a.b"],
      ["com¹", "_com¹"],
      ["console.log", "console.log"],
      ["com10.txt", "com10.txt"],
      ["c:on", "_con"],
      ["x".repeat(130), "x".repeat(120)],
      [`${"x".repeat(119)}é`, "x".repeat(119)],
      [`${"x".repeat(119)}. y`, "x".repeat(119)],
      [`con.${"x".repeat(130)}`, `_con.${"x".repeat(115)}`],
      ["日本語 ☕.txt", "日本語 ☕.txt"],
    ];
    for (const [offered, safe] of names)
      expect(safeFileName(offered), JSON.stringify(offered)).to.equal(safe);
  });

  it("a copy has its number before the last dot", () => {
    expect(numberedName("a.tar.gz", 0)).to.equal("a.tar.gz");
    expect(numberedName("a.tar.gz", 1)).to.equal("a.tar (1).gz");
    expect(numberedName("a", 2)).to.equal("a (2)");
  });

  it("a part is named after key, hash and size", () => {
    const expected = createHash("sha256").update(`bob\n${HASH}\n7`).digest("hex");
    expect(partName("bob", { sha256: HASH, size: 7 })).to.equal(expected);
  });

  it("an offer has its form", () => {
    const right = { file: FILE, name: "a", size: 0, sha256: HASH };
    expect(parseOffer({ type: "offer", ...right })).to.deep.equal(right);
    const wrong = [
      { file: "x" },
      { name: 1 },
      { name: "x".repeat(5000) },
      { size: -1 },
      { size: 1.5 },
      { size: "1" },
      { sha256: HASH.slice(2) },
      { sha256: "A".repeat(64) },
      { sha256: undefined },
    ];
    for (const change of wrong)
      expect(parseOffer({ ...right, ...change }), JSON.stringify(change)).to.equal(undefined);
  });

  it("a piece has 1 to 65,536 bytes, in the one spelling of base64", () => {
    const right = { file: FILE, offset: 0, data: "aGk=" };
    expect(parsePiece(right)).to.deep.equal({ file: FILE, offset: 0, data: Buffer.from("hi") });
    expect(parsePiece({ ...right, data: Buffer.alloc(65_536).toString("base64") })?.data).to.have.length(
      65_536,
    );
    const wrong = [
      { file: undefined },
      { offset: -1 },
      { offset: 2 ** 30 + 1 },
      { data: "" },
      { data: "aGk" },
      { data: "aGl=" },
      { data: 1 },
      { data: Buffer.alloc(65_537).toString("base64") },
    ];
    for (const change of wrong) expect(parsePiece({ ...right, ...change })).to.equal(undefined);
  });
});
