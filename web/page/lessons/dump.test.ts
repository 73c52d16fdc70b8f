// Tests of bytes in rows.

import { expect } from "chai";
import { dumpRows } from "./dump.ts";

describe("bytes in rows of eight", () => {
  it("go on in the next row, field by field, and are text where they can be", () => {
    expect(dumpRows(["3120", "2b", "320a00ff41c3e2"])).to.deep.equal([
      {
        position: 0,
        pieces: [
          { field: 0, hexadecimal: "31 20 ", text: "1 " },
          { field: 1, hexadecimal: "2b ", text: "+" },
          { field: 2, hexadecimal: "32 0a 00 ff 41 ", text: "2···A" },
        ],
      },
      { position: 8, pieces: [{ field: 2, hexadecimal: "c3 e2 ", text: "··" }] },
    ]);
  });

  it("are none where there are none", () => {
    expect(dumpRows([])).to.deep.equal([]);
    expect(dumpRows(["", "41"])[0]?.pieces).to.deep.equal([{ field: 1, hexadecimal: "41 ", text: "A" }]);
  });
});
