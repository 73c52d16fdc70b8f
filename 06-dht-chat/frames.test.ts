import { expect } from "chai";
import fc from "fast-check";
import { bytesOf, knownDht } from "../tests/support/known-dht.ts";
import { type Bytes, concat, toHex, toUtf8, uint32 } from "./bytes.ts";
import { encodeFrame, FrameError, FrameReader } from "./frames.ts";

describe("frames", () => {
  for (const [number, session] of knownDht.sessions.entries()) {
    it(`P10.6 every frame of known session ${number} is written and read`, () => {
      const known = [
        ...session.hellos.map((hello, index) => ({
          bytes: toUtf8(hello),
          frame: session.helloFrames[index],
        })),
        ...session.frames.map(({ sealed, frame }) => ({ bytes: bytesOf(sealed), frame })),
      ];
      for (const { bytes, frame } of known) expect(toHex(encodeFrame(bytes))).to.equal(frame);
      const stream = concat(...known.map(({ frame }) => bytesOf(frame ?? "")));
      expect(new FrameReader().push(stream)).to.deep.equal(known.map(({ bytes }) => bytes));
    });
  }

  it("P10.6 in whatever pieces the bytes come", () => {
    const frames = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 });
    fc.assert(
      fc.property(frames, fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), (drawn, sizes) => {
        const stream = concat(...drawn.map((frame) => encodeFrame(frame)));
        const reader = new FrameReader();
        const read: Bytes[] = [];
        for (let at = 0, turn = 0; at < stream.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1;
          read.push(...reader.push(stream.subarray(at, at + size)));
          at += size;
        }
        expect(read).to.deep.equal(drawn.map((frame) => Uint8Array.from(frame)));
      }),
    );
  });

  it("P10.6 a frame is complete with its last byte, not before", () => {
    const reader = new FrameReader();
    const frame = encodeFrame(toUtf8("hello"));
    for (const byte of frame.subarray(0, -1)) expect(reader.push(Uint8Array.of(byte))).to.deep.equal([]);
    expect(reader.push(frame.subarray(-1))).to.deep.equal([toUtf8("hello")]);
  });

  it("P10.6 262,144 bytes at most, also when only the length has come, and nothing is read after that", () => {
    const largest = new Uint8Array(262_144).fill(3);
    expect(new FrameReader().push(encodeFrame(largest))).to.deep.equal([largest]);
    expect(() => encodeFrame(new Uint8Array(262_145))).to.throw(FrameError);
    for (const length of [262_145, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff]) {
      const reader = new FrameReader();
      expect(() => reader.push(uint32(length)), `${length}`).to.throw(FrameError);
      expect(() => reader.push(encodeFrame(toUtf8("hello"))), "later").to.throw(FrameError);
    }
  });

  it("P10.6 a frame does not change when its chunk does", () => {
    const chunk = encodeFrame(toUtf8("hello"));
    const [frame] = new FrameReader().push(chunk);
    chunk.fill(0);
    expect(frame).to.deep.equal(toUtf8("hello"));
  });

  it("P10.6 what was promised takes no memory before it comes", () => {
    const readers = Array.from({ length: 1000 }, () => new FrameReader());
    const before = process.memoryUsage().arrayBuffers;
    for (const reader of readers) reader.push(concat(uint32(262_144), Uint8Array.of(1)));
    expect(process.memoryUsage().arrayBuffers - before).to.be.lessThan(100 * 262_144);
    expect(readers.length).to.equal(1000);
  });
});
