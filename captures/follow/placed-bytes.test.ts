import { assert } from "chai";
import fc from "fast-check";
import { WaitingBytes } from "./placed-bytes.ts";

/** Takes out all pieces. The result gives the byte at each place, in order. */
function drain(waiting: WaitingBytes): Map<number, number> {
  const taken = new Map<number, number>();
  let end = 0;
  for (let piece = waiting.take(); piece !== undefined; piece = waiting.take()) {
    assert.isAtLeast(piece.start, end);
    assert.isAbove(piece.end, piece.start);
    for (const [index, byte] of piece.bytes.entries()) taken.set(piece.start + index, byte);
    end = piece.end;
  }
  assert.equal(waiting.covered, 0);
  assert.isUndefined(waiting.first);
  return taken;
}

describe("bytes that wait", () => {
  it("come out in the order of their places, each byte from what starts the earliest, or came first", () => {
    // So many pieces need several lists.
    const pieces = fc.array(
      fc.record({ start: fc.nat(20_000), length: fc.oneof(fc.nat(3), fc.nat(300)), value: fc.nat(255) }),
      { minLength: 2000, maxLength: 4000, size: "max" },
    );
    fc.assert(
      fc.property(pieces, (all) => {
        const waiting = new WaitingBytes();
        const expected = new Map<number, { start: number; value: number }>();
        for (const { start, length, value } of all) {
          waiting.add({
            start,
            end: start + length,
            bytes: Buffer.alloc(length, value),
            packet: 1,
            time: 0n,
          });
          for (let place = start; place < start + length; place += 1) {
            if ((expected.get(place)?.start ?? place + 1) > start) expected.set(place, { start, value });
          }
        }
        assert.equal(waiting.covered, expected.size);
        const sorted = [...expected].sort(([left], [right]) => left - right);
        assert.deepEqual(drain(waiting), new Map(sorted.map(([place, { value }]) => [place, value])));
      }),
      { numRuns: 20, endOnFailure: true }, // Making so long a failing list shorter would take minutes.
    );
  });

  it("may come in the opposite order", () => {
    const waiting = new WaitingBytes();
    for (let start = 100_000; start > 0; start -= 2) {
      waiting.add({ start, end: start + 1, bytes: Buffer.from([start & 255]), packet: 1, time: 0n });
    }
    assert.equal(drain(waiting).size, 50_000);
  });
});
