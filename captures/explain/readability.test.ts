import { randomBytes } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import { bar, entropy, printableShare } from "./readability.ts";

describe("readability", () => {
  it("counts what is printable", () => {
    expect(printableShare(Buffer.from("all of it\r\n\t~"))).to.equal(1);
    expect(printableShare(Buffer.of(0x41, 0x00, 0x7f, 0x80))).to.equal(0.25);
    expect(printableShare(Buffer.alloc(0))).to.equal(0);
  });

  it("knows the entropy of simple things", () => {
    expect(entropy(Buffer.alloc(100, 7))).to.equal(0);
    expect(entropy(Buffer.from("abababab"))).to.equal(1);
    expect(entropy(Buffer.from([...Array(256).keys()]))).to.equal(8);
    expect(entropy(Buffer.alloc(0))).to.equal(0);
    expect(entropy(randomBytes(100_000))).to.be.greaterThan(7.99);
  });

  it("stays between 0 and 8, and below log2 of the length", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
        expect(entropy(Buffer.from(bytes))).to.be.within(0, Math.log2(bytes.length) + 1e-9);
      }),
    );
  });

  it("draws bars", () => {
    expect(bar(4, 8, 8)).to.equal("####....");
    expect(bar(0, 8, 4)).to.equal("....");
    expect(bar(9, 8, 4)).to.equal("####");
  });
});
