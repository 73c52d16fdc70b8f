import { expect } from "chai";
import { duration } from "./durations.ts";

describe("duration", () => {
  it("takes the largest unit that fits", () => {
    const hour = 3600;
    const year = 365 * 24 * hour;
    expect(
      [0, 0.04, 1, 59, 60, 90, hour - 1, 2.78 * hour, 23.9 * hour, 24 * hour, 364 * 24 * hour, year].map(
        duration,
      ),
    ).to.deep.equal([
      "0.0 seconds",
      "0.0 seconds",
      "1.0 seconds",
      "59 seconds",
      "1.0 minutes",
      "1.5 minutes",
      "60 minutes",
      "2.8 hours",
      "24 hours",
      "1.0 days",
      "364 days",
      "1.0 years",
    ]);
  });

  it("writes very long ones as powers of ten", () => {
    const year = 365 * 86_400;
    expect([12_345 * year, 999_999 * year, 1e6 * year, 3.7e9 * year].map(duration)).to.deep.equal([
      "12,345 years",
      "999,999 years",
      "1 * 10^6 years",
      "4 * 10^9 years",
    ]);
  });
});
