import { assert } from "chai";
import fc from "fast-check";
import type { Piece } from "../read/packet.ts";
import { PieceLog } from "./piece-log.ts";

const TIMES = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

describe("the pieces of a direction", () => {
  it("come back as they were added, gaps in a row as one, also after more was added", () => {
    const added = fc.record({
      kind: fc.constantFrom("data", "gap"),
      // Segments of every size, up to the largest that a capture can hold; they need several blocks.
      length: fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 262_144 })),
      packet: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      time: fc.bigInt(TIMES),
    });
    fc.assert(
      fc.property(fc.array(added, { maxLength: 100 }), (all) => {
        const log = new PieceLog();
        const expected: Piece[] = [];
        let position = 0;
        for (const [index, { kind, length, packet, time }] of all.entries()) {
          const last = expected.at(-1);
          if (kind === "data") {
            const bytes = Buffer.alloc(length, index);
            log.addBytes(bytes, packet, time);
            expected.push({ kind: "data", bytes: Buffer.from(bytes), packet, time });
            bytes.fill(0xff); // The log must have taken a copy.
          } else {
            log.addGap(length, packet, time);
            if (last?.kind === "gap") last.length += length;
            else expected.push({ kind: "gap", position, length, packet, time });
          }
          position += length;
          if (index === all.length >> 1) assert.deepEqual([...log], expected);
        }
        assert.deepEqual([...log], expected);
        assert.equal(log.length, position);
      }),
      { numRuns: 100 },
    );
  });

  it("stand in blocks that are little larger than what they hold", () => {
    const small = new PieceLog();
    small.addBytes(Buffer.from("hello"), 1, 0n);
    const [piece] = small;
    assert.isAtMost(piece?.kind === "data" ? piece.bytes.buffer.byteLength : Number.NaN, 128);

    const large = new PieceLog();
    for (let packet = 1; packet <= 20_000; packet += 1) large.addBytes(Buffer.alloc(60), packet, 0n);
    const memory = new Set(Array.from(large, (one) => (one.kind === "data" ? one.bytes.buffer : undefined)));
    const held = [...memory].reduce((sum, buffer) => sum + (buffer?.byteLength ?? 0), 0);
    assert.isAtMost(held, 60 * 20_000 + 262_144);
  });
});
