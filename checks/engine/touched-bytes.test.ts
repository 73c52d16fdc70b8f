import { expect } from "chai";
import { watchBytes } from "./touched-bytes.ts";

describe("watchBytes", () => {
  const [data, key] = [Buffer.from("data"), Buffer.from("key")];

  it("finds nothing where new bytes are made, also beside the old ones in memory", () => {
    const look = watchBytes([data, key, 7]);
    expect(look(Buffer.from("atad"))).to.deep.equal({});
    const pool = Buffer.alloc(8);
    expect(watchBytes([pool.subarray(0, 4)])(pool.subarray(4))).to.deep.equal({});
    expect(look(undefined)).to.deep.equal({});
  });

  it("finds the arguments that were changed", () => {
    const mine = Buffer.from(key);
    const look = watchBytes([data, mine]);
    mine.reverse();
    expect(look(Buffer.alloc(3))).to.deep.equal({ changed: [1] });
  });

  it("finds the argument that was returned, or a part of it", () => {
    expect(watchBytes([data, key])(key)).to.deep.equal({ returned: 1 });
    expect(watchBytes([data, key])(data.subarray(1))).to.deep.equal({ returned: 0 });
  });
});
