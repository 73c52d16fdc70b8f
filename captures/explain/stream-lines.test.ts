import { assert } from "chai";
import type { Piece, Stream } from "../read/packet.ts";
import { linesOf } from "./stream-lines.ts";

function data(text: string, packet: number): Piece {
  return { kind: "data", bytes: Buffer.from(text), packet, time: BigInt(packet) };
}

function stream(fromA: Piece[], fromB: Piece[] = []): Stream {
  const end = { address: "127.0.0.1", port: 1 };
  const common = { index: 0, a: end, b: end, firstPacket: 1, lastPacket: 9, firstTime: 0n, lastTime: 9n };
  return { ...common, fromA, fromB };
}

describe("the lines of a stream", () => {
  it("know the packets in which they begin and end", () => {
    const gap: Piece = { kind: "gap", position: 9, length: 5, packet: 7, time: 7n };
    const lines = linesOf(stream([data("one\ntw", 1), data("o", 3), data("\nthr", 5), gap, data("ee\n", 8)]));
    assert.deepEqual(
      lines.map(({ kind, firstPacket, packet }) => [kind, firstPacket, packet]),
      [
        ["line", 1, 1],
        ["line", 1, 5],
        ["unfinished", 5, 7],
        ["missing", 7, 7],
        ["line", 8, 8],
      ],
    );
  });

  it("are the first ones of both directions if only some are asked for", () => {
    const both = stream([data("1\n2\n3\n", 1), data("6\n", 4)], [data("4\n5\n", 2), data("7\n", 5)]);
    for (let most = 0; most <= 8; most += 1)
      assert.deepEqual(linesOf(both, most), linesOf(both).slice(0, most));
  });
});
