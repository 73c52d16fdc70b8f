import { expect } from "chai";
import { changedWords, packetText, piecesOf } from "./line-text.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("a line as text", () => {
  it("is in pieces by what a stranger sees, without its LF", () => {
    const line = bytes('{"text":"hi"}\n');
    const spans = [
      { length: 8, sight: "known" as const },
      { length: 4, sight: "readable" as const },
      { length: 2, sight: "known" as const },
    ];
    expect(piecesOf(line, spans, 100)).to.deep.equal([
      { text: '{"text":', sight: "known" },
      { text: '"hi"', sight: "readable" },
      { text: "}", sight: "known" },
    ]);
    expect(piecesOf(line, spans, 10).map(({ text }) => text)).to.deep.equal(['{"text":', '"h']);
  });

  it("has little structure if there is more to see", () => {
    const spans = [
      { length: 32, sight: "known" as const },
      { length: 4, sight: "readable" as const },
    ];
    const line = bytes('{"type":"message","id":1,"text":"hi"');
    expect(piecesOf(line, spans, 100).map(({ text }) => text)).to.deep.equal([
      '{"type":"message",\u2026',
      '"hi"',
    ]);
    // Of a line that has nothing else, it is all there.
    expect(piecesOf(line, [{ length: 36, sight: "known" }], 100)[0]?.text).to.equal(
      '{"type":"message","id":1,"text":"hi"',
    );
  });

  it("shows no control characters, and nothing that turns text around", () => {
    const hostile = bytes("a\u001b[2Jb\u202ec\u0000");
    expect(piecesOf(hostile, [{ length: hostile.length, sight: "readable" }], 100)).to.deep.equal([
      { text: "a\uFFFD[2Jb\uFFFDc\uFFFD", sight: "readable" },
    ]);
  });
});

describe("what Mallory changed", () => {
  it("is told by whole words", () => {
    expect(changedWords(bytes("pay 100 to carol\n"), bytes("pay 900 to carol\n"))).to.deep.equal({
      before: "100",
      after: "900",
    });
    expect(changedWords(bytes("to carol"), bytes("to mallory"))).to.deep.equal({
      before: "carol",
      after: "mallory",
    });
    expect(changedWords(bytes("a b"), bytes("a new b"))).to.deep.equal({ before: "b", after: "new b" });
  });

  it("is told shortly where there are no words, and nothing is told where nothing changed", () => {
    const digits = "0123456789abcdef".repeat(40);
    const changed = changedWords(bytes(digits), bytes(`${digits.slice(0, 99)}9${digits.slice(100)}`));
    expect(changed).to.deep.equal({ before: "12345", after: "12945" });
    expect(changedWords(bytes("same"), bytes("same"))).to.equal(undefined);
  });
});

describe("what stands on a packet", () => {
  const base64 = (text: string): string => Buffer.from(text).toString("base64");

  it("is what the line says, and how it was changed", () => {
    const words = "message 2: pay 100 to carol";
    expect(packetText({ words, bytes: base64("pay 100\n") }, 48)).to.equal(words);
    expect(packetText({ words, bytes: base64("pay 100\n"), changed: base64("pay 900\n") }, 80)).to.equal(
      "message 2: pay 100 to carol (100 \u2192 900)",
    );
    expect(packetText({ words: "x".repeat(100), bytes: "" }, 48).length).to.equal(49);
  });
});
