import { expect } from "chai";
import fc from "fast-check";
import { concat, fromHex, toUtf8 } from "./bytes.ts";
import { blobTypeOf, DOWNLOAD_TYPE, HEAD_BYTES, mediaOf } from "./media.ts";

function bytes(...parts: (string | Uint8Array)[]): Uint8Array {
  return concat(...parts.map((part) => (typeof part === "string" ? hex(part) : part)));
}

function hex(digits: string): Uint8Array {
  const found = fromHex(digits.replaceAll(" ", ""));
  if (found === undefined) throw new Error(`no hexadecimal digits: ${digits}`);
  return found;
}

const REST = new Uint8Array(64).fill(7);
const PNG = bytes("89504e470d0a1a0a 0000000d 49484452", REST);
const JPEG = bytes("ffd8ffe0 0010", toUtf8("JFIF"), REST);
const GIF = bytes(toUtf8("GIF89a"), "01000100 800000", REST);
const WEBP = bytes(toUtf8("RIFF"), "24000000", toUtf8("WEBPVP8 "), REST);
const MP4 = bytes("00000020", toUtf8("ftypisom"), "00000200", toUtf8("isomiso2avc1mp41"), REST);
// As Chromium's MediaRecorder writes it, and as ffmpeg does, with a size of eight bytes.
const WEBM = bytes(
  "1a45dfa3 9f 4286 81 01 42f7 81 01 42f2 81 04 42f3 81 08 4282 84",
  toUtf8("webm"),
  "4287 81 04",
  REST,
);
const WEBM_LONG = bytes("1a45dfa3 010000000000000b 4286 81 01 4282 84", toUtf8("webm"), REST);

const SHOWN: [string, Uint8Array][] = [
  ["image/png", PNG],
  ["image/jpeg", JPEG],
  ["image/jpeg", bytes("ffd8ffdb", REST)],
  ["image/gif", GIF],
  ["image/gif", bytes(toUtf8("GIF87a"), "01000100 800000", REST)],
  ["image/webp", WEBP],
  ["image/webp", bytes(toUtf8("RIFF"), "24000000", toUtf8("WEBPVP8X"), REST)],
  ["video/mp4", MP4],
  ["video/mp4", bytes("00000018", toUtf8("ftypmp42"), "00000000", toUtf8("mp42isom"), REST)],
  ["video/webm", WEBM],
  ["video/webm", WEBM_LONG],
];

