// The picture of the simulated table shows ids where they are.

import { expect } from "chai";
import { idsFromSeed, sharedBits } from "../simulator.ts";
import {
  arcOf,
  arcPath,
  bitsOf,
  bucketArc,
  crossPath,
  dotsPath,
  placeOf,
  pointAt,
  SIDE,
  turnOf,
} from "./table-picture.ts";

function idOf(...bytes: number[]): Uint8Array<ArrayBuffer> {
  const id = new Uint8Array(32);
  id.set(bytes);
  return id;
}

describe("the picture of the simulated table", () => {
  it("turns clockwise from the top, by the first bits of an id", () => {
    expect(
      [idOf(), idOf(0x40), idOf(0x80), idOf(0xc0, 0x01)].map(turnOf).map((turn) => Number(turn.toFixed(2))),
    ).to.deep.equal([0, 0.25, 0.5, 0.75]);
    const { x, y } = pointAt(0.25, 10);
    expect(x).to.be.closeTo(10, 1e-9);
    expect(y).to.be.closeTo(0, 1e-9);
    expect(pointAt(0, 10).y).to.equal(-10);
  });

  it("has everybody inside, in the arc of those with whom they share bits", async () => {
    const [own = idOf(), ...others] = await idsFromSeed("picture", 200);
    for (const id of others) {
      const { x, y } = placeOf(id);
      expect(Math.hypot(x, y)).to.be.within(SIDE / 4, SIDE / 2);
      const shared = sharedBits(own, id);
      const [wide, narrow, bucket] = [arcOf(own, shared), arcOf(own, shared + 1), bucketArc(own, shared)];
      const isIn = ({ start, end }: { start: number; end: number }) =>
        start <= turnOf(id) && turnOf(id) < end;
      expect([isIn(wide), isIn(narrow), isIn(bucket)]).to.deep.equal([true, false, true]);
    }
    expect(arcOf(own, 0)).to.deep.equal({ start: 0, end: 1 });
  });

  it("draws arcs that can be seen, crosses, and one path for all dots", () => {
    expect(arcPath({ start: 0, end: 0.75 }, 10)).to.equal("M0 -10 A10 10 0 1 1 -10 0");
    expect(arcPath({ start: 0, end: 0.25 }, 10)).to.equal("M0 -10 A10 10 0 0 1 10 0");
    expect(arcPath({ start: 0, end: 1 }, 10).match(/A/g)).to.have.length(2);
    const short = /^M(\S+) \S+ A.* (\S+) \S+$/.exec(arcPath({ start: 0, end: 1e-9 }, 100));
    expect(Number(short?.[2]) - Number(short?.[1])).to.be.greaterThan(0.8);
    expect(
      dotsPath([
        { x: 1, y: 2 },
        { x: 7.12345, y: 4 },
      ]),
    ).to.equal("M1 2h0M7.12 4h0");
    expect(crossPath({ x: 0, y: 0 }, 1)).to.equal("M-1 -1 L1 1 M-1 1 L1 -1");
    expect(bitsOf(idOf(0b10100001, 0xff), 12)).to.equal("101000011111");
  });
});
