import { expect } from "chai";
import fc from "fast-check";
import { type Line, LineReader } from "./lines.ts";

/** Feeds the pieces one after the other. */
function read(pieces: Uint8Array[], maxBytes = 4096): Line[] {
  const reader = new LineReader(maxBytes);
  return pieces.flatMap((piece) => [...reader.push(Buffer.from(piece))]);
}

function text(line: string): Line {
  return { kind: "text", text: line };
}

/** Cuts bytes at the given places. */
function cut(bytes: Buffer, places: number[]): Buffer[] {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...ends, bytes.length].map((end, i) => bytes.subarray(i === 0 ? 0 : ends[i - 1], end));
}

describe("LineReader", () => {
  it("P0.1 ends a line at LF and drops one CR before it", () => {
    expect(read([Buffer.from("one\r\ntwo\n\nthr\ree\r\r\n")])).to.deep.equal([
      text("one"),
      text("two"),
      text(""),
      text("thr\ree\r"),
    ]);
  });

  it("P0.1 keeps a byte order mark: it is a character of the line", () => {
    expect(read([Buffer.from("\uFEFF1\n")])).to.deep.equal([text("\uFEFF1")]);
  });

  it("P0.2 gives any list of lines whole and in order, wherever the bytes are cut", () => {
    const lines = fc.array(fc.string({ unit: "binary" }).map((line) => line.replace(/[\n\r]/g, "")));
    fc.assert(
      fc.property(lines, fc.array(fc.nat()), (sent, places) => {
        const bytes = Buffer.from(sent.map((line) => `${line}\n`).join(""));
        expect(read(cut(bytes, places))).to.deep.equal(sent.map(text));
      }),
    );
  });

  it("P0.3 takes a line as long as the limit and refuses one byte more, in one piece or many", () => {
    const longest = Buffer.from(`${"x".repeat(15)}\n`);
    const tooLong = Buffer.from(`${"x".repeat(16)}\n`);
    for (const split of [
      (bytes: Buffer) => [bytes],
      (bytes: Buffer) => [...bytes].map((byte) => Buffer.of(byte)),
    ]) {
      expect(read(split(longest), 16)).to.deep.equal([text("x".repeat(15))]);
      expect(read(split(tooLong), 16)).to.deep.equal([{ kind: "too-long" }]);
    }
  });

  it("P0.3 says too long as soon as it is, once, and goes on with the next line", () => {
    const reader = new LineReader(16);
    expect([...reader.push(Buffer.from("x".repeat(15)))]).to.deep.equal([]);
    expect([...reader.push(Buffer.from("x"))]).to.deep.equal([{ kind: "too-long" }]);
    expect([...reader.push(Buffer.from("x".repeat(1000)))]).to.deep.equal([]);
    expect([...reader.push(Buffer.from("x\nnext\n"))]).to.deep.equal([text("next")]);
  });

  it("P0.4 marks a line that is not UTF-8 and goes on", () => {
    const bytes = Buffer.concat([
      Buffer.from("a\n"),
      Buffer.of(0xff, 0xfe, 0x0a),
      Buffer.of(0xc3, 0x0a),
      Buffer.from("b\n"),
    ]);
    expect(read([bytes])).to.deep.equal([
      text("a"),
      { kind: "bad-encoding" },
      { kind: "bad-encoding" },
      text("b"),
    ]);
  });

  it("P0.5 holds back what has no LF", () => {
    expect(read([Buffer.from("done\nnot done")])).to.deep.equal([text("done")]);
  });

  it("P0.3 never throws and never gives a line over the limit, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array()), (pieces) => {
        for (const line of read(pieces, 8)) {
          if (line.kind === "text") expect(Buffer.byteLength(line.text)).to.be.lessThan(8);
        }
      }),
    );
  });
});
