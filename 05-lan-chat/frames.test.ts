import { expect } from "chai";
import { LAN } from "../tests/support/lan-sessions.ts";
import { encodeFrame, type Frame, FrameReader, MAX_FRAME_BYTES } from "./frames.ts";

const ADDRESS = "10.0.0.1:5000";
const GOOD = encodeFrame(ADDRESS, "rocket", "gAAA");

/** What a reader makes of bytes that come in pieces of this size. */
function read(text: string, pieceBytes = text.length, reader = new FrameReader("rocket")): Frame[] {
  const bytes = Buffer.from(text, "utf8");
  const frames: Frame[] = [];
  for (let i = 0; i < bytes.length; i += pieceBytes)
    frames.push(...reader.push(bytes.subarray(i, i + pieceBytes)));
  return frames;
}

function frame(token: string, address = ADDRESS): Frame {
  return { kind: "frame", address, token };
}

/** A frame of so many bytes. */
function ofLength(bytes: number): string {
  const rest = GOOD.length - "gAAA".length;
  return encodeLong("A".repeat(bytes - rest));
}

function encodeLong(token: string): string {
  return `<${ADDRESS}> @ <rocket>\n${token}\n<end>\n`;
}

describe("frames", () => {
  for (const [i, known] of [...LAN.sessions, LAN.wrongCallee].entries()) {
    it(`P9.1 are those of known session ${i + 1}, and are read in pieces of any size`, () => {
      for (const [j, text] of known.frames.entries()) {
        const token = known.helloTokens[j] ?? "";
        const [, address = ""] = /^<([^>]*)>/.exec(text) ?? [];
        expect(encodeFrame(address, "rocket", token)).to.equal(text);
        for (const pieceBytes of [1, 7, 64, text.length])
          expect(read(text, pieceBytes)).to.deep.equal([frame(token, address)]);
      }
    });
  }

  it("P9.1 come one after another, also with CRs, also from an IPv6 address", () => {
    const withCr = GOOD.replaceAll("\n", "\r\n");
    const six = encodeFrame("[::1]:5000", "rocket", "gAAA");
    for (const pieceBytes of [1, 10, 1000])
      expect(read(GOOD + withCr + six + GOOD, pieceBytes)).to.deep.equal([
        frame("gAAA"),
        frame("gAAA"),
        frame("gAAA", "[::1]:5000"),
        frame("gAAA"),
      ]);
    expect(read(GOOD.slice(0, -1)), "without the last LF").to.deep.equal([]);
  });

  it("P9.1 end the connection if they have another form or name another team", () => {
    const wrong = [
      GOOD.replace("<end>", "<END>"),
      GOOD.replace("<end>", " <end>"),
      GOOD.replace("<end>", "<end> "),
      GOOD.replace("<end>\n", "<end>\r\r\n"),
      GOOD.replace("<rocket>", "<Rocket>"),
      GOOD.replace("<rocket>", "<rockets>"),
      GOOD.replace("<rocket>", "rocket"),
      GOOD.replace(" @ ", "@"),
      GOOD.replace(ADDRESS, ""),
      GOOD.replace(ADDRESS, "10.0.0.1"),
      GOOD.replace(ADDRESS, "10.0.0.1:0"),
      GOOD.replace(ADDRESS, "10.0.0.1:05000"),
      GOOD.replace(ADDRESS, "10.0.0.256:5000"),
      GOOD.replace(ADDRESS, "::1:5000"),
      GOOD.replace("gAAA", ""),
      GOOD.replace("gAAA", "gA AA"),
      GOOD.replace("gAAA", "gA<AA"),
      GOOD.replace("gAAA", "gAA+"),
      GOOD.replace("gAAA", "gAA\u00e9"),
      `\uFEFF${GOOD}`,
      `\n${GOOD}`,
      "GET / HTTP/1.1\r\n\r\n",
    ];
    for (const text of wrong)
      for (const pieceBytes of [1, 1000])
        expect(read(text + GOOD, pieceBytes), JSON.stringify(text)).to.deep.equal([{ kind: "bad" }]);
  });

  it("P9.1 are wrong as soon as a line is, and nothing is read after that", () => {
    const reader = new FrameReader("rocket");
    expect(read("<10.0.0.1:5000> @ <comet>\n", 5, reader)).to.deep.equal([{ kind: "bad" }]);
    expect(read(GOOD, 5, reader)).to.deep.equal([]);
  });

  it("P9.1 have at most 262,144 bytes, CRs counted", () => {
    const longest = ofLength(MAX_FRAME_BYTES);
    expect(longest.length).to.equal(262_144);
    expect(read(longest, 65_536).map(({ kind }) => kind)).to.deep.equal(["frame"]);
    expect(read(longest + longest, 65_536).map(({ kind }) => kind)).to.deep.equal(["frame", "frame"]);
    expect(read(ofLength(MAX_FRAME_BYTES + 1), 65_536)).to.deep.equal([{ kind: "bad" }]);
    const withCr = (text: string): string => text.replace("\n", "\r\n");
    expect(read(withCr(longest), 65_536)).to.deep.equal([{ kind: "bad" }]);
    expect(read(withCr(ofLength(MAX_FRAME_BYTES - 1)), 65_536).map(({ kind }) => kind)).to.deep.equal([
      "frame",
    ]);
    expect(() => encodeFrame(ADDRESS, "rocket", "A".repeat(MAX_FRAME_BYTES))).to.throw(RangeError);
  });

  it("P9.1 are given up before they end, if they are too long", () => {
    const reader = new FrameReader("rocket");
    expect(read("A".repeat(MAX_FRAME_BYTES), 65_536, reader)).to.deep.equal([]);
    expect(read("A", 1, reader)).to.deep.equal([{ kind: "bad" }]);
  });

  it("P9.1 cannot be ended by what somebody writes: a token holds neither LF nor <", () => {
    for (const { token } of LAN.sessions.flatMap(({ records }) => records))
      expect(token).to.match(/^[A-Za-z0-9_-]+=*$/);
  });
});
