import { readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import { type Bytes, concat, fromHex, toHex, toUtf8, uint32 } from "./bytes.ts";
import { type Content, decodeContent, encodeContent, MAX_CHUNK_BYTES, MAX_SDP_BYTES } from "./contents.ts";

const ID = "0123456789abcdef0123456789abcdef";
const HASH = "a".repeat(64);
const FILE = 0xfffffffe;

const RIGHT: Content[] = [
  { type: "message", id: ID, text: "naïve café ☕" },
  { type: "ack", id: ID },
  { type: "offer", file: FILE, name: "a/b.png", media: "image/png", size: 26_214_401, sha256: HASH },
  { type: "accept", file: 0, offset: 26_214_400 },
  { type: "refuse", file: FILE },
  { type: "chunk", file: FILE, offset: 0x01020304, bytes: Uint8Array.of(0x20, 0, 255) },
  { type: "chunk-ack", file: FILE, offset: 0 },
  { type: "done", file: FILE },
  { type: "cancel", file: FILE },
  { type: "rtc", n: 1, sdp: "v=0\r\n" },
  { type: "group", card: { group: "x" } },
  { type: "ready" },
  { type: "bye" },
];

function json(value: unknown): Bytes {
  return toUtf8(` ${JSON.stringify(value)}`);
}

describe("06 contents (P10.7)", () => {
  it("P10.7 every content comes back as it was", () => {
    for (const content of RIGHT)
      expect(decodeContent(encodeContent(content)), content.type).to.deep.equal(content);
  });

  it("P10.7 a text has 0x20 before its JSON; a chunk 0x01, file and offset as 32-bit numbers, and its bytes", () => {
    expect(toHex(encodeContent({ type: "ready" }))).to.equal(`20${toHex(toUtf8('{"type":"ready"}'))}`);
    const chunk: Content = { type: "chunk", file: 0x0a0b0c0d, offset: 65_536, bytes: Uint8Array.of(7, 8) };
    expect(toHex(encodeContent(chunk))).to.equal("010a0b0c0d000100000708");
  });

  it("P10.7 what the known answers seal is read, and written with the same bytes", () => {
    const known = JSON.parse(readFileSync(new URL("../tests/vectors/dht.json", import.meta.url), "utf8"));
    const types = new Set<string>();
    for (const { frames } of known.sessions)
      for (const { plaintext } of frames) {
        const content = decodeContent(fromHex(plaintext) ?? new Uint8Array());
        if (content === undefined || content.type === "unknown") throw new Error(`not read: ${plaintext}`);
        types.add(content.type);
        expect(toHex(encodeContent(content))).to.equal(plaintext);
      }
    expect([...types]).to.include.members(["ready", "message", "ack", "chunk", "bye"]);
  });

  it("P10.7 an unknown type is told apart from what is wrong; members that nobody asked for are left out", () => {
    expect(decodeContent(json({ type: "typing", text: 1 }))).to.deep.equal({ type: "unknown" });
    expect(decodeContent(json({ type: "constructor" }))).to.deep.equal({ type: "unknown" });
    expect(decodeContent(json({ type: "ack", id: ID, more: 1 }))).to.deep.equal({ type: "ack", id: ID });
  });

  it("P10.7 any other first byte, bytes that are not UTF-8, and what is no JSON object are wrong", () => {
    const wrong: Bytes[] = [
      new Uint8Array(),
      Uint8Array.of(0x20),
      Uint8Array.of(0x00),
      toUtf8('{"type":"bye"}'),
      concat(Uint8Array.of(0x02), toUtf8('{"type":"bye"}')),
      concat(Uint8Array.of(0x21), toUtf8('{"type":"bye"}')),
      concat(toUtf8(' {"type":"ack","id":"'), Uint8Array.of(0xff), toUtf8('"}')),
      toUtf8(' {"type":"bye"'),
      ...[null, [], "bye", 1, [{ type: "bye" }], {}, { type: 1 }, { type: null }].map(json),
    ];
    for (const bytes of wrong) expect(decodeContent(bytes), toHex(bytes)).to.equal(undefined);
  });

  it("P10.7 each member has its form", () => {
    const message = { type: "message", id: ID, text: "hi" };
    const offer = { type: "offer", file: 1, name: "a", media: "", size: 1, sha256: HASH };
    const accept = { type: "accept", file: 1, offset: 0 };
    const rtc = { type: "rtc", n: 1, sdp: "v=0" };
    for (const right of [message, offer, accept, rtc])
      expect(decodeContent(json(right))).to.deep.equal(right);
    const numbers = [-1, 1.5, 2 ** 32, "1", null, undefined, 1e300];
    const wrong: unknown[] = [
      ...[ID.toUpperCase(), ID.slice(1), `${ID}0`, `${ID.slice(1)}g`, 1, undefined, `${ID}\n`].flatMap(
        (id) => [
          { ...message, id },
          { type: "ack", id },
        ],
      ),
      ...["", "\ud800", 1, undefined, "é".repeat(4097)].map((text) => ({ ...message, text })),
      ...numbers.flatMap((number) => [
        { ...offer, file: number },
        { ...accept, file: number },
        { ...accept, offset: number },
        { type: "chunk-ack", file: 1, offset: number },
        { type: "chunk-ack", file: number, offset: 1 },
        ...["refuse", "done", "cancel"].map((type) => ({ type, file: number })),
      ]),
      ...[-1, 1.5, 2 ** 53, "1", undefined].map((size) => ({ ...offer, size })),
      ...[1, undefined, "x".repeat(4097)].map((name) => ({ ...offer, name })),
      ...[1, undefined, "x".repeat(256)].map((media) => ({ ...offer, media })),
      ...["A".repeat(64), HASH.slice(1), `${HASH}a`, 1, undefined].map((sha256) => ({ ...offer, sha256 })),
      ...[0, -1, 1.5, "1", undefined].map((n) => ({ ...rtc, n })),
      ...[1, undefined, "x".repeat(MAX_SDP_BYTES + 1), "é".repeat(MAX_SDP_BYTES / 2 + 1)].map((sdp) => ({
        ...rtc,
        sdp,
      })),
      { type: "group" },
    ];
    for (const value of wrong) expect(decodeContent(json(value)), JSON.stringify(value)).to.equal(undefined);
    expect(decodeContent(json({ ...rtc, sdp: "é".repeat(MAX_SDP_BYTES / 2) }))).to.include({ type: "rtc" });
  });

  it("P10.7 a chunk has 1 to 65,536 bytes", () => {
    const chunk = (length: number) => concat(Uint8Array.of(1), uint32(1), uint32(2), new Uint8Array(length));
    for (const length of [1, MAX_CHUNK_BYTES])
      expect(decodeContent(chunk(length))).to.deep.equal({
        type: "chunk",
        file: 1,
        offset: 2,
        bytes: new Uint8Array(length),
      });
    for (const wrong of [chunk(0), chunk(MAX_CHUNK_BYTES + 1), chunk(0).slice(0, 8), Uint8Array.of(1)])
      expect(decodeContent(wrong)).to.equal(undefined);
  });

  it("P10.7 the bytes of a chunk are a copy: whoever keeps them does not keep the frame", () => {
    const frame = encodeContent({ type: "chunk", file: 1, offset: 2, bytes: Uint8Array.of(5) });
    const content = decodeContent(frame);
    frame.fill(0);
    expect(content).to.deep.include({ bytes: Uint8Array.of(5) });
  });

  it("P10.7 nothing that comes makes it throw", () => {
    const near = fc.tuple(fc.constantFrom(0x20, 0x01), fc.uint8Array({ maxLength: 40 }));
    const value = fc.jsonValue().map((text) => json(text));
    const anything = fc.oneof(
      value,
      near.map(([first, rest]) => concat(Uint8Array.of(first), rest)),
    );
    fc.assert(fc.property(anything, (bytes) => void decodeContent(bytes)));
  });
});
