import { expect } from "chai";
import fc from "fast-check";
import { isAtEnd, type ListView, rowForKey, rowsToDraw, scrollTopFor } from "./rows.ts";

const view = (changed: Partial<ListView> = {}): ListView => ({
  count: 10_000,
  rowHeight: 30,
  scrollTop: 0,
  viewHeight: 300,
  ...changed,
});

/** A list as a browser may show it. */
const views = fc
  .record({
    count: fc.integer({ min: 0, max: 20_000 }),
    rowHeight: fc.integer({ min: 10, max: 80 }),
    viewHeight: fc.integer({ min: 0, max: 2000 }),
    part: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ part, ...rest }) => ({
    ...rest,
    scrollTop: part * Math.max(0, rest.count * rest.rowHeight - rest.viewHeight),
  }));

describe("the rows of a long list", () => {
  it("are drawn where they are in view, and a few around them", () => {
    expect(rowsToDraw(view())).to.deep.equal({ first: 0, end: 18 });
    expect(rowsToDraw(view({ scrollTop: 3000 }))).to.deep.equal({ first: 92, end: 118 });
    expect(rowsToDraw(view({ scrollTop: 299_700 }))).to.deep.equal({ first: 9982, end: 10_000 });
  });

  it("are none of an empty list, and all of a short one", () => {
    expect(rowsToDraw(view({ count: 0 }))).to.deep.equal({ first: 0, end: 0 });
    expect(rowsToDraw(view({ count: 5 }))).to.deep.equal({ first: 0, end: 5 });
  });

  it("are drawn also when the list has just become shorter than it was scrolled", () => {
    expect(rowsToDraw(view({ count: 12, scrollTop: 50_000 }))).to.deep.equal({ first: 0, end: 12 });
  });

  it("fill the view, and are never many more than that", () => {
    fc.assert(
      fc.property(views, (one) => {
        const { first, end } = rowsToDraw(one);
        const { count, rowHeight, scrollTop, viewHeight } = one;
        expect(first * rowHeight).to.be.at.most(scrollTop);
        expect(end * rowHeight).to.be.at.least(Math.min(scrollTop + viewHeight, count * rowHeight) - 0.001);
        expect(end - first).to.be.at.most(viewHeight / rowHeight + 18);
      }),
    );
  });
});

describe("the end of a long list", () => {
  it("is kept by who sees it, also a rounded pixel above it, and not by who has scrolled up", () => {
    expect(isAtEnd(view({ scrollTop: 299_700 }))).to.equal(true);
    expect(isAtEnd(view({ scrollTop: 299_698.5 }))).to.equal(true);
    expect(isAtEnd(view({ scrollTop: 299_670 }))).to.equal(false);
    expect(isAtEnd(view({ count: 3 }))).to.equal(true);
  });
});

describe("scrolling to a row", () => {
  it("moves no farther than needed, and not at all to a row in view", () => {
    expect(scrollTopFor(2, view({ scrollTop: 300 }))).to.equal(60);
    expect(scrollTopFor(12, view({ scrollTop: 300 }))).to.equal(300);
    expect(scrollTopFor(20, view({ scrollTop: 300 }))).to.equal(330);
  });

  it("brings every row wholly into view", () => {
    fc.assert(
      fc.property(views, fc.nat(), (one, some) => {
        fc.pre(one.count > 0 && one.viewHeight >= one.rowHeight);
        const row = some % one.count;
        const scrollTop = scrollTopFor(row, one);
        expect(row * one.rowHeight).to.be.at.least(scrollTop);
        expect((row + 1) * one.rowHeight).to.be.at.most(scrollTop + one.viewHeight + 0.001);
      }),
    );
  });
});

describe("keys in a long list", () => {
  it("lead from row to row, by pages, and to both ends, and never out of it", () => {
    const to = (key: string, row: number): number | undefined => rowForKey(key, row, view());
    expect(
      ["ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End"].map((key) => to(key, 50)),
    ).to.deep.equal([49, 51, 41, 59, 0, 9999]);
    expect([to("ArrowUp", 0), to("PageUp", 3), to("ArrowDown", 9999), to("PageDown", 9995)]).to.deep.equal([
      0, 0, 9999, 9999,
    ]);
  });

  it("that move nothing, or in an empty list, lead nowhere", () => {
    expect(rowForKey("a", 5, view())).to.equal(undefined);
    expect(rowForKey("Enter", 5, view())).to.equal(undefined);
    expect(rowForKey("End", 0, view({ count: 0 }))).to.equal(undefined);
  });
});
