import { readFileSync } from "node:fs";
import { expect } from "chai";
import { printable } from "./printable.ts";
import { byteLength, isMessageId, isText, MAX_TEXT_BYTES, makeMessageId, textProblem } from "./texts.ts";

describe("06 texts (P3.4, P10.7)", () => {
  it("P10.7 a text has 1 to 8,192 bytes of UTF-8, and no half of a character", () => {
    for (const text of ["a", "x".repeat(MAX_TEXT_BYTES), "é".repeat(4096), "😀".repeat(2048), "\0", "\n"])
      expect(isText(text)).to.equal(true);
    const wrong = [
      "",
      "x".repeat(8193),
      "é".repeat(4097),
      "😀".repeat(2049),
      "a\ud800",
      "\udc00a",
      1,
      null,
      ["a"],
    ];
    for (const text of wrong) expect(isText(text)).to.equal(false);
  });

  it("P10.7 an id has 32 hexadecimal digits, random ones", () => {
    const ids = new Set(Array.from({ length: 1000 }, makeMessageId));
    expect(ids.size).to.equal(1000);
    expect([...ids].every(isMessageId)).to.equal(true);
    // Every digit takes every value: 1,000 ids miss one only once in some 10^25 runs.
    for (let at = 0; at < 32; at++) expect(new Set([...ids].map((id) => id[at])).size).to.equal(16);
  });

  it("P10.7 bytes are counted, not characters", () => {
    expect([byteLength("a"), byteLength("é"), byteLength("☕"), byteLength("😀")]).to.deep.equal([
      1, 2, 3, 4,
    ]);
  });

  it("P10.8 what makes a text plain is the same file as in the stage before", () => {
    const [here, before] = ["./printable.ts", "../05-lan-chat/printable.ts"].map((path) =>
      readFileSync(new URL(path, import.meta.url), "latin1"),
    );
    expect(here).to.equal(before);
  });

  it("P10.13 control and bidirectional characters of others are made visible", () => {
    expect(printable("a\u0000b\u001bc\u007fd\u0085e\u202ef\u2066g\th\n")).to.equal("a�b�c�d�e�f�g\th�");
    expect(printable("<b>ünï☕😀</b>")).to.equal("<b>ünï☕😀</b>");
  });

  it("P3.4 why a text is none is said in words for people, without bytes", () => {
    const long = "x".repeat(MAX_TEXT_BYTES + 1);
    expect(textProblem(long)).to.include("too long").and.to.include("about 8,000 letters");
    expect(textProblem("")).to.include("nothing");
    expect(textProblem("\ud800")).to.include("half of a character");
    for (const text of [long, "", "\ud800"]) expect(textProblem(text)).to.not.match(/byte|8192/);
  });
});
