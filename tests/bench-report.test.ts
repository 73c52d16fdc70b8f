// The report of `npm run bench`: what is judged, and what is drawn. What is measured is not tested: it depends on the machine.

import { expect } from "chai";
import { judge, type Row, table, verdictOf } from "../bench/report.ts";

const LIMITED: Row = {
  name: "a figure",
  unit: "ms",
  runs: [3, 1, 2],
  beside: { name: "bare", runs: [1, 1, 1] },
  limit: { bound: "at most", value: 2, of: "ratio" },
};
const DRAWN: Row = {
  name: "how it grows",
  unit: "KiB",
  bars: [
    { label: "1", value: 0 },
    { label: "64", value: 1500 },
    { label: "256", value: 6000 },
  ],
};

describe("the report of the benchmark", () => {
  it("draws a bar for each value below the table: the largest is the longest, and nothing has none", () => {
    const lines = table([DRAWN, LIMITED].map(judge)).split("\n");
    expect(lines[1]).to.match(/^ {2}a figure +2 \(1–3\) ms +bare 1 +2\.00 +at most 2 of it +met$/);
    expect(lines.slice(2)).to.deep.equal([
      "",
      "  how it grows, KiB:",
      "      1  0",
      `     64  ${"█".repeat(10)} 1,500`,
      `    256  ${"█".repeat(40)} 6,000`,
    ]);
  });

  it("counts limits, and no drawing among them", () => {
    const rows = [LIMITED, DRAWN, { name: "another", notMeasured: "no disk" }];
    const judged = rows.map((row) => ({ subject: "lan", ...judge(row) }));
    expect(verdictOf(judged)).to.deep.equal({ limits: 1, met: 1, missed: [] });
  });

  it("judges the median, or every run", () => {
    const each = { bound: "at most", value: 2, of: "value", everyRun: true } as const;
    expect(judge({ name: "x", unit: "", runs: [1, 2, 3], limit: each })).to.include({ met: false });
    const none = judge({ name: "x", unit: "", runs: [0, 0], limit: { ...each, value: 0 } });
    expect(none).to.include({ met: true }).and.to.not.have.property("ratio");
    expect(judge({ name: "x", unit: "", runs: [1, 2, 3], limit: { ...each, everyRun: false } })).to.include({
      met: true,
    });
  });
});
