import { expect } from "chai";
import fc from "fast-check";
import { decodeHex } from "./hexadecimal.ts";

describe("decodeHex", () => {
  it("P4.4 P6.2 refuses what is not pairs of lower-case digits", () => {
    for (const value of ["a", "AB", "0g", "0x00", " 00", "00\n", "é0", 0, null, undefined, ["00"]]) {
      expect(decodeHex(value), String(value)).to.equal(undefined);
    }
  });

  it("gives back what was encoded", () => {
    fc.assert(
      fc.property(
        fc.uint8Array(),
        (bytes) => decodeHex(Buffer.from(bytes).toString("hex"))?.equals(bytes) === true,
      ),
    );
  });
});
