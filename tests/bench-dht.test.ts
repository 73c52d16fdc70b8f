// What `npm run bench -- dht` computes from its figures.

import { expect } from "chai";
import { fitToLogarithm, simulate, valueAt } from "../bench/dht-simulated.ts";
import { linePlot } from "../bench/line-plot.ts";

describe("the figures of the simulated table", () => {
  it("are fitted by a line over log2 of the nodes, and a million lies on it", () => {
    const points = [16, 64, 256, 1024].map((size) => ({ size, value: 3 + 0.5 * Math.log2(size) }));
    const fit = fitToLogarithm(points);
    expect(fit.base).to.be.closeTo(3, 1e-9);
    expect(fit.each).to.be.closeTo(0.5, 1e-9);
    expect(fit.explained).to.be.closeTo(1, 1e-9);
    expect(valueAt(fit, 1_000_000)).to.be.closeTo(3 + 0.5 * Math.log2(1_000_000), 1e-9);
    const scattered = points.map(({ size, value }, index) => ({ size, value: value + (index % 2) }));
    expect(fitToLogarithm(scattered).explained).to.be.within(0.5, 0.95);
  });

  it("are means over lookups that find all of the nearest", async () => {
    const [small, large] = [await simulate(20, 30), await simulate(300, 30)];
    expect([small.right, large.right].map(Math.round)).to.deep.equal([8, 8]);
    expect(large.questions).to.be.greaterThan(small.questions);
    expect(small.rounds).to.be.at.least(3); // Eight questions, three at once.
  });

  it("are drawn: a dot for each point, a line through the ends, and the sizes below", () => {
    const svg = linePlot(
      "A title",
      "questions",
      [20, 1000],
      [
        {
          name: "dots",
          colour: "#000000",
          kind: "dots",
          points: [
            { size: 20, value: 8 },
            { size: 1000, value: 12 },
          ],
        },
        {
          name: "line",
          colour: "#0b6b57",
          kind: "line",
          points: [
            { size: 20, value: 8 },
            { size: 1000, value: 12 },
          ],
        },
      ],
    );
    expect(svg.match(/<circle /g)).to.have.length(2);
    expect(svg).to.match(/^<svg [\s\S]*>1,000<[\s\S]*<\/svg>\n$/);
    // Upwards is more.
    const [first, second] = [...svg.matchAll(/cy="([0-9.]+)"/g)].map(([, y]) => Number(y));
    expect(first ?? 0).to.be.greaterThan(second ?? 0);
  });
});
