// Tests what plots say in numbers and in sentences.

import { expect } from "chai";
import { pointWords, readabilityData, readabilityWords, trafficData, trafficWords } from "./plot-data.ts";

const TRAFFIC = { start: 1, bin: 0.5, fromA: [10, 0, 2000], fromB: [0, 0, 30] };

describe("plots", () => {
  it("of traffic put each bin at its middle", () => {
    expect(trafficData(TRAFFIC)).to.deep.equal([
      [1.25, 1.75, 2.25],
      [10, 0, 2000],
      [-0, -0, -30],
    ]);
  });

  it("of traffic say how much, and when most", () => {
    expect(trafficWords(TRAFFIC, { a: "alice", b: "bob" })).to.equal(
      "alice sends 2.01 KB, most of it at once 2.00 s after the first packet: 2.00 KB. bob sends 30 bytes, most of it at once 2.00 s after the first packet: 30 bytes.",
    );
  });

  it("of readability tell sealed lines from others", () => {
    const plot = {
      lines: [0, 1, 2],
      from: ["a", "b", "a"] as ("a" | "b")[],
      printable: [1, 0.3, 0.5],
      entropy: [4, 8, 7],
      length: [10, 90, 90],
      sealed: [false, true, true],
    };
    expect(readabilityData(plot)).to.deep.equal([
      [0, 1, 2],
      [1, null, null],
      [4, null, null],
      [null, 0.3, 0.5],
      [null, 8, 7],
    ]);
    expect(pointWords(plot, 0)).to.equal("Line 0, readable, 10 bytes: 100% printable, 4.00 bits per byte");
    expect(pointWords(plot, 1)).to.equal(
      "Line 1, sealed, 90 bytes: its ciphertext is 30% printable, 8.00 bits per byte",
    );
    expect(readabilityWords(plot)).to.equal(
      "1 readable line: 100% printable, 4.00 bits per byte on average. 2 sealed lines: the ciphertexts are 40% printable, 7.50 bits per byte on average.",
    );
  });
});