describe("06 what is shown in place (P10.9)", () => {
  it("P10.9 pictures and videos are known by their first bytes", () => {
    for (const [type, head] of SHOWN) {
      expect(mediaOf(head), type).to.deep.equal({ shown: type.split("/")[0], type });
      expect(blobTypeOf(head.subarray(0, HEAD_BYTES))).to.equal(type);
    }
  });

  it("P10.9 SVG, HTML, scripts, and what only begins like a picture are downloads", () => {
    const downloads: [string, Uint8Array][] = [
      ["nothing", new Uint8Array()],
      ["one byte", Uint8Array.of(0x89)],
      ["svg", toUtf8('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')],
      ["svg with a declaration", toUtf8('<?xml version="1.0"?><svg/>')],
      ["html", toUtf8("<!doctype html><script>alert(1)</script>")],
      ["pdf", toUtf8("%PDF-1.7")],
      [
        "text that begins with PNG's first four bytes",
        bytes("89504e47", toUtf8(" is how a PNG begins"), REST),
      ],
      ["PNG's signature before HTML", bytes("89504e470d0a1a0a", toUtf8("<html><script>"), REST)],
      ["PNG through a text editor", bytes("89504e470a1a0a 0000000d 49484452", REST)],
      ["JPEG's first three bytes before a text", bytes("ffd8ff", toUtf8("<script>"), REST)],
      ["JPEG's first three bytes alone", bytes("ffd8ff")],
      ["GIF's name in a script", toUtf8("GIF89")],
      ["GIF of another year", bytes(toUtf8("GIF88a"), REST)],
      ["GIF without its size", toUtf8("GIF89a=1;")],
      ["RIFF that is a sound", bytes(toUtf8("RIFF"), "24000000", toUtf8("WAVEfmt "), REST)],
      ["WEBP without RIFF", bytes(toUtf8("XIFF"), "24000000", toUtf8("WEBPVP8 "), REST)],
      ["WEBP with another chunk", bytes(toUtf8("RIFF"), "24000000", toUtf8("WEBPHTML"), REST)],
      ["ftyp of a sound", bytes("00000020", toUtf8("ftypM4A "), REST)],
      ["ftyp of QuickTime", bytes("00000014", toUtf8("ftypqt  "), REST)],
      ["ftyp of a picture", bytes("00000020", toUtf8("ftypheic"), REST)],
      [
        "ftyp that is a picture with a video's brand behind",
        bytes("00000020", toUtf8("ftypavif"), "00000000", toUtf8("isom"), REST),
      ],
      ["HTML around ftyp", bytes(toUtf8("<!--ftypisom--><script>"), REST)],
      ["ftyp of no size", bytes("00000000", toUtf8("ftypisom"), REST)],
      ["matroska", bytes("1a45dfa3 8b 4286 81 01 4282 88", toUtf8("matroska"), REST)],
      [
        "matroska with webm in another element",
        bytes("1a45dfa3 93 ec84", toUtf8("webm"), "4282 88", toUtf8("matroska"), REST),
      ],
      ["webm behind the header", bytes("1a45dfa3 84 4286 81 01 4282 84", toUtf8("webm"), REST)],
      ["webm-like", bytes("1a45dfa3 88 4282 85", toUtf8("webmx"), REST)],
      ["webm in what is no EBML", bytes("1a45dfa4 87 4282 84", toUtf8("webm"), REST)],
      ["webm that reaches out of the header", bytes("1a45dfa3 86 4282 84", toUtf8("webm"), REST)],
      ["EBML that is cut", WEBM.subarray(0, 26)],
      ["EBML of zeros", bytes("1a45dfa3", new Uint8Array(64))],
      ["the word webm in a text", toUtf8("1a45dfa3 webm")],
    ];
    for (const [what, head] of downloads) {
      expect(mediaOf(head), what).to.equal(undefined);
      expect(blobTypeOf(head), what).to.equal(DOWNLOAD_TYPE);
    }
    expect(DOWNLOAD_TYPE).to.equal("application/octet-stream");
  });

  it("P10.9 a polyglot is what its first bytes say, and nothing a browser would run", () => {
    const script = toUtf8("/*<script>alert(1)</script>*/=1;");
    for (const [type, head] of SHOWN) expect(blobTypeOf(concat(head, script))).to.equal(type);
    expect(blobTypeOf(bytes(toUtf8("GIF89a/*<svg onload=alert(1)>*/=1;")))).to.equal("image/gif");
    expect(blobTypeOf(concat(script, PNG))).to.equal(DOWNLOAD_TYPE);
  });

  it("P10.9 a file that is cut anywhere is looked at without an error, and never is another kind", () => {
    for (const [type, head] of SHOWN)
      for (let length = 0; length <= head.length; length++)
        expect([type, DOWNLOAD_TYPE]).to.include(blobTypeOf(head.subarray(0, length)));
  });

  it("P10.9 no bytes make it throw", () => {
    const near = fc.tuple(fc.constantFrom(...SHOWN.map(([, head]) => head)), fc.nat(20), fc.nat(255));
    fc.assert(
      fc.property(near, ([head, at, value]) => {
        const changed = Uint8Array.from(head);
        changed[at] = value;
        void mediaOf(changed);
      }),
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: HEAD_BYTES }), (head) => void mediaOf(head)));
  });
});
