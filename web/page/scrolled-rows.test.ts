// Tests which rows of a long list are in view.

import { expect } from "chai";
import { heightOf, MOST_HEIGHT, rowsInView, type ScrolledList, scrolledTo } from "./scrolled-rows.ts";

const SHORT: ScrolledList = { count: 100, rowHeight: 20, viewHeight: 210 };
const LONG: ScrolledList = { count: 2_000_000, rowHeight: 26, viewHeight: 400 };

describe("rows of a long list", () => {
  it("of a short list scrolls pixel by pixel", () => {
    expect(heightOf(SHORT)).to.equal(2000);
    expect(rowsInView(SHORT, 0)).to.deep.equal({ first: 0, end: 11, top: 0 });
    expect(rowsInView(SHORT, 45)).to.deep.equal({ first: 2, end: 13, top: 40 });
  });

  it("of a list without rows, and of one that fits, shows what there is", () => {
    expect(rowsInView({ ...SHORT, count: 0 }, 0)).to.deep.equal({ first: 0, end: 0, top: 0 });
    expect(rowsInView({ ...SHORT, count: 3 }, 0)).to.deep.equal({ first: 0, end: 3, top: 0 });
  });

  it("of a list that no browser makes so high begins at the first row and ends at the last", () => {
    expect(heightOf(LONG)).to.equal(MOST_HEIGHT);
    expect(rowsInView(LONG, 0).first).to.equal(0);
    expect(rowsInView(LONG, MOST_HEIGHT - LONG.viewHeight).end).to.equal(LONG.count);
  });

  it("reaches every row, wherever one comes from", () => {
    for (const list of [SHORT, LONG]) {
      const rows = [0, 1, 7, 50, list.count >> 1, list.count - 2, list.count - 1];
      for (const row of rows.filter((one) => one < list.count)) {
        for (const from of [0, 333, heightOf(list) - list.viewHeight]) {
          const { first, end } = rowsInView(list, scrolledTo(list, row, from));
          expect(row, `row ${row} from ${from}`).to.be.within(first, end - 1);
        }
      }
    }
  });

  it("does not move when the row is in view", () => {
    expect(scrolledTo(SHORT, 5, 90)).to.equal(90);
  });
});
